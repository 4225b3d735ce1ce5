// Splits one line of auth.log or secure into stamp, host, ident, pid and message. The framing is found per line, because
// one file can hold several; the table of them is in syslog_line.cc and in docs/framings.md.
//
// All views are into the given line. Stateless; thread-safe. No byte sequence is refused: what has
// no header yields Framing::none and everything as message. A host is never taken from a word that a tag may be.
#pragma once

#include <cstdint>
#include <string_view>

#include "parsers/syslog/priority.h"
#include "parsers/syslog/timestamp.h"

namespace auditship::parsers::syslog {

enum class Framing : std::uint8_t {
  none,
  // STAMP [HOST] [TAG] MSG with a stamp of RFC 3164, whatever its year and fraction.
  rfc3164,
  // The same with another stamp.
  iso,
  // STAMP HOST APP PROCID MSGID SD MSG, also without <PRI> and version.
  rfc5424,
  // STAMP [IDENT] MSG, of metalog.
  bracketed,
  // FACILITY.LEVEL: [STAMP] TAG MSG, of socklog.
  socklog,
};

struct SyslogLine {
  Framing framing = Framing::none;
  Timestamp stamp;
  // Each is empty where the line has none.
  // In RFC 5424 framing ident is the APP-NAME and pid the PROCID, which may be any word.
  std::string_view host, ident, pid;
  // Without leading blanks.
  std::string_view message;
  int priority = kNoPriority;
};

[[nodiscard]] SyslogLine split_syslog_line(std::string_view line);

}  // namespace auditship::parsers::syslog
