// TimestampResolver gives the timestamps of log lines their instant: those of RFC 3164 lack year
// and zone, and a zone's autumn hour reads twice, so it remembers the last line of the file.
//
//   TimestampResolver resolver(zone);
//   if (const auto ns = resolver.instant(line.stamp, now_ns)) …
//
// Year: the latest one that puts the timestamp at most a day after the reference time; it steps up
// where January follows December. A 29 February belongs to a leap year. Not thread-safe; one a
// source.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/base/calendar/time_zone.h"
#include "parsers/syslog/timestamp.h"

namespace auditship::parsers::syslog {

class TimestampResolver {
 public:
  explicit TimestampResolver(TimeZone zone) : zone_(std::move(zone)) {}

  // Another file begins: forget the last line.
  void restart();

  // Nanoseconds since the epoch, UTC; nullopt for an impossible stamp.
  // reference_ns: now for a live file, the time of its last change for a rotated one.
  std::optional<std::int64_t> instant(const Timestamp& stamp, std::int64_t reference_ns);

 private:
  [[nodiscard]] std::int64_t in_year(const Timestamp& stamp, std::int64_t year);
  std::int64_t choose(const Timestamp& stamp, std::int64_t reference);
  TimeZone::Instants local_to_utc(std::int64_t local_seconds);

  TimeZone zone_;
  bool has_last_ = false;
  int last_month_ = 0;
  std::int64_t last_year_ = 0;
  std::int64_t last_seconds_ = 0;
  // A quarter of an hour in which the zone's offset does not change.
  std::int64_t cached_quarter_ = INT64_MIN;
  std::int64_t cached_offset_ = 0;
};

}  // namespace auditship::parsers::syslog
