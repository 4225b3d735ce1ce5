// Matching a message against the text of a pattern, and a table of patterns looked up by a
// message's first byte.
//
//   PatternTable table({su_patterns()});
//   if (table.apply(message, event)) …
//
// Cost: linear in the message for each pattern tried; no allocation. Values are views into the
// message. Thread-safe (const, stateless).
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
  // By token. Of a peer: "ADDRESS port PORT".
  std::array<std::string_view, PatternText::kMaxTokens> value;
};

[[nodiscard]] bool match_pattern(const PatternText& pattern, std::string_view message, Split split,
                                 Match& match);

// Matches only what stands left of the first free placeholder. Returns how many tokens that are, 0
// for no match.
[[nodiscard]] std::size_t match_left_part(const PatternText& pattern, std::string_view message,
                                          Match& match);

// Adds the fields of the first `tokens` tokens to event.
void add_fields(const PatternText& pattern, const Match& match, std::size_t tokens,
                EcsEvent& event);

// Adds meaning and constants of pattern.
void add_meaning(const MessagePattern& pattern, EcsEvent& event);

class PatternTable {
 public:
  // Rows are tried in order, those that begin with literal text before those that begin with a
  // placeholder.
  explicit PatternTable(std::initializer_list<std::span<const MessagePattern>> patterns);

  // The first pattern that message matches, or nullptr.
  [[nodiscard]] const MessagePattern* find(std::string_view message, Match& match) const;
  // The first pattern whose text left of its free placeholder fits; for messages that were cut.
  [[nodiscard]] const MessagePattern* find_cut(std::string_view message, Match& match,
                                               std::size_t& tokens) const;

  // find() and, if found, all fields of the pattern.
  bool apply(std::string_view message, EcsEvent& event) const;

 private:
  struct Row {
    // Of the pattern's text.
    std::string_view prefix;
    const MessagePattern* pattern = nullptr;
    [[nodiscard]] bool fits(std::string_view message) const;
  };
  [[nodiscard]] bool any_fits(std::string_view message) const;

  // By first byte; those that begin with a placeholder stand at the end.
  std::vector<Row> ordered_;
  // Where the patterns of a first byte begin in ordered_.
  std::array<std::uint16_t, 258> begin_{};
};

}  // namespace auditship::parsers::auth_log::patterns
