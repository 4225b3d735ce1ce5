// What a message begins and ends with, and what it holds more than once. As the functions of std::string_view, but the byte that
// differs most often is compared first and in line: these are asked many times a line. Stateless.
#pragma once

#include <cstddef>
#include <string_view>

namespace auditship::parsers::auth_log::patterns {

// prefix is not empty.
[[nodiscard]] inline bool starts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && text[0] == prefix[0] &&
         text.substr(0, prefix.size()) == prefix;
}

// suffix is not empty.
[[nodiscard]] inline bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.back() == suffix.back() &&
         text.substr(text.size() - suffix.size()) == suffix;
}

// Takes prefix, which is not empty, off text. False, and text is as it was, where it does not begin
// with it.
inline bool strip_prefix(std::string_view& text, std::string_view prefix) {
  const bool there = starts_with(text, prefix);
  text.remove_prefix(there ? prefix.size() : 0);
  return there;
}

// As strip_prefix(), at the end of text.
inline bool strip_suffix(std::string_view& text, std::string_view suffix) {
  const bool there = ends_with(text, suffix);
  text.remove_suffix(there ? suffix.size() : 0);
  return there;
}

// Whether part, which is not empty, stands in text at two places or more: then who wrote the text may have written one.
[[nodiscard]] inline bool stands_twice(std::string_view text, std::string_view part) {
  const std::size_t at = text.find(part);
  return at != std::string_view::npos && text.find(part, at + 1) != std::string_view::npos;
}

}  // namespace auditship::parsers::auth_log::patterns
