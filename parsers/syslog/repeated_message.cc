#include "parsers/syslog/repeated_message.h"

#include <array>
#include <cstddef>

namespace auditship::parsers::syslog {
namespace {

bool take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

bool take_number(std::string_view& text, std::string_view& digits) {
  std::size_t end = 0;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') {
    ++end;
  }
  digits = text.substr(0, end);
  text.remove_prefix(end);
  return end > 0;
}

enum class Tagged : std::uint8_t { no, yes, either };

// PREFIX COUNT SUFFIX. Behind the suffix stands the message, or nothing.
struct Form {
  std::string_view prefix, suffix;
  // What ends the message, and the line; empty: there is no message, and the suffix ends the line.
  std::string_view close;
  Tagged tagged = Tagged::no;
};

// rsyslog; syslogd of the BSDs, sysklogd, inetutils; the singular of FreeBSD; sysklogd 2; macOS; metalog.
constexpr std::array<Form, 8> kForms = {{
    {"message repeated ", " times: [", "]", Tagged::either},
    {"last message repeated ", " times", "", Tagged::no},
    {"last message repeated ", " time", "", Tagged::no},
    {"last message buffered ", " times", "", Tagged::no},
    {"--- last message repeated ", " times ---", "", Tagged::no},
    {"--- last message repeated ", " time ---", "", Tagged::no},
    {"Last output repeated ", " times", "", Tagged::yes},
    {"Last output repeated ", " time(s)", "", Tagged::yes},
}};

bool read_form(const Form& form, std::string_view text, RepeatedMessage& out) {
  if (!take(text, form.prefix) || !take_number(text, out.count) || !take(text, form.suffix)) {
    return false;
  }
  if (form.close.empty()) {
    return text.empty();
  }
  if (text.size() < form.close.size() ||
      text.substr(text.size() - form.close.size()) != form.close) {
    return false;
  }
  text.remove_suffix(form.close.size());
  const std::size_t first = text.find_first_not_of(' ');
  out.message = first == std::string_view::npos ? std::string_view() : text.substr(first);
  return true;
}

// syslog-ng's suppress(): "Last message 'TEXT' repeated 3 times, suppressed by syslog-ng on HOST", with 20 bytes of the
// text, the name of the program and the daemon's own pid. TEXT may hold anything, so the end is found first.
bool read_suppressed(std::string_view text, RepeatedMessage& out) {
  constexpr std::string_view kBy = " times, suppressed by syslog-ng on ";
  constexpr std::string_view kRepeated = "' repeated ";
  if (!take(text, "Last message '")) {
    return false;
  }
  const std::size_t by = text.rfind(kBy);
  const std::size_t repeated =
      by == std::string_view::npos ? by : text.substr(0, by).rfind(kRepeated);
  if (repeated == std::string_view::npos) {
    return false;
  }
  std::string_view number =
      text.substr(repeated + kRepeated.size(), by - repeated - kRepeated.size());
  out.pid_of_daemon = true;
  return take_number(number, out.count) && number.empty();
}

bool read_twice(std::string_view text, RepeatedMessage& out) {
  out.count = "2";
  return text == "Last output repeated twice";
}

}  // namespace

bool is_untagged_repeat(std::string_view text) {
  const bool begins =
      text.substr(0, 13) == "last message " || text.substr(0, 17) == "--- last message ";
  RepeatedMessage unused;
  for (const Form& form : kForms) {
    if (begins && form.tagged == Tagged::no && read_form(form, text, unused)) {
      return true;
    }
  }
  return false;
}

bool read_repeated_message(const SyslogLine& line, RepeatedMessage& out) {
  const std::string_view text = line.message;
  // Nearly all lines are told by their first letter.
  if (text.empty() || (text[0] != 'm' && text[0] != 'l' && text[0] != 'L' && text[0] != '-')) {
    return false;
  }
  for (const Form& form : kForms) {
    const bool fits =
        form.tagged == Tagged::either || (form.tagged == Tagged::yes) == !line.ident.empty();
    out = RepeatedMessage();
    if (fits && read_form(form, text, out)) {
      return true;
    }
  }
  out = RepeatedMessage();
  return !line.ident.empty() && (read_suppressed(text, out) || read_twice(text, out));
}

}  // namespace auditship::parsers::syslog
