// Splits one line of auth.log or secure into stamp, host, ident, pid and message, whatever its
// framing: RFC 3164 (no year, no zone), ISO stamps, RFC 5424 with or without <PRI>. The framing is
// found per line, because one file can hold several.
//
// All views are into the given line. Stateless; thread-safe. No byte sequence is refused: what has
// no header yields Framing::none and everything as message.
#pragma once

#include <cstdint>
#include <string_view>

namespace auditship::parsers::syslog {

enum class Framing : std::uint8_t { none, rfc3164, iso, rfc5424 };

struct Timestamp {
  std::string_view text;
  // False for an impossible stamp, such as 30 February.
  bool valid = false;
  // 0 where the stamp has no year.
  int year = 0;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::int64_t nanosecond = 0;
  // Seconds east of UTC, where the year is known.
  std::int64_t offset = 0;
};

struct SyslogLine {
  Framing framing = Framing::none;
  Timestamp stamp;
  std::string_view host;
  // Empty where the line has none.
  std::string_view ident, pid;
  // Without leading blanks.
  std::string_view message;
  // Of <PRI>; -1 where there is none.
  int priority = -1;
  // In RFC 5424 framing ident is the APP-NAME and pid the PROCID.
  bool has_appname = false;
};

[[nodiscard]] SyslogLine split_syslog_line(std::string_view line);

// Seconds since the epoch of a valid stamp with a year; may be negative.
[[nodiscard]] std::int64_t timestamp_seconds(const Timestamp& stamp);

[[nodiscard]] std::string_view facility_name(int priority);
[[nodiscard]] std::string_view severity_name(int priority);

}  // namespace auditship::parsers::syslog
