// FileSource follows one log file through its rotated generations and yields its lines in order,
// each once, from a FileCheckpoint on.
//
//   FileSource source(fs, clock, log, options, resume);
//   auto n = source.read(lines, 1 << 20);      // 0: nothing new now
//   ... source.checkpoint() after the last line has been put into a frame ...
//
// Promises: polling decides, nothing else is needed for correctness. Memory is bounded by
// line_max_bytes plus one read block, whatever is in the file. A generation that vanished unread is
// a counted gap. Lines and what they point to are valid until the next read. Not thread-safe.
//
// Its parts: RotationChain (which file is next), ResumePlace, NextRotation and TruncatedCopy (which
// generation a file is), GenerationReader (its lines), SuccessorWatch (when it is done with).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/event/position.h"
#include "agent/input/file/generation_reader.h"
#include "agent/input/file/late_write_watch.h"
#include "agent/input/file/rotation/file_checkpoint.h"
#include "agent/input/file/rotation/generation_history.h"
#include "agent/input/file/rotation/open_next_rotation.h"
#include "agent/input/file/rotation/resume_matcher.h"
#include "agent/input/file/rotation/resume_place.h"
#include "agent/input/file/rotation/rotation_chain.h"
#include "agent/input/file/rotation/source_context.h"
#include "agent/input/file/rotation/truncated_copy.h"
#include "agent/input/file/successor_watch.h"

namespace auditship::input::file {

using rotation::FileCheckpoint;
using rotation::FileSourceOptions;
using rotation::FileSourceStats;

// Where reading stands now, looked at anew.
struct FileProgress {
  // The file that is being read; empty: none.
  std::string read_path;
  // Up to where, uncompressed.
  std::uint64_t offset = 0;
  // Of that file, as on disk.
  std::uint64_t size = 0;
  bool compressed = false;
  // It has no name any more: only we hold it.
  bool deleted = false;
  // As FileSourceStats has it, and of them: an incomplete last line.
  std::uint64_t unread_bytes = 0;
  std::uint64_t unterminated_bytes = 0;
  // Newer files with something to read, the live one too.
  std::uint64_t files_behind = 0;
  // Rotations until the file that is being read is deleted, if rotation goes on keeping as many
  // files as there are now: itself and those older than it. 0: deleted, or nothing is being read.
  std::uint64_t rotations_left = 0;
};

class FileSource {
 public:
  // resume: where an earlier run stopped; nullopt at the first start. fs, clock and log must
  // outlive it.
  FileSource(Fs& fs, const Clock& clock, Logger& log, FileSourceOptions options,
             const std::optional<FileCheckpoint>& resume);
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() = default;

  // Replaces lines with the next complete lines, about max_bytes of them (always at least one if
  // there is one). Returns how many. Errors: io on the current file, told once a change; reading is
  // tried again at the next call.
  Result<std::size_t> read(std::vector<event::RawLine>& lines, std::size_t max_bytes);

  // Behind the last line of the last read().
  [[nodiscard]] FileCheckpoint checkpoint() const;

  // Where the first unread line begins: what the next SourceSpan has as `before`.
  [[nodiscard]] const event::SourcePos& position() const { return reader_.position(); }
  [[nodiscard]] const FileSourceStats& stats() const { return context_.stats; }
  [[nodiscard]] const FileSourceOptions& options() const { return context_.options; }
  // Lists the directory: for somebody who asks, not for every read. Changes nothing.
  Result<FileProgress> survey();

 private:
  Result<bool> read_on(std::vector<event::RawLine>& lines, std::size_t max_bytes);
  Result<bool> at_end(std::vector<event::RawLine>& lines);
  Result<bool> at_damage(std::vector<event::RawLine>& lines);
  Result<bool> at_truncation(std::vector<event::RawLine>& lines);
  void begin_again();
  Result<bool> open_next();
  Result<bool> resume();
  void begin(rotation::ChainEntry entry, const rotation::ReadStart& start);
  enum class FileNow { intact, rewritten };
  void finish(FileNow file);
  void look_ahead();
  void update_unread();
  Error report_error(Error error);

  rotation::SourceContext context_;
  rotation::GenerationHistory history_;
  rotation::ResumeMatcher matcher_;
  rotation::RotationChain chain_;
  rotation::ResumePlace resume_place_;
  rotation::NextRotation next_rotation_;
  rotation::TruncatedCopy copies_;
  GenerationReader reader_;
  SuccessorWatch successor_;
  LateWriteWatch late_writes_;
  std::optional<TimePoint> looked_ahead_;
  std::string last_error_;
};

}  // namespace auditship::input::file
