// FileCheckpoint: all that is needed to find a place in a log file again after a restart. Plain
// values; how the buffer keeps them is in agent/input/file/generations/file_cursor.h.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/input/file/generations/file_position.h"

namespace auditship::input::file::generations {

// A generation that was read to its end.
struct FinishedGeneration {
  FileKey key;
  // Where its reading ended; 0: not known.
  std::uint64_t offset = 0;
  // As FileCheckpoint has it, of that place.
  std::uint64_t tail_hash = 0;
  // Of the file when it was read: hints, not truth.
  std::uint64_t device = 0, inode = 0, generation = 0;

  auto operator<=>(const FinishedGeneration&) const = default;
};

// Bytes of a file that are not read, as they were read from another one: whole lines.
struct SkippedPart {
  std::uint64_t from = 0, to = 0;
  // Of the bytes before `to`, as FileCheckpoint has it: where they are others, nothing is left out.
  std::uint64_t tail_hash = 0;

  auto operator<=>(const SkippedPart&) const = default;
};

struct FileCheckpoint {
  static constexpr std::size_t kTailHashBytes = 1024;
  static constexpr std::size_t kMaxFinished = 64;

  FilePosition pos;
  // Of the file when it was read: hints, not truth.
  std::uint64_t device = 0, inode = 0, generation = 0;
  // Hash of the last min(offset, kTailHashBytes) bytes before pos.offset.
  std::uint64_t tail_hash = 0;
  // mtime of the file then, ns since the epoch; 0: not known. A hint, not truth.
  std::int64_t modified_ns = 0;
  // Hash of the first kTailHashBytes bytes; 0: fewer were read.
  std::uint64_t head_hash = 0;
  // Behind pos, still to be left out.
  std::optional<SkippedPart> skipped;
  // Generations read to their end, oldest first, the last kMaxFinished of them.
  std::vector<FinishedGeneration> finished;
};

}  // namespace auditship::input::file::generations
