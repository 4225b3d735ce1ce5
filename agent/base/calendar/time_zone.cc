#include "agent/base/calendar/time_zone.h"

#include <algorithm>
#include <cstddef>

#include "agent/base/calendar/calendar.h"

namespace auditship {
namespace {

constexpr std::size_t kHeaderBytes = 44;
constexpr std::size_t kMaxFileBytes = 1 << 20;
constexpr std::int64_t kMaxOffset = 26 * 3600;
constexpr std::int64_t kHour = 3600;

std::uint32_t read_u32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

std::int64_t read_i32(std::string_view bytes, std::size_t at) {
  return static_cast<std::int32_t>(read_u32(bytes, at));
}

std::int64_t read_i64(std::string_view bytes, std::size_t at) {
  const std::uint64_t high = read_u32(bytes, at);
  return static_cast<std::int64_t>((high << 32) | read_u32(bytes, at + 4));
}

struct Header {
  char version = 0;
  std::size_t utc_flags = 0, standard_flags = 0, leaps = 0, transitions = 0, types = 0,
              name_bytes = 0;

  [[nodiscard]] std::size_t body_bytes(std::size_t time_bytes) const {
    return transitions * (time_bytes + 1) + types * 6 + name_bytes + leaps * (time_bytes + 4) +
           standard_flags + utc_flags;
  }
};

bool read_header(std::string_view bytes, Header& header) {
  if (bytes.size() < kHeaderBytes || bytes.substr(0, 4) != "TZif") {
    return false;
  }
  header.version = bytes[4];
  header.utc_flags = read_u32(bytes, 20);
  header.standard_flags = read_u32(bytes, 24);
  header.leaps = read_u32(bytes, 28);
  header.transitions = read_u32(bytes, 32);
  header.types = read_u32(bytes, 36);
  header.name_bytes = read_u32(bytes, 40);
  return header.types > 0 && header.types <= 256;
}

}  // namespace

// Reads a POSIX TZ string from the left. Every take_ function fails without moving too far to
// matter.
struct TimeZone::Reader {
  std::string_view text;

  bool take(char c) {
    if (text.empty() || text[0] != c) {
      return false;
    }
    text.remove_prefix(1);
    return true;
  }

  bool take_number(std::int64_t& value, std::int64_t max) {
    value = 0;
    std::size_t digits = 0;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9' && digits < 5) {
      value = value * 10 + (text[0] - '0');
      text.remove_prefix(1);
      ++digits;
    }
    return digits > 0 && value <= max;
  }

  bool take_name() {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    std::size_t size = 0;
    if (take('<')) {
      const std::size_t close = text.find('>');
      if (close == std::string_view::npos) {
        return false;
      }
      text.remove_prefix(close + 1);
      return true;
    }
    while (size < text.size() && is_letter(text[size])) {
      ++size;
    }
    text.remove_prefix(size);
    return size > 0;
  }

  // [+-]h[h[h]][:mm[:ss]]
  bool take_seconds(std::int64_t& seconds) {
    const bool negative = take('-');
    if (!negative) {
      take('+');
    }
    std::int64_t hours = 0, minutes = 0, rest = 0;
    if (!take_number(hours, 167) || (take(':') && !take_number(minutes, 59)) ||
        (take(':') && !take_number(rest, 59))) {
      return false;
    }
    seconds = (hours * kHour + minutes * 60 + rest) * (negative ? -1 : 1);
    return true;
  }

  bool take_day(RuleDay& day) {
    std::int64_t a = 0, b = 0, c = 0;
    if (!take(',')) {
      return false;
    }
    if (take('M')) {
      day.form = 'M';
      if (!take_number(a, 12) || a < 1 || !take('.') || !take_number(b, 5) || b < 1 || !take('.') ||
          !take_number(c, 6)) {
        return false;
      }
    } else {
      day.form = take('J') ? 'J' : 'n';
      if (!take_number(c, day.form == 'J' ? 365 : 364) || (day.form == 'J' && c < 1)) {
        return false;
      }
    }
    day.month = static_cast<int>(a);
    day.week = static_cast<int>(b);
    day.day = static_cast<int>(c);
    return !take('/') || take_seconds(day.time);
  }

  bool take_rule(Rule& rule) {
    if (!take_name() || !take_seconds(rule.offset)) {
      return false;
    }
    rule.offset = -rule.offset;  // POSIX counts west of Greenwich
    if (text.empty()) {
      return true;
    }
    rule.has_summer = true;
    if (!take_name()) {
      return false;
    }
    rule.summer_offset = rule.offset + kHour;
    if (!text.empty() && text[0] != ',') {
      if (!take_seconds(rule.summer_offset)) {
        return false;
      }
      rule.summer_offset = -rule.summer_offset;
    }
    return take_day(rule.begin) && take_day(rule.end) && text.empty();
  }

  // Local seconds since the epoch at which day begins to hold in year.
  static std::int64_t local_time(const RuleDay& day, std::int64_t year) {
    std::int64_t days = days_from_civil({year, 1, 1});
    if (day.form == 'J') {
      days += day.day - 1 + (is_leap_year(year) && day.day > 59 ? 1 : 0);
    } else if (day.form == 'n') {
      days += day.day;
    } else {
      const std::int64_t first = days_from_civil({year, day.month, 1});
      const std::int64_t weekday = ((first + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
      std::int64_t in_month = (day.day - weekday + 7) % 7 + (day.week - 1) * 7;
      if (in_month >= days_in_month(year, day.month)) {
        in_month -= 7;
      }
      days = first + in_month;
    }
    return days * kSecondsPerDay + day.time;
  }
};

TimeZone::TimeZone() = default;

Result<TimeZone> TimeZone::parse(std::string_view bytes) {
  const Error not_a_zone{Errc::invalid, "not a zone file (TZif)"};
  Header header;
  if (bytes.size() > kMaxFileBytes || !read_header(bytes, header)) {
    return not_a_zone;
  }
  std::size_t time_bytes = 4;
  if (header.version >= '2') {
    const std::size_t skip = kHeaderBytes + header.body_bytes(4);
    if (skip > bytes.size() || !read_header(bytes.substr(skip), header)) {
      return not_a_zone;
    }
    bytes.remove_prefix(skip);
    time_bytes = 8;
  }
  bytes.remove_prefix(kHeaderBytes);
  const std::size_t body = header.body_bytes(time_bytes);
  if (body > bytes.size()) {
    return not_a_zone;
  }
  TimeZone zone;
  const std::size_t types_at = header.transitions * (time_bytes + 1);
  for (std::size_t i = 0; i < header.transitions; ++i) {
    const std::size_t at = i * time_bytes;
    const std::int64_t when = time_bytes == 8 ? read_i64(bytes, at) : read_i32(bytes, at);
    const std::size_t type = static_cast<unsigned char>(bytes[header.transitions * time_bytes + i]);
    if (type >= header.types || (i > 0 && when <= zone.transitions_.back())) {
      return not_a_zone;
    }
    zone.transitions_.push_back(when);
    zone.offsets_.push_back(read_i32(bytes, types_at + type * 6));
  }
  zone.first_offset_ = read_i32(bytes, types_at);
  const auto is_wild = [](std::int64_t offset) {
    return offset > kMaxOffset || offset < -kMaxOffset;
  };
  if (is_wild(zone.first_offset_) ||
      std::any_of(zone.offsets_.begin(), zone.offsets_.end(), is_wild)) {
    return not_a_zone;
  }
  if (time_bytes == 8 && bytes.size() > body + 2 && bytes[body] == '\n') {
    const std::string_view footer = bytes.substr(body + 1);
    Reader reader{footer.substr(0, footer.find('\n'))};
    zone.has_rule_ = !reader.text.empty() && reader.take_rule(zone.rule_) &&
                     !is_wild(zone.rule_.offset) && !is_wild(zone.rule_.summer_offset);
  }
  return zone;
}

std::int64_t TimeZone::rule_offset_at(std::int64_t utc_seconds) const {
  if (!rule_.has_summer) {
    return rule_.offset;
  }
  const std::int64_t local = utc_seconds + rule_.offset;
  const std::int64_t year = civil_from_days(floor_div(local, kSecondsPerDay)).year;
  const std::int64_t begin = Reader::local_time(rule_.begin, year) - rule_.offset;
  const std::int64_t end = Reader::local_time(rule_.end, year) - rule_.summer_offset;
  const bool summer = begin < end ? utc_seconds >= begin && utc_seconds < end
                                  : utc_seconds >= begin || utc_seconds < end;
  return summer ? rule_.summer_offset : rule_.offset;
}

std::int64_t TimeZone::offset_at(std::int64_t utc_seconds) const {
  if (has_rule_ && (transitions_.empty() || utc_seconds >= transitions_.back())) {
    return rule_offset_at(utc_seconds);
  }
  const auto after = std::upper_bound(transitions_.begin(), transitions_.end(), utc_seconds);
  if (after == transitions_.begin()) {
    return first_offset_;
  }
  return offsets_[static_cast<std::size_t>(after - transitions_.begin()) - 1];
}

TimeZone::Instants TimeZone::to_utc(std::int64_t local_seconds) const {
  const std::int64_t before = offset_at(local_seconds - 2 * kSecondsPerDay);
  const std::int64_t after = offset_at(local_seconds + 2 * kSecondsPerDay);
  const std::int64_t one = local_seconds - before;
  const std::int64_t two = local_seconds - after;
  const bool one_fits = offset_at(one) == before;
  const bool two_fits = offset_at(two) == after;
  if (one_fits && two_fits) {
    return {std::min(one, two), std::max(one, two)};
  }
  if (two_fits) {
    return {two, two};
  }
  return {one, one};  // the gap too: read with the offset before it, the clock shows one gap later
}

}  // namespace auditship
