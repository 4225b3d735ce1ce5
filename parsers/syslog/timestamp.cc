#include "parsers/syslog/timestamp.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "agent/base/calendar.h"
#include "agent/base/text.h"
#include "parsers/syslog/digit_pairs.h"
#include "parsers/syslog/header_words.h"

namespace auditship::parsers::syslog {
namespace {

constexpr std::string_view kDays = "MonTueWedThuFriSatSun";
constexpr std::size_t kRfc3164Bytes = 15;

bool ends_at(std::string_view text, std::size_t at) {
  return at >= text.size() || is_blank(text[at]);
}

// The number in the two digits from `at` on, or -1. Both bytes must be there.
int number_at(const char* at) {
  const auto tens = static_cast<unsigned>(at[0]) - '0';
  const auto ones = static_cast<unsigned>(at[1]) - '0';
  return tens <= 9 && ones <= 9 ? static_cast<int>(tens * 10 + ones) : -1;
}

// Two digits at `at`, or -1.
int two_digits(std::string_view text, std::size_t at) {
  return at + 2 > text.size() ? -1 : number_at(text.data() + at);
}

// A year of four digits with a blank or the end behind it, or 0. Years that nanoseconds since the epoch cannot hold, or
// that no log has, are none.
int year_word(std::string_view text, std::size_t at) {
  const int century = two_digits(text, at);
  const int rest = two_digits(text, at + 2);
  if (century < 0 || rest < 0 || !ends_at(text, at + 4)) {
    return 0;
  }
  const int year = century * 100 + rest;
  return year >= 1970 && year <= 2200 ? year : 0;
}

// "hh:mm:ss" at `at`. False if it has not this shape; values are not judged.
bool read_clock(std::string_view text, std::size_t at, Timestamp& stamp) {
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

bool is_possible(const Timestamp& stamp) {
  // Each month has as many days.
  constexpr int kEveryMonth = 28;
  // Without a year in the stamp, 29 February may exist: 2000 is a leap year.
  const std::int64_t year = stamp.year != 0 ? stamp.year : 2000;
  return stamp.month >= 1 && stamp.month <= 12 && stamp.day >= 1 &&
         (stamp.day <= kEveryMonth || stamp.day <= days_in_month(year, stamp.month)) &&
         stamp.hour <= 23 && stamp.minute <= 59 && stamp.second <= 60;
}

// 1 to 12; 0: no name of a month stands there.
int month_at(std::string_view text, std::size_t at) {
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
bool read_fraction_digits(std::string_view text, std::size_t& at, Timestamp& stamp) {
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
bool read_fraction(std::string_view text, std::size_t& at, Timestamp& stamp) {
  if (at >= text.size() || text[at] != '.') {
    return true;
  }
  return read_fraction_digits(text, ++at, stamp);
}

// Z, +01:00 or +0100.
bool read_zone(std::string_view text, std::size_t& at, Timestamp& stamp) {
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
bool read_iso_date(std::string_view text, Timestamp& stamp) {
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

void judge(Timestamp& stamp) {
  stamp.valid = stamp.valid && (stamp.year == 0 || (stamp.year >= 1970 && stamp.year <= 2200)) &&
                is_possible(stamp);
}

// Steps over blanks; false where there is none.
bool skip_blanks(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  while (at < text.size() && is_blank(text[at])) {
    ++at;
  }
  return at > begin;
}

bool read_day(std::string_view text, std::size_t& at, Timestamp& stamp) {
  stamp.day = two_digits(text, at);
  std::size_t digits = 2;
  if (stamp.day < 0 && at < text.size() && is_digit(text[at])) {
    stamp.day = text[at] - '0';
    digits = 1;
  }
  at += digits;
  return stamp.day >= 0;
}

// A year as a word, with the blanks behind it. Nothing is there: true, and nothing changes.
void take_year(std::string_view text, std::size_t& at, Timestamp& stamp) {
  const int year = year_word(text, at);
  if (year != 0 && stamp.year == 0) {
    stamp.year = year;
    at += 4;
    skip_blanks(text, at);
  }
}

// " [1795892400.123]", as OpenWrt's `logread -t` writes behind the stamp; 0 where there is none.
std::size_t seconds_in_brackets(std::string_view text, std::size_t at) {
  constexpr std::size_t kDigits = 10;
  constexpr std::size_t kBytes = kDigits + 7;
  const std::string_view found = text.substr(std::min(at, text.size()), kBytes);
  const bool there = found.size() == kBytes && found.starts_with(" [") && found.ends_with("]") &&
                     found[kDigits + 2] == '.' && all_digits(found.substr(2, kDigits)) &&
                     all_digits(found.substr(kDigits + 3, 3));
  return there && ends_at(text, at + kBytes) ? kBytes : 0;
}

// [YEAR] Mon DD [YEAR] hh:mm:ss[.fraction] [YEAR], any blanks between them.
bool read_loose_rfc3164(std::string_view text, std::size_t at, Timestamp& stamp) {
  take_year(text, at, stamp);
  stamp.month = month_at(text, at);
  at += 3;
  if (stamp.month == 0 || !skip_blanks(text, at) || !read_day(text, at, stamp) ||
      !skip_blanks(text, at)) {
    return false;
  }
  take_year(text, at, stamp);
  if (!read_clock(text, at, stamp)) {
    return false;
  }
  at += 8;
  if (!read_fraction(text, at, stamp) || !ends_at(text, at)) {
    return false;
  }
  std::size_t behind = at;
  skip_blanks(text, behind);
  const int year = stamp.year == 0 ? year_word(text, behind) : 0;
  if (year != 0) {
    stamp.year = year;
    at = behind + 4;
  }
  at += seconds_in_brackets(text, at);
  stamp.text = text.substr(0, at);
  stamp.valid = true;
  judge(stamp);
  return true;
}

// "UTC", "GMT" or an offset behind a blank.
void take_zone_word(std::string_view text, std::size_t& at, Timestamp& stamp) {
  std::size_t behind = at;
  if (!skip_blanks(text, behind)) {
    return;
  }
  const std::string_view word = text.substr(behind, 3);
  if ((word == "UTC" || word == "GMT") && ends_at(text, behind + 3)) {
    stamp.zoned = true;
    at = behind + 3;
    return;
  }
  Timestamp zone;
  zone.valid = true;
  if (behind < text.size() && (text[behind] == '+' || text[behind] == '-') &&
      read_zone(text, behind, zone) && ends_at(text, behind)) {
    stamp.zoned = true;
    stamp.offset = zone.offset;
    stamp.valid = zone.valid;
    at = behind;
  }
}

// A blank and the name of a time zone behind it; 0 where there is none.
std::size_t zone_name_bytes(std::string_view text, std::size_t at) {
  constexpr std::size_t kShortest = 2;
  constexpr std::size_t kLongest = 5;
  std::size_t end = at + 1;
  while (end < text.size() && text[end] >= 'A' && text[end] <= 'Z') {
    ++end;
  }
  const bool name = at < text.size() && text[at] == ' ' && end >= at + 1 + kShortest &&
                    end <= at + 1 + kLongest && ends_at(text, end);
  return name ? end - at : 0;
}

// A date, then T, _ or a blank, the clock with or without a fraction, and perhaps a zone. svlogd's _ says UTC.
bool read_loose_iso(std::string_view text, std::size_t begin, Timestamp& stamp) {
  const std::string_view from = text.substr(begin);
  if (!read_iso_date(from, stamp) || from.size() < 19) {
    return false;
  }
  const char between = from[10];
  if ((between != 'T' && between != 't' && between != '_' && between != ' ') ||
      !read_clock(from, 11, stamp)) {
    return false;
  }
  std::size_t at = 19;
  stamp.valid = true;
  if (at < from.size() && from[at] == ',') {
    // The decimal comma of ISO 8601 and of Python's logging.
    if (!read_fraction_digits(from, ++at, stamp)) {
      return false;
    }
  } else if (!read_fraction(from, at, stamp)) {
    return false;
  }
  if (!read_zone(from, at, stamp)) {
    if (between == '_') {
      stamp.zoned = true;
    } else {
      take_zone_word(from, at, stamp);
      // journalctl's short-full: "Sat 2026-11-28 19:00:00 CET". Which offset CET is, nobody says.
      at += begin > 0 && !stamp.zoned ? zone_name_bytes(from, at) : 0;
    }
  }
  if (!ends_at(from, at)) {
    return false;
  }
  stamp.text = text.substr(0, begin + at);
  judge(stamp);
  return true;
}

void set_seconds(Timestamp& stamp, std::int64_t seconds) {
  const std::int64_t days = floor_div(seconds, kSecondsPerDay);
  const CivilDate date = civil_from_days(days);
  const auto second_of_day = static_cast<int>(seconds - days * kSecondsPerDay);
  stamp.year = static_cast<int>(date.year);
  stamp.month = date.month;
  stamp.day = date.day;
  stamp.hour = second_of_day / 3600;
  stamp.minute = second_of_day / 60 % 60;
  stamp.second = second_of_day % 60;
  stamp.zoned = true;
  stamp.valid = true;
  judge(stamp);
}

// Ten digits: from September 2001 to November 2286.
bool read_epoch_seconds(std::string_view text, Timestamp& stamp) {
  constexpr std::size_t kDigits = 10;
  if (text.size() < kDigits || text[0] == '0') {
    return false;
  }
  std::int64_t seconds = 0;
  for (std::size_t i = 0; i < kDigits; ++i) {
    if (!is_digit(text[i])) {
      return false;
    }
    seconds = seconds * 10 + (text[i] - '0');
  }
  std::size_t at = kDigits;
  if (!read_fraction(text, at, stamp) || !ends_at(text, at)) {
    return false;
  }
  stamp.text = text.substr(0, at);
  set_seconds(stamp, seconds);
  return true;
}

int hex_digit(char c) {
  if (is_digit(c)) {
    return c - '0';
  }
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// '@', 16 hexadecimal digits of seconds and 8 of nanoseconds.
bool read_tai64n(std::string_view text, Timestamp& stamp) {
  constexpr std::size_t kBytes = 25;
  // As the programs that write it count: ten seconds before 1970 and no leap seconds.
  constexpr std::uint64_t kEpoch = 0x400000000000000AU;
  if (text.size() < kBytes || text[0] != '@' || !ends_at(text, kBytes)) {
    return false;
  }
  std::uint64_t seconds = 0;
  std::uint64_t nanoseconds = 0;
  for (std::size_t i = 1; i < kBytes; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) {
      return false;
    }
    std::uint64_t& number = i <= 16 ? seconds : nanoseconds;
    number = number * 16 + static_cast<std::uint64_t>(digit);
  }
  stamp.text = text.substr(0, kBytes);
  constexpr std::uint64_t kLast = 7'258'118'400;  // the year 2200
  if (seconds < kEpoch || seconds - kEpoch > kLast || nanoseconds >= 1'000'000'000) {
    return true;
  }
  stamp.nanosecond = static_cast<std::int64_t>(nanoseconds);
  set_seconds(stamp, static_cast<std::int64_t>(seconds - kEpoch));
  return true;
}

// "Sat " or "Sat, " takes this many bytes, else 0.
std::size_t day_of_week(std::string_view text) {
  const std::size_t found =
      text.size() > 4 ? kDays.find(text.substr(0, 3)) : std::string_view::npos;
  if (found == std::string_view::npos || found % 3 != 0) {
    return 0;
  }
  std::size_t at = text[3] == ',' ? 4 : 3;
  return skip_blanks(text, at) ? at : 0;
}

}  // namespace

bool read_rfc3164_timestamp(std::string_view text, Timestamp& stamp) {
  if (text.size() < kRfc3164Bytes || text[3] != ' ' || text[6] != ' ' ||
      (text.size() > kRfc3164Bytes && text[kRfc3164Bytes] != ' ')) {
    return false;
  }
  // A year may stand behind the clock.
  constexpr std::size_t kBehind = kRfc3164Bytes + 1;
  if (text.size() > kBehind && is_digit(text[kBehind]) && year_word(text, kBehind) != 0) {
    return false;
  }
  stamp.month = month_at(text, 0);
  stamp.day = text[4] == ' ' && is_digit(text[5]) ? text[5] - '0' : two_digits(text, 4);
  if (stamp.month == 0 || stamp.day < 0 || !read_clock(text, 7, stamp)) {
    return false;
  }
  stamp.text = text.substr(0, kRfc3164Bytes);
  stamp.valid = is_possible(stamp);
  return true;
}

bool read_iso_timestamp(std::string_view text, Timestamp& stamp) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || !read_iso_date(text, stamp) ||
      !read_clock(text, 11, stamp)) {
    return false;
  }
  std::size_t at = 19;
  stamp.valid = true;
  if (!read_fraction(text, at, stamp) || !read_zone(text, at, stamp) || !ends_at(text, at)) {
    return false;
  }
  stamp.text = text.substr(0, at);
  judge(stamp);
  stamp.rfc3339_utc = text[at - 1] == 'Z' && text[10] == 'T' && stamp.second < 60;
  return true;
}

bool read_any_timestamp(std::string_view text, Timestamp& stamp) {
  const auto fresh = [&stamp]() -> Timestamp& { return stamp = Timestamp(); };
  if (read_rfc3164_timestamp(text, fresh()) || read_iso_timestamp(text, fresh())) {
    return true;
  }
  const std::size_t begin = day_of_week(text);
  return read_loose_rfc3164(text, begin, fresh()) || read_loose_iso(text, begin, fresh()) ||
         read_epoch_seconds(text, fresh()) || read_tai64n(text, fresh());
}

std::int64_t timestamp_seconds(const Timestamp& stamp) {
  return days_from_civil({stamp.year, stamp.month, stamp.day}) * kSecondsPerDay +
         stamp.hour * 3600 + stamp.minute * 60 + stamp.second - stamp.offset;
}

}  // namespace auditship::parsers::syslog
