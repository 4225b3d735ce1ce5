// FormTable of message_match.h.
#include <algorithm>

#include "parsers/auth_log/patterns/pattern_match.h"

namespace auditship::parsers::auth_log::patterns {
// Rows of one first byte differ more often in the last byte of their prefix than before it.
bool FormTable::Row::fits(std::string_view message) const {
  return prefix.empty() ||
         (message.size() >= prefix.size() && message[prefix.size() - 1] == prefix.back() &&
          message.substr(0, prefix.size()) == prefix);
}

FormTable::FormTable(std::initializer_list<std::span<const Form>> tables) {
  constexpr std::size_t kHoleFirst = 256;
  const auto first_byte = [](const Form& form) {
    const std::string_view prefix = form.pattern.prefix();
    return prefix.empty() ? kHoleFirst : std::size_t{static_cast<unsigned char>(prefix[0])};
  };
  for (std::size_t byte = 0; byte <= kHoleFirst; ++byte) {
    begin_[byte] = static_cast<std::uint16_t>(ordered_.size());
    for (const std::span<const Form> forms : tables) {
      for (const Form& form : forms) {
        if (first_byte(form) == byte) {
          ordered_.push_back(Row{form.pattern.prefix(), &form});
        }
      }
    }
  }
  begin_[kHoleFirst + 1] = static_cast<std::uint16_t>(ordered_.size());
}

const Form* FormTable::find(std::string_view message, Match& match) const {
  if (message.empty()) {
    return nullptr;
  }
  const std::size_t byte = static_cast<unsigned char>(message[0]);
  const auto in_range = [&](std::size_t index) -> const Form* {
    for (std::size_t i = begin_[index]; i < begin_[index + 1]; ++i) {
      const Form& form = *ordered_[i].form;
      if (ordered_[i].fits(message) && match_pattern(form.pattern, message, form.split, match)) {
        return &form;
      }
    }
    return nullptr;
  };
  const Form* form = in_range(byte);
  return form != nullptr ? form : in_range(256);
}

const Form* FormTable::find_cut(std::string_view message, Match& match, std::size_t& tokens) const {
  if (message.empty()) {
    return nullptr;
  }
  const std::size_t byte = static_cast<unsigned char>(message[0]);
  for (std::size_t i = begin_[byte]; i < begin_[byte + 1]; ++i) {
    const Form& form = *ordered_[i].form;
    if (form.pattern.peer_behind_free_text() && ordered_[i].fits(message)) {
      tokens = match_left_part(form.pattern, message, match);
      if (tokens != 0) {
        return &form;
      }
    }
  }
  return nullptr;
}

bool FormTable::any_fits(std::string_view message) const {
  const std::size_t byte = message.empty() ? 0 : static_cast<unsigned char>(message[0]);
  const auto fits = [&](const Row& row) { return row.fits(message); };
  return begin_[257] > begin_[256] ||
         std::any_of(ordered_.begin() + begin_[byte], ordered_.begin() + begin_[byte + 1], fits);
}

bool FormTable::apply(std::string_view message, AuthEvent& event) const {
  if (!any_fits(message)) {  // a Match is worth making only now
    return false;
  }
  Match match;
  const Form* form = find(message, match);
  if (form == nullptr) {
    return false;
  }
  add_meaning(*form, event);
  add_fields(form->pattern, match, form->pattern.size(), event);
  return true;
}

}  // namespace auditship::parsers::auth_log::patterns
