#include "parsers/syslog/digit_pairs.h"

#include <string>

#include "tests/support/catch.h"

using auditship::parsers::syslog::DigitPairs;

TEST_CASE("pairs of digits are read where the shape fits, byte by byte", "[syslog]") {
  static constexpr DigitPairs kClock("00:00:00");
  std::uint64_t values = 0;
  for (int number = 0; number < 100; ++number) {
    const std::string two = {static_cast<char>('0' + number / 10),
                             static_cast<char>('0' + number % 10)};
    REQUIRE(kClock.read((two + ":00:99").c_str(), values));
    CHECK(DigitPairs::number(values, 0) == number);
    CHECK(DigitPairs::number(values, 3) == 0);
    CHECK(DigitPairs::number(values, 6) == 99);
    REQUIRE(kClock.read(("09:" + two + ":90").c_str(), values));
    CHECK(DigitPairs::number(values, 0) == 9);
    CHECK(DigitPairs::number(values, 3) == number);
    CHECK(DigitPairs::number(values, 6) == 90);
  }
  const std::string good = "12:34:56";
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[at] = static_cast<char>(byte);
      const bool fits = at == 2 || at == 5 ? byte == ':' : byte >= '0' && byte <= '9';
      REQUIRE(kClock.read(text.c_str(), values) == fits);
    }
  }
}
