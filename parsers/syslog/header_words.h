// The words of a log line's header behind its stamp: host, tag, structured data. Views are into the given text.
// Stateless; thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace auditship::parsers::syslog {

// A tab is a blank in the templates of some.
[[nodiscard]] constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

inline void strip_leading_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
}

// Takes the word at the start of text and one blank behind it.
inline std::string_view take_word(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && !is_blank(text[end])) {
    ++end;
  }
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == text.size() ? end : end + 1);
  return word;
}

// Whether word may be the name or address of a host. Never one that ends in ':', which is a tag, and never facility and
// level.
[[nodiscard]] bool is_host(std::string_view word);

// The program that wrote a line.
struct Tag {
  // pid is empty where there is none.
  std::string_view ident, pid;
};

// "ident[pid]:" or "ident:" at the start of text, which moves behind it. At most 128 bytes and no blank. The usual form:
// a blank or the end stands behind the colon.
bool take_tag(std::string_view& text, Tag& tag);
// Also "ident[pid]:text" and "ident[pid] text", and with a tab behind it.
bool take_any_tag(std::string_view& text, Tag& tag);

// Structured data of RFC 5424: "-", or elements in brackets whose quoted values may hold an escaped quote or bracket.
// A blank or the end stands behind it. text moves behind it.
bool skip_structured_data(std::string_view& text);

}  // namespace auditship::parsers::syslog
