// The stamp at the start of a log line, in each of the shapes that programs write:
//
//   Nov  3 01:02:03            RFC 3164; also with a fraction, a day of the week, a year before the month, behind the
//                              day or behind the clock, and with more blanks than one
//   2026-11-23T05:03:11+01:00  ISO 8601; also with a fraction, without a zone, with a blank before the clock
//   1764356400.123             seconds since the epoch
//   @400000006929f03a1d9e2f4c  TAI64N
//
// All views are into the given text. Stateless; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace auditship::parsers::syslog {

struct Timestamp {
  std::string_view text;
  // False for an impossible stamp, such as 30 February.
  bool valid = false;
  // 0 where the stamp has no year.
  int year = 0;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::int64_t nanosecond = 0;
  // Whether the stamp says its zone; else it is in that of the node.
  bool zoned = false;
  // Seconds east of UTC, of a stamp with a zone.
  std::int64_t offset = 0;
  // Whether text may stand in a document as it is: RFC 3339 in UTC.
  bool rfc3339_utc = false;
};

// The two shapes that rsyslog writes, exactly: "Nov  3 01:02:03" and the ISO one with a zone. A blank or the end of the
// text follows the stamp. Fast. False: text does not begin so, and stamp is undefined.
[[nodiscard]] bool read_rfc3164_timestamp(std::string_view text, Timestamp& stamp);
[[nodiscard]] bool read_iso_timestamp(std::string_view text, Timestamp& stamp);

// Any of the shapes above. stamp.text is what the stamp takes of text.
[[nodiscard]] bool read_any_timestamp(std::string_view text, Timestamp& stamp);

// Seconds since the epoch of a valid stamp with a year, as if it were in UTC where it has no zone; may be negative.
[[nodiscard]] std::int64_t timestamp_seconds(const Timestamp& stamp);

}  // namespace auditship::parsers::syslog
