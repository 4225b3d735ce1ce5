// Stamps as few daemons write them: any blanks, years in three places, days of the week, seconds since the epoch.
#include <algorithm>
#include <cstddef>

#include "parsers/syslog/timestamp_parts_internal.h"

namespace auditship::parsers::syslog {
namespace {

constexpr std::string_view kDays = "MonTueWedThuFriSatSun";

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

// " -03", as zones without letters are called; false where there is none.
bool take_zone_hours(std::string_view text, std::size_t& at, Timestamp& stamp) {
  constexpr std::size_t kBytes = 4;
  const bool sign = at + 1 < text.size() && (text[at + 1] == '-' || text[at + 1] == '+');
  const int hours =
      sign && text[at] == ' ' && ends_at(text, at + kBytes) ? two_digits(text, at + 2) : -1;
  if (hours < 0 || hours > 23) {
    return false;
  }
  stamp.zoned = true;
  stamp.offset = hours * (text[at + 1] == '-' ? -3600 : 3600);
  at += kBytes;
  return true;
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
      if (begin > 0 && !stamp.zoned && !take_zone_hours(from, at, stamp)) {
        at += zone_name_bytes(from, at);
      }
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

bool read_any_timestamp(std::string_view text, Timestamp& stamp) {
  const auto fresh = [&stamp]() -> Timestamp& { return stamp = Timestamp(); };
  if (read_rfc3164_timestamp(text, fresh()) || read_iso_timestamp(text, fresh())) {
    return true;
  }
  const std::size_t begin = day_of_week(text);
  return read_loose_rfc3164(text, begin, fresh()) || read_loose_iso(text, begin, fresh()) ||
         read_epoch_seconds(text, fresh()) || read_tai64n(text, fresh());
}

}  // namespace auditship::parsers::syslog
