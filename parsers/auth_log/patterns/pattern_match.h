// Matching a message against a Pattern, and a table of forms looked up by a message's first byte.
//
// Cost: linear in the message for each form tried; no allocation. Thread-safe (const, stateless).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "parsers/auth_log/patterns/ecs_event.h"
#include "parsers/auth_log/patterns/pattern.h"

namespace auditship::parsers::auth_log::patterns {

struct Match {
  std::array<std::string_view, Pattern::kMaxTokens>
      value;  // by token; of a peer: "ADDRESS port PORT"
};

[[nodiscard]] bool match_pattern(const Pattern& pattern, std::string_view message, Split split,
                                 Match& match);

// Matches only what stands left of the first free hole; returns how many tokens that are, 0 for no
// match.
[[nodiscard]] std::size_t match_left_part(const Pattern& pattern, std::string_view message,
                                          Match& match);

// Adds the fields of the first `tokens` tokens to event.
void add_fields(const Pattern& pattern, const Match& match, std::size_t tokens, AuthEvent& event);

// Adds meaning and constants of form.
void add_meaning(const Form& form, AuthEvent& event);

class FormTable {
 public:
  // Rows are tried in order, those that begin with literal text before those that begin with a
  // hole.
  explicit FormTable(std::initializer_list<std::span<const Form>> forms);

  // The first form that message matches, or nullptr.
  [[nodiscard]] const Form* find(std::string_view message, Match& match) const;
  // The first form whose text left of its free hole fits; for messages that were cut.
  [[nodiscard]] const Form* find_cut(std::string_view message, Match& match,
                                     std::size_t& tokens) const;

  // find() and, if found, all fields of the form.
  bool apply(std::string_view message, AuthEvent& event) const;

 private:
  struct Row {
    std::string_view prefix;  // of the form's pattern
    const Form* form = nullptr;
    [[nodiscard]] bool fits(std::string_view message) const;
  };
  [[nodiscard]] bool any_fits(std::string_view message) const;

  std::vector<Row> ordered_;                // by first byte; those with a hole first at the end
  std::array<std::uint16_t, 258> begin_{};  // of a first byte's forms in ordered_
};

}  // namespace auditship::parsers::auth_log::patterns
