#include "parsers/json/json_scan.h"

#include <algorithm>
#include <cctype>
#include <random>
#include <string>
#include <vector>

#include <simdjson.h>

#include "agent/base/encoding/json_writer.h"
#include "tests/support/catch.h"

using namespace auditship;

namespace {

bool accepts(std::string_view text) {
  parsers::json::JsonScan scan(text);
  parsers::json::JsonValue value;
  return scan.value(value) && scan.at_end();
}

}  // namespace

TEST_CASE("valid JSON is accepted", "[json]") {
  for (const std::string text :
       {"{}", "[]", "null", "true", "false", "0", "-0", "1.5e+10", "1E5", "\"\"", " [ 1 , { } ] ",
        R"({"a":{"b":[1,"x",null]},"c":"\u00e5\n\"\\\/"})", "1e999999", "[[],{},[{}]]"}) {
    INFO(text);
    CHECK(accepts(text));
  }
}

TEST_CASE("broken JSON is refused", "[json]") {
  for (const std::string text :
       {"",          " ",        "{",          "}",         "[",           "[1,]",   "[,1]",
        "{\"a\"}",   "{\"a\":}", "{\"a\":1,}", "{a:1}",     "{\"a\" 1}",   "01",     "-",
        "1.",        ".5",       "1e",         "+1",        "tru",         "nul",    "nullx",
        "\"",        "\"\\",     "\"\\x\"",    "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "[1}",
        "{\"a\":1]", "[1 2]",    "1 2",        "{}{}",      "'a'",         "[1]]",   "\"a\tb\""}) {
    INFO(text);
    CHECK_FALSE(accepts(text));
  }
}

TEST_CASE("every prefix and every changed byte is judged as an independent parser judges it",
          "[json]") {
  const std::string text =
      R"({"a":[1,-2.5e3,"x\u00e5\\",true,{"b":null,"c":{}}],"long key of it":"some longer text, 0123456789"} )";
  simdjson::dom::parser parser;
  const auto same = [&](const std::string& changed) {
    if (is_valid_utf8(changed)) {
      INFO(changed);
      CHECK(accepts(changed) == (parser.parse(changed).error() == simdjson::SUCCESS));
    }
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    same(text.substr(0, i));
    for (const char c : std::string("\"\\{}[]:,01e.- x\n\x01", 17)) {
      std::string changed = text;
      changed[i] = c;
      same(changed);
    }
  }
}

TEST_CASE("members and elements are handed out as slices", "[json]") {
  const std::string text = R"( {"a" : [ 1, "two" ], "b":{"c":"\n"} } )";
  parsers::json::JsonScan scan(text);
  parsers::json::JsonValue key;
  parsers::json::JsonValue value;
  REQUIRE(scan.open_object());
  REQUIRE(scan.next_key(key));
  CHECK(key.inner() == "a");
  REQUIRE(scan.open_array());
  REQUIRE(scan.next_element());
  REQUIRE(scan.value(value));
  CHECK(value.raw == "1");
  REQUIRE(scan.next_element());
  REQUIRE(scan.value(value));
  CHECK(value.inner() == "two");
  CHECK_FALSE(scan.next_element());
  CHECK_FALSE(scan.failed());
  REQUIRE(scan.next_key(key));
  REQUIRE(scan.value(value));
  CHECK(value.kind == parsers::json::JsonKind::object);
  CHECK(value.raw == R"({"c":"\n"})");
  CHECK(value.longest == 2);
  CHECK_FALSE(scan.next_key(key));
  CHECK(scan.at_end());
}

TEST_CASE("nesting is bounded by kMaxDepth", "[json]") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(accepts(nested(parsers::json::JsonScan::kMaxDepth)));
  CHECK_FALSE(accepts(nested(parsers::json::JsonScan::kMaxDepth + 1)));
}

TEST_CASE("escapes become the characters that they stand for", "[json]") {
  const auto plain = [](std::string_view inner) {
    std::string out;
    parsers::json::append_json_unescaped(out, inner);
    return out;
  };
  CHECK(plain(R"(a\"\\\/\b\f\n\r\tz)") == "a\"\\/\b\f\n\r\tz");
  CHECK(plain(R"(\u0026\u00e5\u2028)") == "&\xC3\xA5\xE2\x80\xA8");
  CHECK(plain(R"(\ud83d\ude00)") == "\xF0\x9F\x98\x80");
  CHECK(plain(R"(\ud800x\udc00\ud800\u0041)") ==
        "\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD"
        "A");
  CHECK(plain(R"(\u0000)") == std::string(1, '\0'));
}

namespace {

// By the book, a character at a time: behind the closing quote of a string that begins in front of
// text, or 0 where none is valid.
std::size_t string_end_slowly(std::string_view text) {
  const auto is_hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      return i + 1;
    }
    if (static_cast<unsigned char>(text[i]) < 0x20) {
      return 0;
    }
    if (text[i] != '\\') {
      continue;
    }
    ++i;
    if (i < text.size() && text[i] == 'u') {
      const std::string_view digits = text.substr(i + 1, 4);
      if (digits.size() < 4 || !std::all_of(digits.begin(), digits.end(), is_hex)) {
        return 0;
      }
      i += 4;
    } else if (i >= text.size() ||
               std::string_view("\"\\/bfnrt").find(text[i]) == std::string_view::npos) {
      return 0;
    }
  }
  return 0;
}

std::string random_text(std::mt19937& random, std::size_t size, std::string_view alphabet,
                        unsigned plain) {
  std::string text;
  while (text.size() < size) {
    text += random() % plain == 0 ? alphabet[random() % alphabet.size()] : 'x';
  }
  return text;
}

}  // namespace

TEST_CASE("a string ends where it ends, whatever its length and what stands around it", "[json]") {
  std::mt19937 random(20261125);
  for (int round = 0; round < 30000; ++round) {
    const std::size_t blanks = random() % 70;
    const std::string body = random_text(random, random() % 200, "\"\\\\\\un0aF/\x1f\x80\xff",
                                         1 + static_cast<unsigned>(random() % 40));
    const std::string whole = std::string(blanks, ' ') + '"' + body;
    const std::vector<char> exact(whole.begin(), whole.end());  // nothing may be read behind it
    parsers::json::JsonScan scan({exact.data(), exact.size()});
    parsers::json::JsonValue value;
    const std::size_t end = string_end_slowly(body);
    REQUIRE(scan.value(value) == (end != 0));
    if (end != 0) {
      REQUIRE(value.raw == whole.substr(blanks, end + 1));
      REQUIRE(value.escaped == (value.raw.find('\\') != std::string_view::npos));
      REQUIRE(value.longest == end - 1);
    }
  }
}

TEST_CASE("an array of strings is read as its strings are", "[json]") {
  std::mt19937 random(20261126);
  for (int round = 0; round < 3000; ++round) {
    std::string whole = "[";
    std::vector<std::string> parts;
    for (std::size_t count = random() % 12; count > 0; --count) {
      std::string body = random_text(random, random() % 90, "\"\\ab", 8) + '"';
      const std::size_t end = string_end_slowly(body);
      body = end != 0 ? body.substr(0, end) : "\"";
      parts.push_back('"' + body);
      whole += (whole.size() > 1 ? "," : "") + parts.back();
    }
    whole += "]";
    parsers::json::JsonScan scan(whole);
    parsers::json::JsonValue value;
    REQUIRE(scan.value(value));
    REQUIRE(value.raw == whole);
    parsers::json::JsonScan again(whole);
    REQUIRE(again.open_array());
    for (const std::string& part : parts) {
      REQUIRE(again.next_element());
      REQUIRE(again.value(value));
      REQUIRE(value.raw == part);
    }
    REQUIRE_FALSE(again.next_element());
    REQUIRE(again.at_end());
  }
}

TEST_CASE("escapes stand for the same characters as for an independent parser", "[json]") {
  std::mt19937 random(20261127);
  constexpr std::string_view kPieces[] = {"\\n",
                                          "\\\"",
                                          "\\\\",
                                          "\\/",
                                          "\\u0041",
                                          "\\u00e5",
                                          "\\u20AC",
                                          "\\ud83d\\ude00",
                                          "x",
                                          "0123456789abcdef",
                                          "fifteen letters",
                                          "\xC3\xA5"};
  simdjson::dom::parser parser;
  for (int round = 0; round < 5000; ++round) {
    std::string inner;
    for (std::size_t count = random() % 12; count > 0; --count) {
      inner += kPieces[random() % std::size(kPieces)];
    }
    std::string out = "kept";
    parsers::json::append_json_unescaped(out, inner);
    const std::string_view expected = parser.parse('"' + inner + '"').get_string();
    REQUIRE(out == "kept" + std::string(expected));
  }
}
