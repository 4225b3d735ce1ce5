#include "parsers/syslog/syslog_line.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "agent/base/calendar.h"

namespace auditship::parsers::syslog {
namespace {

constexpr std::size_t kMaxTagBytes = 128;
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Two digits at `at`, or -1.
int two_digits(std::string_view text, std::size_t at) {
  if (at + 2 > text.size() || !is_digit(text[at]) || !is_digit(text[at + 1])) {
    return -1;
  }
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

// "hh:mm:ss" at `at`. False if it has not this shape; values are not judged.
bool read_clock(std::string_view text, std::size_t at, Timestamp& stamp) {
  if (at + 8 > text.size() || text[at + 2] != ':' || text[at + 5] != ':') {
    return false;
  }
  stamp.hour = two_digits(text, at);
  stamp.minute = two_digits(text, at + 3);
  stamp.second = two_digits(text, at + 6);
  return stamp.hour >= 0 && stamp.minute >= 0 && stamp.second >= 0;
}

bool is_possible(const Timestamp& stamp) {
  // Without a year in the stamp, 29 February may exist: 2000 is a leap year.
  const std::int64_t year = stamp.year != 0 ? stamp.year : 2000;
  return stamp.month >= 1 && stamp.month <= 12 && stamp.day >= 1 &&
         stamp.day <= days_in_month(year, stamp.month) && stamp.hour <= 23 && stamp.minute <= 59 &&
         stamp.second <= 60;
}

// "Nov  3 01:02:03": 15 bytes.
bool read_rfc3164_timestamp(std::string_view text, Timestamp& stamp) {
  constexpr std::size_t kBytes = 15;
  if (text.size() < kBytes || text[3] != ' ' || text[6] != ' ' ||
      (text.size() > kBytes && text[kBytes] != ' ')) {
    return false;
  }
  const std::size_t month = kMonths.find(text.substr(0, 3));
  if (month == std::string_view::npos || month % 3 != 0) {
    return false;
  }
  stamp.month = static_cast<int>(month / 3) + 1;
  stamp.day = text[4] == ' ' && is_digit(text[5]) ? text[5] - '0' : two_digits(text, 4);
  if (stamp.day < 0 || !read_clock(text, 7, stamp)) {
    return false;
  }
  stamp.text = text.substr(0, kBytes);
  stamp.valid = is_possible(stamp);
  return true;
}

// The fraction behind the seconds; `at` moves behind it. False for a dot without digits or too
// many.
bool read_fraction(std::string_view text, std::size_t& at, Timestamp& stamp) {
  if (at >= text.size() || text[at] != '.') {
    return true;
  }
  const std::size_t begin = ++at;
  std::int64_t unit = 100'000'000;
  while (at < text.size() && is_digit(text[at]) && at - begin < 9) {
    stamp.nanosecond += (text[at] - '0') * unit;
    unit /= 10;
    ++at;
  }
  return at > begin;
}

// Z, +01:00 or +0100.
bool read_zone(std::string_view text, std::size_t& at, Timestamp& stamp) {
  if (at >= text.size()) {
    return false;
  }
  if (text[at] == 'Z' || text[at] == 'z') {
    ++at;
    return true;
  }
  const bool negative = text[at] == '-';
  if (!negative && text[at] != '+') {
    return false;
  }
  const int hours = two_digits(text, at + 1);
  at += 3;
  if (at < text.size() && text[at] == ':') {
    ++at;
  }
  const int minutes = two_digits(text, at);
  at += 2;
  if (hours < 0 || minutes < 0) {
    return false;
  }
  stamp.offset = (hours * 3600 + minutes * 60) * (negative ? -1 : 1);
  stamp.valid = hours <= 23 && minutes <= 59;
  return true;
}

// "2026-11-23T05:03:11[.123456](Z|+01:00)" up to a blank or the end.
bool read_iso_timestamp(std::string_view text, Timestamp& stamp) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't')) {
    return false;
  }
  const int century = two_digits(text, 0);
  const int year = two_digits(text, 2);
  stamp.month = two_digits(text, 5);
  stamp.day = two_digits(text, 8);
  if (century < 0 || year < 0 || stamp.month < 0 || stamp.day < 0 || !read_clock(text, 11, stamp)) {
    return false;
  }
  stamp.year = century * 100 + year;
  std::size_t at = 19;
  stamp.valid = true;
  if (!read_fraction(text, at, stamp) || !read_zone(text, at, stamp) ||
      (at < text.size() && text[at] != ' ')) {
    return false;
  }
  stamp.text = text.substr(0, at);
  // Years that nanoseconds since the epoch cannot hold, or that no log has.
  stamp.valid = stamp.valid && stamp.year >= 1970 && stamp.year <= 2200 && is_possible(stamp);
  return true;
}

// "<86>": priority, and text moves behind it.
void take_priority(std::string_view& text, int& priority) {
  if (text.empty() || text[0] != '<') {
    return;
  }
  int value = 0;
  std::size_t at = 1;
  while (at < text.size() && is_digit(text[at]) && at < 4) {
    value = value * 10 + (text[at] - '0');
    ++at;
  }
  if (at > 1 && at < text.size() && text[at] == '>' && value <= 191) {
    priority = value;
    text.remove_prefix(at + 1);
  }
}

std::string_view take_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

void strip_leading_blanks(std::string_view& text) {
  const std::size_t first = text.find_first_not_of(' ');
  text.remove_prefix(first == std::string_view::npos ? text.size() : first);
}

// "ident[pid]:" or nothing.
void take_tag(SyslogLine& line, std::string_view rest) {
  const std::size_t blank = rest.substr(0, kMaxTagBytes + 2).find(' ');
  const std::size_t end = blank == std::string_view::npos ? rest.size() : blank;
  if (end >= 2 && end <= kMaxTagBytes + 1 && rest[end - 1] == ':') {
    line.ident = rest.substr(0, end - 1);
    rest.remove_prefix(end);
    const std::size_t open = line.ident.rfind('[');
    if (line.ident.back() == ']' && open != std::string_view::npos && open > 0) {
      const std::string_view digits = line.ident.substr(open + 1, line.ident.size() - open - 2);
      if (!digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit)) {
        line.pid = digits;
        line.ident = line.ident.substr(0, open);
      }
    }
  }
  strip_leading_blanks(rest);
  line.message = rest;
}

// Structured data: "-" or elements in brackets, whose quoted values may hold an escaped quote or
// bracket.
bool skip_structured_data(std::string_view& text) {
  if (!text.empty() && text[0] == '-') {
    text.remove_prefix(1);
    return text.empty() || text[0] == ' ';
  }
  std::size_t at = 0;
  bool quoted = false;
  while (at < text.size() && text[at] == '[') {
    for (++at; at < text.size() && (quoted || text[at] != ']'); ++at) {
      if (quoted && text[at] == '\\') {
        ++at;
      } else if (text[at] == '"') {
        quoted = !quoted;
      }
    }
    if (at >= text.size()) {
      return false;
    }
    ++at;
  }
  if (at == 0 || (at < text.size() && text[at] != ' ')) {
    return false;
  }
  text.remove_prefix(at);
  return true;
}

// Behind "1 STAMP ": HOST APP PROCID MSGID SD [MSG].
bool read_rfc5424_rest(std::string_view text, SyslogLine& line) {
  const std::string_view host = take_word(text);
  const std::string_view app = take_word(text);
  const std::string_view procid = take_word(text);
  const std::string_view msgid = take_word(text);
  if (host.empty() || app.empty() || procid.empty() || msgid.empty() ||
      !skip_structured_data(text)) {
    return false;
  }
  strip_leading_blanks(text);
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
    strip_leading_blanks(text);
  }
  line.framing = Framing::rfc5424;
  line.has_appname = true;
  line.host = host == "-" ? std::string_view() : host;
  line.ident = app == "-" ? std::string_view() : app;
  line.pid = procid == "-" ? std::string_view() : procid;
  line.message = text;
  return true;
}

}  // namespace

SyslogLine split_syslog_line(std::string_view text) {
  SyslogLine line;
  // Zeros at the start are the trace of a crash.
  const std::size_t first = text.find_first_not_of('\0');
  text.remove_prefix(first == std::string_view::npos ? text.size() : first);
  if (!text.empty() && text.back() == '\r') {
    text.remove_suffix(1);
  }
  const std::string_view whole = text;
  take_priority(text, line.priority);
  if (text.substr(0, 2) == "1 " && read_iso_timestamp(text.substr(2), line.stamp)) {
    std::string_view rest = text.substr(2 + line.stamp.text.size());
    strip_leading_blanks(rest);
    if (read_rfc5424_rest(rest, line)) {
      return line;
    }
  }
  line.stamp = Timestamp();
  if (read_rfc3164_timestamp(text, line.stamp)) {
    line.framing = Framing::rfc3164;
  } else {
    line.stamp = Timestamp();
    if (read_iso_timestamp(text, line.stamp)) {
      line.framing = Framing::iso;
    }
  }
  if (line.framing == Framing::none) {
    line = SyslogLine();
    line.message = whole;
    return line;
  }
  std::string_view rest = text.substr(line.stamp.text.size());
  strip_leading_blanks(rest);
  line.host = take_word(rest);
  take_tag(line, rest);
  return line;
}

std::int64_t timestamp_seconds(const Timestamp& stamp) {
  return days_from_civil({stamp.year, stamp.month, stamp.day}) * kSecondsPerDay +
         stamp.hour * 3600 + stamp.minute * 60 + stamp.second - stamp.offset;
}

std::string_view facility_name(int priority) {
  static constexpr std::array<std::string_view, 24> kNames = {
      "kern",   "user",   "mail",     "daemon", "auth",   "syslog",   "lpr",     "news",
      "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "security", "console", "solaris-cron",
      "local0", "local1", "local2",   "local3", "local4", "local5",   "local6",  "local7"};
  return priority < 0 || priority > 191 ? std::string_view()
                                        : kNames[static_cast<std::size_t>(priority) / 8];
}

std::string_view severity_name(int priority) {
  static constexpr std::array<std::string_view, 8> kNames = {"emerg",   "alert",  "crit", "err",
                                                             "warning", "notice", "info", "debug"};
  return priority < 0 || priority > 191 ? std::string_view()
                                        : kNames[static_cast<std::size_t>(priority) % 8];
}

}  // namespace auditship::parsers::syslog
