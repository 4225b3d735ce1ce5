// GenerationReader reads the one file that is current, cuts it into lines, and knows what a
// checkpoint says of the place that it has come to.
//
//   reader.begin(std::move(entry), start);
//   reader.fill(n);                     // bytes of the file, into memory
//   reader.take(lines, n);              // the complete lines among them
//
// Memory is bounded by line_max_bytes plus one block. Lines given out live until release() or
// begin(). Counts lines, bytes and cut lines in the context's progress. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/event/position.h"
#include "agent/input/file/follow/line_reader.h"
#include "agent/input/file/generations/generation_history.h"
#include "agent/input/file/rotation/chain_entry.h"
#include "agent/input/file/rotation/open_next_rotation.h"
#include "agent/input/file/rotation/source_context.h"

namespace auditship::input::file::follow {

class GenerationReader {
 public:
  // context must outlive it. position: where an earlier run stopped, until something is read.
  GenerationReader(rotation::SourceContext& context, const generations::FilePosition& position);

  // entry is open and stands at start.offset.
  void begin(rotation::ChainEntry entry, const rotation::ReadStart& start);
  // Ends the reading of the current file and gives it back.
  rotation::ChainEntry end();

  // The file that is being read; null: none.
  [[nodiscard]] rotation::ChainEntry* current() { return current_ ? &*current_ : nullptr; }
  [[nodiscard]] const rotation::ChainEntry* current() const {
    return current_ ? &*current_ : nullptr;
  }
  // Looks at the size and time of the current file.
  void update_stat();

  // Ends the life of the lines given out.
  void release() { lines_.release(); }
  // Reads about max_bytes of the current file; returns how many came and why no more. Errors: io.
  Result<generations::ReadChunk> fill(std::size_t max_bytes);
  // Adds the complete lines that were read, about max_bytes of them. Returns how many lines has.
  std::size_t take(std::vector<event::RawLine>& lines, std::size_t max_bytes);
  // Adds what stands behind the last newline as a line. False: there is nothing.
  bool take_unterminated(std::vector<event::RawLine>& lines);
  // Begins again where it is: what was damaged may be whole by now. Errors: io.
  Status seek_again();

  // Behind the last line given out, in the current file or the one before.
  [[nodiscard]] const generations::FilePosition& position() const { return position_; }
  // The same as a checkpoint remembers it. Only while there is a current file.
  [[nodiscard]] generations::FileCheckpoint mark() const;
  // The hash of the current file's first bytes; 0: not known yet.
  [[nodiscard]] std::uint64_t head_hash() const { return head_hash_; }
  // Of the bytes read from the current file.
  [[nodiscard]] std::uint64_t end_offset() const { return lines_.end(); }
  // Bytes read of a line that is not complete.
  [[nodiscard]] std::uint64_t incomplete_bytes() const { return lines_.waiting(); }
  // No complete line waits in memory.
  [[nodiscard]] bool drained() const { return drained_; }
  // Bytes of the current file that were not given out, were it of this size; of a compressed one as
  // they lie on disk.
  [[nodiscard]] std::uint64_t unread(std::uint64_t size) const;

 private:
  Status skip_part();
  void add_to_head(const char* bytes, std::size_t size);
  void account();

  rotation::SourceContext& context_;
  LineReader lines_;
  event::RecordOrigin origin_;
  generations::FilePosition position_;
  std::optional<rotation::ChainEntry> current_;
  bool drained_ = true;

  // What of the line reader's numbers is in the progress.
  std::uint64_t accounted_ = 0, empty_accounted_ = 0;

  // Of the current file, still to come.
  std::optional<generations::SkippedPart> skipped_;
  event::RecordId::Prefix prefix_{};
  // The hash of the current file's first bytes; 0 until known.
  std::uint64_t head_hash_ = 0;
  // Its first bytes, gathered until there are enough to hash.
  std::string head_bytes_;
  // False: reading began in the middle, and head_bytes_ cannot be gathered.
  bool gathers_head_ = true;
};

}  // namespace auditship::input::file::follow
