// GenerationHistory: what is remembered of the generations of a log that are done with, in this run
// and in earlier ones, so that one that turns up again is not taken for a new one.
//
// Bounded: of the last FileCheckpoint::kMaxFinished generations it knows where their reading ended, of
// as many before them only the key. Plain data. Not thread-safe.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "agent/input/file/generations/file_checkpoint.h"
#include "agent/input/file/generations/file_position.h"

namespace auditship::input::file::generations {

// A generation, as far as it was read.
struct GenerationMark {
  FileCheckpoint at;
  // The file that `at` names was truncated since.
  bool rewritten = false;
};

class GenerationHistory {
 public:
  // resume: where an earlier run stopped; its finished generations are known from the beginning.
  explicit GenerationHistory(const std::optional<FileCheckpoint>& resume);

  // A generation was read to its end, or as far as can be. True: for the first time.
  bool finish(GenerationMark mark);
  // A generation is gone before it was read to its end: it counts as finished where it stood.
  void give_up(GenerationMark mark);

  // The key of a generation that begins with this line and is none of those known.
  [[nodiscard]] FileKey new_key(const Digest& first_line) const;
  // The key of the newest known generation with this first line; null: there is none.
  [[nodiscard]] const FileKey* find_key(const Digest& first_line) const;
  // No other generation is known to begin with the same line: it is no constant header.
  [[nodiscard]] bool never_repeated(const FileKey& key) const;

  // Those of which it is known where they ended, oldest first. Of an earlier run: without their beginnings.
  [[nodiscard]] const std::deque<GenerationMark>& marks() const { return marks_; }
  // Where the generation finished last stands, in this run or an earlier one.
  [[nodiscard]] const FileCheckpoint& last() const { return last_; }
  // All that are finished, of earlier runs too, oldest first: the last kMaxFinished.
  [[nodiscard]] std::vector<FinishedGeneration> finished() const;

 private:
  void add(GenerationMark mark);
  void add_finished(const GenerationMark& mark);

  std::deque<GenerationMark> marks_;
  // Older than marks_, or of earlier runs; oldest first.
  std::deque<FileKey> old_keys_;
  std::deque<FinishedGeneration> finished_;
  FileCheckpoint last_;
};

}  // namespace auditship::input::file::generations
