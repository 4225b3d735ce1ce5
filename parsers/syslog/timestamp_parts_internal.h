// The parts of a log line's stamp: clock, date, fraction, zone. Each reads what stands at a place of the text and moves the
// place behind it; values are judged when the stamp is whole. In the header for the compiler: each line has a stamp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/base/calendar/calendar.h"
#include "agent/base/text.h"
#include "parsers/syslog/digit_pairs.h"
#include "parsers/syslog/header_words.h"
#include "parsers/syslog/timestamp.h"

namespace auditship::parsers::syslog {

inline bool ends_at(std::string_view text, std::size_t at) {
  return at >= text.size() || is_blank(text[at]);
}

// The number in the two digits from `at` on, or -1. Both bytes must be there.
inline int number_at(const char* at) {
  const auto tens = static_cast<unsigned>(at[0]) - '0';
  const auto ones = static_cast<unsigned>(at[1]) - '0';
  return tens <= 9 && ones <= 9 ? static_cast<int>(tens * 10 + ones) : -1;
}

// Two digits at `at`, or -1.
inline int two_digits(std::string_view text, std::size_t at) {
  return at + 2 > text.size() ? -1 : number_at(text.data() + at);
}

// A year of four digits with a blank or the end behind it, or 0. Years that nanoseconds since the epoch cannot hold, or
// that no log has, are none.
inline int year_word(std::string_view text, std::size_t at) {
  const int century = two_digits(text, at);
  const int rest = two_digits(text, at + 2);
  if (century < 0 || rest < 0 || !ends_at(text, at + 4)) {
    return 0;
  }
  const int year = century * 100 + rest;
  return year >= 1970 && year <= 2200 ? year : 0;
}

// "hh:mm:ss" at `at`. False if it has not this shape; values are not judged.
inline bool read_clock(std::string_view text, std::size_t at, Timestamp& stamp) {
  static constexpr DigitPairs kClock("00:00:00");
  std::uint64_t values = 0;
  if (at + DigitPairs::kBytes > text.size() || !kClock.read(text.data() + at, values)) {
    return false;
  }
  stamp.hour = DigitPairs::number(values, 0);
  stamp.minute = DigitPairs::number(values, 3);
  stamp.second = DigitPairs::number(values, 6);
  return true;
}

inline bool is_possible(const Timestamp& stamp) {
  // Each month has as many days.
  constexpr int kEveryMonth = 28;
  // Without a year in the stamp, 29 February may exist: 2000 is a leap year.
  const std::int64_t year = stamp.year != 0 ? stamp.year : 2000;
  return stamp.month >= 1 && stamp.month <= 12 && stamp.day >= 1 &&
         (stamp.day <= kEveryMonth || stamp.day <= days_in_month(year, stamp.month)) &&
         stamp.hour <= 23 && stamp.minute <= 59 && stamp.second <= 60;
}

// 1 to 12; 0: no name of a month stands there.
inline int month_at(std::string_view text, std::size_t at) {
  static constexpr std::string_view kNames = "JanFebMarAprMayJunJulAugSepOctNovDec";
  // The sum of its second and third letter tells each month from the others.
  constexpr auto kSlot = [](const char* name) {
    return (static_cast<unsigned char>(name[1]) + static_cast<unsigned char>(name[2])) % 32U;
  };
  static constexpr std::array<std::uint8_t, 32> kPlaces = [=] {
    std::array<std::uint8_t, 32> places{};
    for (std::size_t i = 0; i < kNames.size(); i += 3) {
      places[kSlot(kNames.data() + i)] = static_cast<std::uint8_t>(i);
    }
    return places;
  }();
  if (at + 3 > text.size()) {
    return 0;
  }
  const char* const name = text.data() + at;
  const std::size_t place = kPlaces[kSlot(name)];
  const char* const known = kNames.data() + place;
  const bool same = name[0] == known[0] && name[1] == known[1] && name[2] == known[2];
  return same ? static_cast<int>(place / 3 + 1) : 0;
}

// Digits of a fraction from `at` on, which moves behind them. False for none.
inline bool read_fraction_digits(std::string_view text, std::size_t& at, Timestamp& stamp) {
  static constexpr std::array<std::int64_t, 10> kUnits = {
      1'000'000'000, 100'000'000, 10'000'000, 1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
  std::int64_t value = 0;
  std::size_t digits = 0;
  while (digits < 9 && at + digits < text.size() && is_digit(text[at + digits])) {
    value = value * 10 + (text[at + digits] - '0');
    ++digits;
  }
  at += digits;
  stamp.nanosecond = value * kUnits[digits];
  return digits > 0;
}

// The fraction behind the seconds, if there is one; `at` moves behind it. False for a point without digits or too many.
inline bool read_fraction(std::string_view text, std::size_t& at, Timestamp& stamp) {
  if (at >= text.size() || text[at] != '.') {
    return true;
  }
  return read_fraction_digits(text, ++at, stamp);
}

// Z, +01:00 or +0100.
inline bool read_zone(std::string_view text, std::size_t& at, Timestamp& stamp) {
  if (at >= text.size()) {
    return false;
  }
  if (text[at] == 'Z' || text[at] == 'z') {
    ++at;
    stamp.zoned = true;
    return true;
  }
  const bool negative = text[at] == '-';
  if (!negative && text[at] != '+') {
    return false;
  }
  const int hours = two_digits(text, at + 1);
  std::size_t behind = at + 3;
  if (behind < text.size() && text[behind] == ':') {
    ++behind;
  }
  const int minutes = two_digits(text, behind);
  if (hours < 0 || minutes < 0) {
    return false;
  }
  at = behind + 2;
  stamp.zoned = true;
  stamp.offset = (hours * 3600 + minutes * 60) * (negative ? -1 : 1);
  stamp.valid = hours <= 23 && minutes <= 59;
  return true;
}

// "2026-11-23" at the start, without a look at what follows.
inline bool read_iso_date(std::string_view text, Timestamp& stamp) {
  static constexpr DigitPairs kMonth("0000-00-");
  std::uint64_t values = 0;
  if (text.size() < 10 || !kMonth.read(text.data(), values)) {
    return false;
  }
  stamp.year = DigitPairs::number(values, 0) * 100 + DigitPairs::number(values, 2);
  stamp.month = DigitPairs::number(values, 5);
  stamp.day = number_at(text.data() + 8);
  return stamp.day >= 0;
}

inline void judge(Timestamp& stamp) {
  stamp.valid = stamp.valid && (stamp.year == 0 || (stamp.year >= 1970 && stamp.year <= 2200)) &&
                is_possible(stamp);
}

// Steps over blanks; false where there is none.
inline bool skip_blanks(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  while (at < text.size() && is_blank(text[at])) {
    ++at;
  }
  return at > begin;
}

inline bool read_day(std::string_view text, std::size_t& at, Timestamp& stamp) {
  stamp.day = two_digits(text, at);
  std::size_t digits = 2;
  if (stamp.day < 0 && at < text.size() && is_digit(text[at])) {
    stamp.day = text[at] - '0';
    digits = 1;
  }
  at += digits;
  return stamp.day >= 0;
}

}  // namespace auditship::parsers::syslog
