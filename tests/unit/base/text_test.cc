#include "agent/base/text.h"

#include <cstdint>

#include "agent/base/encoding/terminal_text.h"
#include "tests/support/catch.h"

using namespace auditship;

TEST_CASE("trim takes blanks of both ends and nothing else", "[text]") {
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim("a") == "a");
  CHECK(trim(" \n").empty());
  CHECK(trim("").empty());
  CHECK(trim("\v a").size() == 3);
}

TEST_CASE("a decimal number is the whole text, or it is none", "[text]") {
  std::uint8_t small = 7;
  CHECK(parse_decimal("255", small));
  CHECK(small == 255);
  for (const char* bad : {"", "256", "-1", "+1", " 1", "1 ", "1x", "0x1", "1.0"}) {
    small = 7;
    CHECK_FALSE(parse_decimal(bad, small));
    CHECK(small == 7);
  }
  std::uint64_t large = 0;
  CHECK(parse_decimal("18446744073709551615", large));
  CHECK(large == UINT64_MAX);
  CHECK_FALSE(parse_decimal("18446744073709551616", large));
}

TEST_CASE("code points are read as UTF-8 has them", "[text]") {
  const std::string_view text = "a\xc3\xa5\xe2\x82\xac\xf0\x9f\x98\x80";
  std::size_t at = 0;
  CHECK(next_code_point(text, at) == U'a');
  CHECK(next_code_point(text, at) == U'\u00e5');
  CHECK(next_code_point(text, at) == U'\u20ac');
  CHECK(next_code_point(text, at) == U'\U0001f600');
  CHECK(at == text.size());
}

TEST_CASE("nothing that acts on a terminal or hides text gets through", "[text]") {
  CHECK(terminal_text("p\xc3\xa5 \xe2\x82\xac 100") == "p\xc3\xa5 \xe2\x82\xac 100");
  CHECK(terminal_text(std::string_view("\x1b[2J\0\x07\x7f", 7)) == "?[2J???");
  CHECK(terminal_text("a\nb\rc\td") == "a?b?c?d");
  CHECK(terminal_text("\xc2\x9b"
                      "31m") == "?31m");
  for (const char* hidden : {"\u200b", "\u200e", "\u202e", "\u2066", "\u2060", "\ufeff", "\u00ad",
                             "\u061c", "\ufff9", "\U000e0041", "\u2028"}) {
    CHECK(terminal_text(std::string("a") + hidden + "b") == "a?b");
  }
  // An invalid byte is replaced, and what stands behind it is still looked at.
  CHECK(terminal_text("\xff\x1b") == "\xef\xbf\xbd?");
}
