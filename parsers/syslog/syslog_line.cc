#include "parsers/syslog/syslog_line.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "agent/base/text.h"
#include "parsers/syslog/header_words.h"
#include "parsers/syslog/repeated_message.h"

namespace auditship::parsers::syslog {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Framing framing_of(const Timestamp& stamp) {
  const char first = stamp.text.empty() ? '\0' : stamp.text[0];
  // ISO stamps and seconds begin with a digit and have no letters but T and Z in front of the clock.
  const bool number = (first >= '0' && first <= '9') || first == '@';
  return number && stamp.text.substr(4, 1) != " " ? Framing::iso : Framing::rfc3164;
}

void set_tag(const Tag& tag, SyslogLine& line) {
  line.ident = tag.ident;
  line.pid = tag.pid;
}

void set_message(std::string_view text, SyslogLine& line) {
  strip_leading_blanks(text);
  line.message = text;
}

// Steps over the stamp and the blanks behind it.
std::string_view behind(const Timestamp& stamp, std::string_view text) {
  text.remove_prefix(stamp.text.size());
  strip_leading_blanks(text);
  return text;
}

// "authpriv.info" and the blanks behind it.
bool take_priority_words(std::string_view& text, int& priority) {
  std::string_view rest = text;
  const int found = priority_of_words(take_word(rest));
  if (found == kNoPriority) {
    return false;
  }
  priority = found;
  strip_leading_blanks(rest);
  text = rest;
  return true;
}

// "authpriv.info<86>", with or without a colon: rsyslog's %pri-text%.
bool take_priority_text(std::string_view& text, int& priority) {
  std::string_view rest = text;
  std::string_view word = take_word(rest);
  word.remove_suffix(word.ends_with(':') ? 1 : 0);
  const std::size_t mark = word.find('<');
  const int found = word.ends_with('>') ? priority_of_words(word.substr(0, mark)) : kNoPriority;
  if (found == kNoPriority) {
    return false;
  }
  priority = found;
  text = rest;
  return true;
}

// "<86>", "<auth.info>" or "auth.info<86>" and the blanks behind it.
bool take_marked_priority(std::string_view& text, int& priority) {
  if (!take_priority_mark(text, priority) && !take_priority_text(text, priority)) {
    return false;
  }
  strip_leading_blanks(text);
  return true;
}

// "[ID 800047 auth.info] MSG", as Solaris and illumos write it.
void take_message_id(SyslogLine& line) {
  constexpr std::string_view kMessageId = "[ID ";
  const std::size_t close = line.message.substr(0, 40).find("] ");
  if (line.message.substr(0, kMessageId.size()) != kMessageId || close == std::string_view::npos) {
    return;
  }
  std::string_view inside = line.message.substr(kMessageId.size(), close - kMessageId.size());
  take_word(inside);
  const int priority = priority_of_words(inside);
  if (priority != kNoPriority) {
    line.priority = priority;
    set_message(line.message.substr(close + 1), line);
  }
}

// STAMP HOST TAG: MSG as rsyslog writes it: nearly all lines there are.
bool read_usual(std::string_view text, SyslogLine& line) {
  if (text.empty() || text[0] == '<') {
    return false;
  }
  // Only an ISO stamp begins with a digit.
  const bool iso = is_digit(text[0]);
  if (iso ? !read_iso_timestamp(text, line.stamp) : !read_rfc3164_timestamp(text, line.stamp)) {
    return false;
  }
  line.framing = iso ? Framing::iso : Framing::rfc3164;
  std::string_view rest = text.substr(line.stamp.text.size());
  strip_leading_blanks(rest);
  line.host = take_word(rest);
  Tag tag;
  if (!is_host(line.host) || !take_tag(rest, tag) ||
      tag.ident.find('\t') != std::string_view::npos) {
    return false;
  }
  set_tag(tag, line);
  set_message(rest, line);
  if (!line.message.empty() && line.message[0] == '[') {
    take_message_id(line);
  }
  return true;
}

// HOST APP PROCID MSGID SD [MSG]. NIL values are empty.
bool read_rfc5424_fields(std::string_view text, SyslogLine& line) {
  const std::string_view host = take_word(text);
  const std::string_view app = take_word(text);
  const std::string_view procid = take_word(text);
  const std::string_view msgid = take_word(text);
  if (!is_host(host) || app.empty() || procid.empty() || msgid.empty() ||
      !skip_structured_data(text)) {
    return false;
  }
  strip_leading_blanks(text);
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  line.framing = Framing::rfc5424;
  line.host = host == "-" ? std::string_view() : host;
  line.ident = app == "-" ? std::string_view() : app;
  line.pid = procid == "-" ? std::string_view() : procid;
  set_message(text, line);
  return true;
}

// [<PRI>]1 STAMP and the fields. The stamp may be NIL where there is a <PRI>.
bool read_rfc5424(std::string_view text, SyslogLine& line) {
  const bool marked = take_priority_mark(text, line.priority);
  if (text.size() < 2 || text[0] != '1' || text[1] != ' ') {
    return false;
  }
  text.remove_prefix(2);
  strip_leading_blanks(text);
  if (marked && text.substr(0, 2) == "- ") {
    return read_rfc5424_fields(text.substr(2), line);
  }
  return read_iso_timestamp(text, line.stamp) &&
         read_rfc5424_fields(behind(line.stamp, text), line);
}

// STAMP and the fields of RFC 5424, of sysklogd 2. The process number and the structured data tell it from free text.
bool read_bare_rfc5424(std::string_view text, SyslogLine& line) {
  take_marked_priority(text, line.priority);
  if (!read_iso_timestamp(text, line.stamp) ||
      !read_rfc5424_fields(behind(line.stamp, text), line)) {
    return false;
  }
  return (line.ident.empty() || line.ident.back() != ':') &&
         std::all_of(line.pid.begin(), line.pid.end(), is_digit);
}

// [FACILITY.LEVEL] TAG MSG behind the host, or behind a stamp without one.
void read_tag_and_message(std::string_view text, SyslogLine& line) {
  if (!take_marked_priority(text, line.priority)) {
    take_priority_words(text, line.priority);
  }
  Tag tag;
  if (!is_untagged_repeat(text) && take_any_tag(text, tag)) {
    set_tag(tag, line);
  }
  set_message(text, line);
  take_message_id(line);
}

// [<PRI>] STAMP [<FACILITY.LEVEL>] [HOST] [FACILITY.LEVEL] [TAG] MSG: what the daemons write that follow RFC 3164, each
// in its own way. Without a host (busybox syslogd -S, OpenWrt's logread) the tag, or facility and level, come first.
bool read_header(std::string_view text, SyslogLine& line) {
  take_marked_priority(text, line.priority);
  if (!read_any_timestamp(text, line.stamp)) {
    return false;
  }
  line.framing = framing_of(line.stamp);
  std::string_view rest = behind(line.stamp, text);
  take_marked_priority(rest, line.priority);
  std::string_view behind_host = rest;
  const std::string_view host = take_word(behind_host);
  Tag tag;
  std::string_view unused = rest;
  const bool no_host = !is_host(host) || is_untagged_repeat(rest) || take_any_tag(unused, tag);
  if (!no_host) {
    line.host = host;
    strip_leading_blanks(behind_host);
    rest = behind_host;
  }
  read_tag_and_message(rest, line);
  return true;
}

// STAMP [IDENT] MSG.
bool read_bracketed(std::string_view text, SyslogLine& line) {
  if (!read_any_timestamp(text, line.stamp)) {
    return false;
  }
  std::string_view rest = behind(line.stamp, text);
  constexpr std::size_t kLongest = 128;
  const std::size_t close = rest.substr(0, kLongest).find("] ");
  if (rest.substr(0, 1) != "[" || close == std::string_view::npos || close < 2) {
    return false;
  }
  const std::string_view ident = rest.substr(1, close - 1);
  if (ident.find_first_of(" []:") != std::string_view::npos) {
    return false;
  }
  line.framing = Framing::bracketed;
  line.ident = ident;
  set_message(rest.substr(close + 1), line);
  return true;
}

// [STAMP] FACILITY.LEVEL: [STAMP] [TAG] MSG: what socklog passes on, with the stamp that svlogd puts in front of it. The
// inner stamp is the program's; svlogd's has the year and is in UTC, so it is taken where both are there.
bool read_socklog(std::string_view text, SyslogLine& line) {
  const bool outer = read_any_timestamp(text, line.stamp);
  std::string_view rest = outer ? behind(line.stamp, text) : text;
  const std::string_view word = take_word(rest);
  const int priority = word.empty() || word.back() != ':'
                           ? kNoPriority
                           : priority_of_words(word.substr(0, word.size() - 1));
  if (priority == kNoPriority) {
    return false;
  }
  Timestamp inner;
  if (read_rfc3164_timestamp(rest, inner)) {
    rest = behind(inner, rest);
  }
  if (!outer || line.stamp.year == 0) {
    line.stamp = inner;
  } else {
    line.stamp.zoned = true;
  }
  read_tag_and_message(rest, line);
  line.framing = Framing::socklog;
  line.priority = priority;
  return true;
}

// The framings, in the order in which they are tried: the first that fits wins. read_usual is none of its own but the
// short way to what read_header would find, too; where tabs stand in the header it leaves the line to that.
using ReadFraming = bool (*)(std::string_view text, SyslogLine& line);
constexpr std::array<ReadFraming, 5> kFramings = {
    read_rfc5424, read_bare_rfc5424, read_socklog, read_bracketed, read_header,
};

}  // namespace

SyslogLine split_syslog_line(std::string_view text) {
  // Zeros at the start are the trace of a crash.
  const std::size_t first = text.find_first_not_of('\0');
  text.remove_prefix(first == std::string_view::npos ? text.size() : first);
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  if (!text.empty() && text.back() == '\r') {
    text.remove_suffix(1);
  }
  SyslogLine line;
  if (read_usual(text, line)) {
    return line;
  }
  for (const ReadFraming read : kFramings) {
    line = SyslogLine();
    if (read(text, line)) {
      return line;
    }
  }
  line = SyslogLine();
  line.message = text;
  return line;
}

}  // namespace auditship::parsers::syslog
