// What a syslog daemon writes instead of lines that it left out because they said the same. Stateless; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "parsers/syslog/syslog_line.h"

namespace auditship::parsers::syslog {

struct RepeatedMessage {
  // How often, in digits.
  std::string_view count;
  // What was repeated. Empty where the daemon does not say it, or says only its beginning.
  std::string_view message;
  // Whether the pid of the line is that of the daemon, not of the program that it names.
  bool pid_of_daemon = false;
};

// False: the line says something else.
[[nodiscard]] bool read_repeated_message(const SyslogLine& line, RepeatedMessage& out);

// Whether text is one that stands behind the stamp without a tag.
[[nodiscard]] bool is_untagged_repeat(std::string_view text);

}  // namespace auditship::parsers::syslog
