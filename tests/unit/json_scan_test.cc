#include "parsers/json_scan.h"

#include <string>

#include <simdjson.h>

#include "agent/core/json_out.h"
#include "tests/support/catch.h"

using namespace auditship;

namespace {

bool accepts(std::string_view text) {
  JsonScan scan(text);
  JsonValue value;
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
  JsonScan scan(text);
  JsonValue key;
  JsonValue value;
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
  CHECK(value.kind == JsonKind::object);
  CHECK(value.raw == R"({"c":"\n"})");
  CHECK(value.longest == 2);
  CHECK_FALSE(scan.next_key(key));
  CHECK(scan.at_end());
}

TEST_CASE("nesting is bounded by kMaxDepth", "[json]") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(accepts(nested(JsonScan::kMaxDepth)));
  CHECK_FALSE(accepts(nested(JsonScan::kMaxDepth + 1)));
}

TEST_CASE("escapes become the characters that they stand for", "[json]") {
  const auto plain = [](std::string_view inner) {
    std::string out;
    append_json_unescaped(out, inner);
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
