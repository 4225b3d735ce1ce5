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

struct Stamp {
  std::string_view text;
  bool valid = false;  // false: impossible, such as 30 February
  int year = 0;        // 0: not in the stamp
  int month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::int64_t nanosecond = 0;
  std::int64_t offset = 0;  // seconds east of UTC, where year is known
};

struct SyslogLine {
  Framing framing = Framing::none;
  Stamp stamp;
  std::string_view host;
  std::string_view ident, pid;  // empty: absent
  std::string_view message;     // leading blanks stripped
  int priority = -1;            // of <PRI>
  bool has_appname = false;     // rfc5424: ident is its APP-NAME, pid its PROCID
};

[[nodiscard]] SyslogLine split_syslog_line(std::string_view line);

// Seconds since the epoch of a valid stamp with a year; may be negative.
[[nodiscard]] std::int64_t stamp_seconds(const Stamp& stamp);

[[nodiscard]] std::string_view facility_name(int priority);
[[nodiscard]] std::string_view severity_name(int priority);

}  // namespace auditship::parsers::syslog
