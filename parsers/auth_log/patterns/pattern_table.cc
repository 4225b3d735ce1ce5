// PatternTable, which pattern_match.h declares.
#include <algorithm>

#include "parsers/auth_log/patterns/pattern_match.h"

namespace auditship::parsers::auth_log::patterns {
// Rows of one first byte differ more often in the last byte of their prefix than before it.
bool PatternTable::Row::fits(std::string_view message) const {
  return prefix.empty() ||
         (message.size() >= prefix.size() && message[prefix.size() - 1] == prefix.back() &&
          message.substr(0, prefix.size()) == prefix);
}

PatternTable::PatternTable(std::initializer_list<std::span<const MessagePattern>> tables) {
  constexpr std::size_t kPlaceholderFirst = 256;
  const auto first_byte = [](const MessagePattern& pattern) {
    const std::string_view prefix = pattern.text.prefix();
    return prefix.empty() ? kPlaceholderFirst : std::size_t{static_cast<unsigned char>(prefix[0])};
  };
  for (std::size_t byte = 0; byte <= kPlaceholderFirst; ++byte) {
    begin_[byte] = static_cast<std::uint16_t>(ordered_.size());
    for (const std::span<const MessagePattern> patterns : tables) {
      for (const MessagePattern& pattern : patterns) {
        if (first_byte(pattern) == byte) {
          ordered_.push_back(Row{pattern.text.prefix(), &pattern});
        }
      }
    }
  }
  begin_[kPlaceholderFirst + 1] = static_cast<std::uint16_t>(ordered_.size());
}

const MessagePattern* PatternTable::find(std::string_view message, Match& match) const {
  if (message.empty()) {
    return nullptr;
  }
  const std::size_t byte = static_cast<unsigned char>(message[0]);
  const auto in_range = [&](std::size_t index) -> const MessagePattern* {
    for (std::size_t i = begin_[index]; i < begin_[index + 1]; ++i) {
      const MessagePattern& pattern = *ordered_[i].pattern;
      if (ordered_[i].fits(message) && match_pattern(pattern.text, message, pattern.split, match)) {
        return &pattern;
      }
    }
    return nullptr;
  };
  const MessagePattern* pattern = in_range(byte);
  return pattern != nullptr ? pattern : in_range(256);
}

const MessagePattern* PatternTable::find_cut(std::string_view message, Match& match,
                                             std::size_t& tokens) const {
  if (message.empty()) {
    return nullptr;
  }
  const std::size_t byte = static_cast<unsigned char>(message[0]);
  for (std::size_t i = begin_[byte]; i < begin_[byte + 1]; ++i) {
    const MessagePattern& pattern = *ordered_[i].pattern;
    if (pattern.text.peer_behind_free_text() && ordered_[i].fits(message)) {
      tokens = match_left_part(pattern.text, message, match);
      if (tokens != 0) {
        return &pattern;
      }
    }
  }
  return nullptr;
}

bool PatternTable::any_fits(std::string_view message) const {
  const std::size_t byte = message.empty() ? 0 : static_cast<unsigned char>(message[0]);
  const auto fits = [&](const Row& row) { return row.fits(message); };
  return begin_[257] > begin_[256] ||
         std::any_of(ordered_.begin() + begin_[byte], ordered_.begin() + begin_[byte + 1], fits);
}

bool PatternTable::apply(std::string_view message, EcsEvent& event) const {
  // A Match is worth making only when a pattern may fit.
  if (!any_fits(message)) {
    return false;
  }
  Match match;
  const MessagePattern* pattern = find(message, match);
  if (pattern == nullptr) {
    return false;
  }
  add_meaning(*pattern, event);
  add_fields(pattern->text, match, pattern->text.size(), event);
  return true;
}

}  // namespace auditship::parsers::auth_log::patterns
