#include "agent/base/encoding/json_writer.h"

#include <random>

#include "tests/support/catch.h"

using namespace auditship;

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_json_escaped(out, text);
  return out;
}

// The same by the book, a character at a time.
std::string escaped_slowly(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text[0]);
    std::size_t length = 1;
    if (c == '"' || c == '\\') {
      out += {'\\', static_cast<char>(c)};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\u%04x", c);
      out += hex;
    } else if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      length = 0;
      for (std::size_t n = 2; n <= 4 && n <= text.size() && length == 0; ++n) {
        length = is_valid_utf8(text.substr(0, n)) ? n : 0;
      }
      out += length > 0 ? text.substr(0, length) : "\xEF\xBF\xBD";
      length = length > 0 ? length : 1;
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

TEST_CASE("escapes what JSON must have escaped and nothing else", "[json]") {
  CHECK(escaped("") == "");
  CHECK(escaped("plain/'text'<>&") == "plain/'text'<>&");
  CHECK(escaped("a\"b\\c\n\r\t\x01\x1f") == "a\\\"b\\\\c\\n\\r\\t\\u0001\\u001f");
  CHECK(escaped(std::string_view("\0x", 2)) == "\\u0000x");
  CHECK(escaped("åäö € 😀") == "åäö € 😀");
}

TEST_CASE("each byte that is not UTF-8 becomes one U+FFFD", "[json]") {
  CHECK(escaped("a\xff\xfe"
                "b") ==
        "a\xEF\xBF\xBD\xEF\xBF\xBD"
        "b");
  CHECK(escaped("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
  CHECK(escaped("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // surrogate
  CHECK(escaped("\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD");                  // cut character
}

TEST_CASE("the fast way and the slow way agree on random text", "[json]") {
  std::mt19937 random(20261123);
  const auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const auto size = static_cast<unsigned>(pick(round % 100 == 0 ? 3000 : 40));
    for (unsigned i = 0; i < size; ++i) {
      switch (pick(9)) {
        case 0:
          text += '"';
          break;
        case 1:
          text += '\\';
          break;
        case 2:
          text += static_cast<char>(pick(256));
          break;
        case 3:
          text += "€";
          break;
        default:
          text += static_cast<char>('a' + pick(26));
      }
    }
    REQUIRE(escaped(text) == escaped_slowly(text));
  }
}

TEST_CASE("every length at every place is escaped as by the book", "[json]") {
  std::mt19937 random(20261124);
  // JSON text, hostile bytes, control characters before clean ones, and characters of any length.
  constexpr std::string_view kAlphabets[] = {"{\"a\":\\", "\"\\", "\x01\x1f\x7f\n\t",
                                             "ab\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xFF\x80"};
  const auto fill = [&](std::string& text, std::size_t kind) {
    for (char& c : text) {
      const auto any = static_cast<std::size_t>(random());
      c = kind < std::size(kAlphabets) ? kAlphabets[kind][any % kAlphabets[kind].size()]
                                       : static_cast<char>(any);
    }
  };
  for (std::size_t size = 0; size <= 100; ++size) {
    for (std::size_t start = 0; start < 16; ++start) {
      for (std::size_t kind = 0; kind <= std::size(kAlphabets); ++kind) {
        std::string text(start + size, ' ');
        fill(text, kind);
        const std::string_view part = std::string_view(text).substr(start);
        REQUIRE(escaped(part) == escaped_slowly(part));
      }
    }
  }
  for (std::size_t kind = 0; kind < 200; ++kind) {  // over the edges of what is done at once
    std::string text(1900 + random() % 4500, 'a');
    fill(text, kind % 6);
    for (std::size_t clean = 0; kind % 2 == 1 && clean < text.size(); clean += 31) {
      text.replace(clean, 16, "sixteen letters.");
    }
    REQUIRE(escaped(text) == escaped_slowly(text));
  }
}

TEST_CASE("a cut never ends inside a character", "[json]") {
  std::string out;
  CHECK(append_json_string_cut(out, "ab€cd", 4) == 2);
  CHECK(out == "\"ab\"");
  CHECK(utf8_prefix("ab€cd", 5) == 5);
  CHECK(utf8_prefix("short", 100) == 5);
  CHECK(utf8_prefix("\x80\x80\x80\x80\x80\x80", 5) == 5);  // not UTF-8 at all: cut where asked
}

TEST_CASE("numbers and hex are written as they are", "[json]") {
  std::string out;
  append_json_uint(out, 0);
  out += ' ';
  append_json_uint(out, ~std::uint64_t{0});
  out += ' ';
  append_json_int(out, INT64_MIN);
  out += ' ';
  append_hex(out, "\x00\xff\x1a", 3);
  CHECK(out == "0 18446744073709551615 -9223372036854775808 00ff1a");
}

TEST_CASE("times are RFC 3339 in UTC with as many digits as they need", "[json]") {
  const auto text = [](std::int64_t ns) {
    std::string out;
    append_rfc3339(out, ns);
    return out;
  };
  CHECK(text(0) == "1970-01-01T00:00:00.000Z");
  CHECK(text(1763874191123456000) == "2025-11-23T05:03:11.123456Z");
  CHECK(text(1709164800'000'000'001) == "2024-02-29T00:00:00.000000001Z");
  CHECK(text(-1'000'000) == "1969-12-31T23:59:59.999Z");
  CHECK(text(4102444799'000'000'000) == "2099-12-31T23:59:59.000Z");
}

TEST_CASE("repaired text is valid UTF-8 and keeps what was valid", "[json]") {
  std::string out;
  append_utf8_repaired(out, "ok €\xff!");
  CHECK(out == "ok €\xEF\xBF\xBD!");
  CHECK(is_valid_utf8(out));
}
