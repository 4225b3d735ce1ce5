// FormTable of message_match.h.
#include "parsers/message_match.h"

namespace auditship {
namespace {

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

}  // namespace

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
          ordered_.push_back(&form);
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
      const Form& form = *ordered_[i];
      if (starts_with(message, form.pattern.prefix()) &&
          match_pattern(form.pattern, message, form.split, match)) {
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
    const Form& form = *ordered_[i];
    if (form.pattern.peer_behind_free_text() && starts_with(message, form.pattern.prefix())) {
      tokens = match_left_part(form.pattern, message, match);
      if (tokens != 0) {
        return &form;
      }
    }
  }
  return nullptr;
}

bool FormTable::apply(std::string_view message, AuthEvent& event) const {
  Match match;
  const Form* form = find(message, match);
  if (form == nullptr) {
    return false;
  }
  add_meaning(*form, event);
  add_fields(form->pattern, match, form->pattern.size(), event);
  return true;
}

}  // namespace auditship
