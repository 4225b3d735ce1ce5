// Where a source stands: Cursor and Checkpoint.
//
// A source (one log file with its rotated generations, the systemd journal, …) is known by its name.
// Only the input that the source belongs to makes and reads these bytes. Everybody else copies them,
// compares them for equality and writes them down; nobody may conclude anything from their order.
// Plain values.
#pragma once

#include <compare>
#include <cstddef>
#include <string>

namespace auditship::event {

// A place between two records of one source, in the encoding of its input. The same place always has
// the same bytes, so two cursors are equal exactly when the places are. Empty: the beginning, nothing
// was read yet.
struct Cursor {
  // An input may not make longer ones.
  static constexpr std::size_t kMaxBytes = 4096;

  std::string bytes;

  [[nodiscard]] bool empty() const { return bytes.empty(); }
  auto operator<=>(const Cursor&) const = default;
};

// All that is needed to go on at a place after a restart.
struct Checkpoint {
  static constexpr std::size_t kMaxInputStateBytes = 8 << 10;
  static constexpr std::size_t kMaxStateBytes = 256 << 10;

  // Everything before it was dealt with.
  Cursor position;
  // What the input needs besides the position to find it again; may be empty.
  std::string input_state;
  // Of the source's Deriver (parsers/deriver.h) at the position; empty: none. The only part that may
  // be forgotten when there is no space for it.
  std::string state;
};

}  // namespace auditship::event
