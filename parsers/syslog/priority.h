// Facility and severity of a line, as a number (<86>) and in words (authpriv.info). Stateless; thread-safe.
#pragma once

#include <string_view>

namespace auditship::parsers::syslog {

// Of a line that does not say it, or says one that does not exist.
inline constexpr int kNoPriority = -1;

// "<86>" at the start of text, or as FreeBSD's syslogd -v writes it "<4.6>" and "<auth.info>": text moves behind it. A
// number over 191, which some daemons keep, is kNoPriority. False: there is none.
bool take_priority_mark(std::string_view& text, int& priority);

// The number of "authpriv.info", as busybox, socklog and OpenWrt write it, or of "auth|security:info", as AIX does;
// kNoPriority: word is something else.
[[nodiscard]] int priority_of_words(std::string_view word);

[[nodiscard]] std::string_view facility_name(int priority);
[[nodiscard]] std::string_view severity_name(int priority);

}  // namespace auditship::parsers::syslog
