// ResumeMatcher tells by its content which generation of a log a file is: by its first line and by
// the bytes before the place that was read last. Inode numbers and times only break ties.
//
//   auto at = matcher.find(found, mark);     // which of the files is the one that mark remembers
//
// Opens the files that it looks at and moves their offsets. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/input/file/generations/generation_history.h"
#include "agent/input/file/rotation/chain_entry.h"

namespace auditship::input::file::rotation {

enum class Match {
  none,
  weak,    // nothing but the first line was there to compare
  strong,  // bytes behind the first line agree too
};

// The same file by inode, not by content.
[[nodiscard]] bool same_file(const ChainEntry& entry, const generations::GenerationMark& mark);
// The same inode, or of a compressed file the same second: gzip keeps it.
[[nodiscard]] bool same_by_inode_or_time(const ChainEntry& entry,
                                         const generations::GenerationMark& mark);

class ResumeMatcher {
 public:
  // fs and history must outlive it.
  ResumeMatcher(Fs& fs, const generations::GenerationHistory& history)
      : fs_(fs), history_(history) {}

  // Whether entry, which is open and whose head is given, holds what mark remembers; then it stands
  // at mark's offset. Errors: io.
  Result<Match> compare(ChainEntry& entry, const generations::Generation::Head& head,
                        const generations::GenerationMark& mark) const;
  // The same, with the head read first. A rotated file's last line may lack its newline.
  Result<Match> compare(ChainEntry& entry, const generations::GenerationMark& mark) const;
  // A shorter file with the same beginning: an older copy, restored, or another generation with the
  // same header: so it is to be read, under the key of mark. Moves the offset. Errors: io.
  Result<bool> is_shorter_copy(ChainEntry& entry, const generations::GenerationMark& mark) const;
  // Whether nothing is behind offset; then the file stands at offset. Errors: io.
  Result<bool> ends_at(ChainEntry& entry, std::uint64_t offset) const;

  // No other generation is known to begin with the line that mark's does.
  [[nodiscard]] bool first_line_is_proof(const generations::GenerationMark& mark) const {
    return history_.never_repeated(mark.at.pos.file);
  }

  // Which of the files, oldest first, is the one that mark remembers: the same inode with the same
  // content, else the newest with the same content, else (nothing but a first line to compare) the
  // one whose time fits, else the only one with that line: times say little after a clock was set
  // back. Only that one is open then. Errors: not_found when a file vanished meanwhile; io.
  Result<std::optional<std::size_t>> find(std::vector<ChainEntry>& found,
                                          const generations::GenerationMark& mark) const;
  // Of the files, exactly one begins as what mark remembers, and it is a shorter copy of that. In
  // doubt false: a header of constant length is no proof. Leaves all files closed.
  bool only_shorter_copy(std::vector<ChainEntry>& found,
                         const generations::GenerationMark& mark) const;

 private:
  Result<Match> compare_closed(ChainEntry& entry, const generations::GenerationMark& mark,
                               std::optional<Error>& unreadable) const;
  Result<std::optional<std::size_t>> open_at(std::vector<ChainEntry>& found, std::size_t i,
                                             const generations::GenerationMark& mark) const;

  Fs& fs_;
  const generations::GenerationHistory& history_;
};

}  // namespace auditship::input::file::rotation
