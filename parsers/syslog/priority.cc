#include "parsers/syslog/priority.h"

#include <array>
#include <cstddef>

namespace auditship::parsers::syslog {
namespace {

constexpr int kHighest = 191;

constexpr std::array<std::string_view, 24> kFacilities = {
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog",   "lpr",     "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "security", "console", "solaris-cron",
    "local0", "local1", "local2",   "local3", "local4", "local5",   "local6",  "local7"};

constexpr std::array<std::string_view, 8> kSeverities = {"emerg",   "alert",  "crit", "err",
                                                         "warning", "notice", "info", "debug"};

// Its index, or -1.
template <std::size_t kCount>
int index_of(const std::array<std::string_view, kCount>& names, std::string_view name) {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (names[i] == name) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

int facility_of(std::string_view name) {
  // An older name of auth, which AIX writes behind it.
  return name == "auth|security" ? 4 : index_of(kFacilities, name);
}

int severity_of(std::string_view name) {
  if (name == "warn") {
    return 4;
  }
  if (name == "error") {
    return 3;
  }
  return name == "panic" ? 0 : index_of(kSeverities, name);
}

// The number in text of one or two digits, or -1.
int small_number(std::string_view text) {
  if (text.empty() || text.size() > 2) {
    return -1;
  }
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return -1;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

int combined(int facility, int severity) {
  return facility < 0 || facility > 23 || severity < 0 || severity > 7 ? kNoPriority
                                                                       : facility * 8 + severity;
}

// "<auth.info>" or "<4.6>".
bool take_marked_words(std::string_view& text, int& priority) {
  constexpr std::size_t kLongest = 24;
  const std::size_t close = text.substr(0, kLongest).find('>');
  if (close == std::string_view::npos) {
    return false;
  }
  const std::string_view inside = text.substr(1, close - 1);
  const std::size_t point = inside.find('.');
  int found = priority_of_words(inside);
  if (found == kNoPriority && point != std::string_view::npos) {
    found = combined(small_number(inside.substr(0, point)), small_number(inside.substr(point + 1)));
  }
  if (found == kNoPriority) {
    return false;
  }
  priority = found;
  text.remove_prefix(close + 1);
  return true;
}

}  // namespace

bool take_priority_mark(std::string_view& text, int& priority) {
  if (text.empty() || text[0] != '<') {
    return false;
  }
  int number = 0;
  std::size_t at = 1;
  for (; at < text.size() && at < 4 && text[at] >= '0' && text[at] <= '9'; ++at) {
    number = number * 10 + (text[at] - '0');
  }
  if (at == 1 || at >= text.size() || text[at] != '>') {
    return take_marked_words(text, priority);
  }
  priority = number <= kHighest ? number : kNoPriority;
  text.remove_prefix(at + 1);
  return true;
}

int priority_of_words(std::string_view word) {
  constexpr std::size_t kShortest = 7;  // ftp.err
  constexpr std::size_t kLongest = 21;  // auth|security:warning
  if (word.size() < kShortest || word.size() > kLongest) {
    return kNoPriority;
  }
  const std::size_t point = word.rfind(word.find('|') == std::string_view::npos ? '.' : ':');
  if (point == std::string_view::npos) {
    return kNoPriority;
  }
  // Most words with a point are names of hosts: they end in no severity.
  const int severity = severity_of(word.substr(point + 1));
  return severity < 0 ? kNoPriority : combined(facility_of(word.substr(0, point)), severity);
}

std::string_view facility_name(int priority) {
  return priority < 0 || priority > kHighest ? std::string_view()
                                             : kFacilities[static_cast<std::size_t>(priority) / 8];
}

std::string_view severity_name(int priority) {
  return priority < 0 || priority > kHighest ? std::string_view()
                                             : kSeverities[static_cast<std::size_t>(priority) % 8];
}

}  // namespace auditship::parsers::syslog
