#include "parsers/syslog/timestamp.h"

#include <cstddef>

#include "parsers/syslog/timestamp_parts_internal.h"

namespace auditship::parsers::syslog {
namespace {

constexpr std::size_t kRfc3164Bytes = 15;

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

std::int64_t timestamp_seconds(const Timestamp& stamp) {
  return days_from_civil({stamp.year, stamp.month, stamp.day}) * kSecondsPerDay +
         stamp.hour * 3600 + stamp.minute * 60 + stamp.second - stamp.offset;
}

}  // namespace auditship::parsers::syslog
