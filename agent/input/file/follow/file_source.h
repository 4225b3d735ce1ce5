// FileSource follows one log file through its rotated generations and yields its lines in order,
// each once, from a FileCheckpoint on.
//
//   FileSource source(fs, clock, log, options, resume);
//   auto n = source.read(lines, 1 << 20);      // 0: nothing new now
//   ... source.checkpoint() after the last line has been put into a frame ...
//
// It is the Source of the input file (agent/input/source.h), which FileInput opens.
// Promises: polling decides, nothing else is needed for correctness. Memory is bounded by
// line_max_bytes plus one read block, whatever is in the file. A generation that vanished unread is
// a counted gap. Lines and what they point to are valid until the next read. Not thread-safe.
//
// Its parts: RotationChain (which file is next), ResumePlace, NextRotation, TruncatedCopy and
// GenerationSearch (which generation a file is), GenerationReader (its lines), SuccessorWatch (when it is done with).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/event/checkpoint.h"
#include "agent/event/position.h"
#include "agent/input/file/follow/generation_reader.h"
#include "agent/input/file/follow/late_write_watch.h"
#include "agent/input/file/follow/successor_watch.h"
#include "agent/input/file/generations/file_checkpoint.h"
#include "agent/input/file/generations/generation_history.h"
#include "agent/input/file/rotation/open_next_rotation.h"
#include "agent/input/file/rotation/resume_matcher.h"
#include "agent/input/file/rotation/resume_place.h"
#include "agent/input/file/rotation/rotation_chain.h"
#include "agent/input/file/rotation/source_context.h"
#include "agent/input/file/rotation/truncated_copy.h"
#include "agent/input/file/search/edited_log.h"
#include "agent/input/file/search/generation_search.h"
#include "agent/input/source.h"

namespace auditship::input::file::follow {

using generations::FileCheckpoint;
using generations::FilePosition;
using rotation::FileSourceOptions;

class FileSource final : public Source {
 public:
  // resume: where an earlier run stopped; nullopt at the first start. fs, clock and log must
  // outlive it.
  FileSource(Fs& fs, const Clock& clock, Logger& log, FileSourceOptions options,
             const std::optional<FileCheckpoint>& resume);

  // All lines of one read are of one generation, that of file_position(). Errors: io on the current
  // file, told once a change; reading is tried again at the next call.
  Result<std::size_t> read(std::vector<event::RawLine>& lines, std::size_t max_bytes) override;
  [[nodiscard]] event::Cursor position() const override;
  [[nodiscard]] event::Checkpoint checkpoint() const override;
  [[nodiscard]] const SourceProgress& progress() const override { return context_.progress; }
  [[nodiscard]] Result<SourceProgress> survey() override;
  void look_around() override;

  // Lets go of all files that wait and can be found again by their names, and of the one that was
  // finished last. May go on reading.
  void let_go_of_waiting();
  // The file that is being read is at its end, and nothing waits behind it.
  [[nodiscard]] bool at_rest() const;
  // The file that is being read is plain, so that its place is found again at no cost.
  [[nodiscard]] bool seeks_at_no_cost() const {
    return reader_.current() != nullptr && !reader_.current()->file->compressed();
  }
  // Where it is, as the last look found it.
  [[nodiscard]] const std::string& current_path() const { return reader_.current()->path; }
  // What the file that is being read was when it was looked at last. Both only when there is one.
  [[nodiscard]] const FileStat& current_stat() const { return reader_.current()->stat; }
  // All files that are held can be found again by their names: closing loses none of them.
  [[nodiscard]] bool all_named() const;
  // At rest: finishes the file where none of the log's names means it any more and nothing was written
  // to it for an hour. True: it is closed. What is written to it later is not read, and that is told.
  bool leave_nameless();
  // Closes all files. The lines of the last read live on; nothing may be read any more.
  void close();

  // position() and checkpoint() before they are encoded.
  [[nodiscard]] const FilePosition& file_position() const { return reader_.position(); }
  [[nodiscard]] FileCheckpoint file_checkpoint() const;

 private:
  Result<bool> read_on(std::vector<event::RawLine>& lines, std::size_t max_bytes);
  Result<bool> at_end(std::vector<event::RawLine>& lines);
  Result<bool> at_damage(std::vector<event::RawLine>& lines);
  Result<bool> read_copy_elsewhere();
  Result<bool> go_on_in_edited();
  Result<bool> at_truncation(std::vector<event::RawLine>& lines);
  void begin_again();
  Result<bool> open_next();
  void drop_front();
  Result<bool> resume();
  Result<rotation::ResumePlace::Found> look_elsewhere();
  Result<bool> begin_edited();
  Result<rotation::ResumePlace::Found> look_into_edited();
  void begin(rotation::ChainEntry entry, const rotation::ReadStart& start);
  enum class FileNow { intact, rewritten };
  void finish(FileNow file);
  void look_ahead();
  void update_backlog();
  Error report_error(Error error);

  rotation::SourceContext context_;
  generations::GenerationHistory history_;
  rotation::ResumeMatcher matcher_;
  rotation::RotationChain chain_;
  rotation::ResumePlace resume_place_;
  rotation::NextRotation next_rotation_;
  rotation::TruncatedCopy copies_;
  search::GenerationSearch search_;
  GenerationReader reader_;
  SuccessorWatch successor_;
  LateWriteWatch late_writes_;
  std::optional<TimePoint> looked_ahead_;
  // How long the last look took.
  Duration look_cost_{};
  std::string last_error_;
};

}  // namespace auditship::input::file::follow
