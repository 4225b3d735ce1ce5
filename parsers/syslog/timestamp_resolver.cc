#include "parsers/syslog/timestamp_resolver.h"

#include "agent/base/calendar/calendar.h"

namespace auditship::parsers::syslog {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;
constexpr std::int64_t kQuarter = 900;
// Leap years are at most eight years apart (around 1900 and 2100).
constexpr int kYearsBack = 9;

}  // namespace

void TimestampResolver::restart() { has_last_ = false; }

TimeZone::Instants TimestampResolver::local_to_utc(std::int64_t local_seconds) {
  const std::int64_t quarter = floor_div(local_seconds, kQuarter);
  if (quarter == cached_quarter_) {
    return {local_seconds - cached_offset_, local_seconds - cached_offset_};
  }
  const TimeZone::Instants instants = zone_.to_utc(local_seconds);
  const TimeZone::Instants begin = zone_.to_utc(quarter * kQuarter);
  const TimeZone::Instants end = zone_.to_utc(quarter * kQuarter + kQuarter - 1);
  if (begin.earlier == begin.later && end.earlier == end.later &&
      end.later - begin.later == kQuarter - 1 && instants.earlier == instants.later) {
    cached_quarter_ = quarter;
    cached_offset_ = local_seconds - instants.earlier;
  }
  return instants;
}

std::int64_t TimestampResolver::in_year(const Timestamp& stamp, std::int64_t year) {
  const std::int64_t local = days_from_civil({year, stamp.month, stamp.day}) * kSecondsPerDay +
                             stamp.hour * 3600 + stamp.minute * 60 + stamp.second;
  const TimeZone::Instants instants = local_to_utc(local);
  // The repeated hour: the first reading, unless the file was already past it. Processes stamp
  // their own lines, so a step back by one second is disorder, not a second reading.
  if (has_last_ && last_seconds_ - instants.earlier > 1 &&
      last_seconds_ - instants.earlier < kSecondsPerDay) {
    return instants.later;
  }
  return instants.earlier;
}

std::int64_t TimestampResolver::choose(const Timestamp& stamp, std::int64_t reference) {
  const bool leap_day = stamp.month == 2 && stamp.day == 29;
  const std::int64_t limit = reference + kSecondsPerDay;
  if (has_last_ && last_month_ == 12 && stamp.month == 1) {
    return in_year(stamp, last_year_ + 1);
  }
  const std::int64_t newest =
      civil_from_days(floor_div(limit + kSecondsPerDay, kSecondsPerDay)).year;
  std::int64_t seconds = 0;
  for (std::int64_t year = newest; year > newest - kYearsBack; --year) {
    if (leap_day && !is_leap_year(year)) {
      continue;
    }
    seconds = in_year(stamp, year);
    if (seconds <= limit) {
      break;
    }
  }
  return seconds;
}

std::optional<std::int64_t> TimestampResolver::instant(const Timestamp& stamp,
                                                       std::int64_t reference_ns) {
  if (!stamp.valid) {
    return std::nullopt;
  }
  std::int64_t seconds = 0;
  if (stamp.year != 0) {
    seconds = stamp.zoned ? timestamp_seconds(stamp) : in_year(stamp, stamp.year);
  } else {
    seconds = choose(stamp, floor_div(reference_ns, kNanoseconds));
    last_year_ =
        civil_from_days(floor_div(seconds + zone_.offset_at(seconds), kSecondsPerDay)).year;
    last_month_ = stamp.month;
  }
  has_last_ = true;
  if (stamp.year != 0) {
    // The stamp has its own year: no step from December to January is to be found.
    last_month_ = 0;
  }
  last_seconds_ = seconds;
  return seconds * kNanoseconds + stamp.nanosecond;
}

}  // namespace auditship::parsers::syslog
