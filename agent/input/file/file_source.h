// FileSource follows one log file through its rotated generations and yields its lines in order, each
// once, from a Checkpoint on.
//
//   FileSource tail(fs, clock, log, options, resume);
//   auto n = tail.read(lines, 1 << 20);      // 0: nothing new now
//   ... tail.checkpoint() after the last line has been put into a frame ...
//
// Promises: polling decides, nothing else is needed for correctness. Memory is bounded by
// line_max_bytes plus one read block, whatever is in the file. A generation that vanished unread is
// a counted gap. RawLines and their LineSource are valid until the next read. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/event/batch.h"
#include "agent/event/position.h"

namespace auditship::input::file {

struct FileSourceOptions {
  std::string path;                          // the live file, no glob
  std::uint64_t line_max_bytes = 16 << 20;   // longer lines are cut
  std::uint64_t cut_tail_bytes = 256 << 10;  // of a cut line's end that is kept
  std::optional<std::int64_t> backfill_ns =
      std::int64_t{7} * 24 * 3600 * 1'000'000'000;  // nullopt = all
  bool final_pass = false;  // --once: do not wait for a file that is still being written
  // How long a file that was renamed away is watched for late writes after its successor has a
  // line. It is not waited for when the writer is already two files on, or the file was last
  // written longer ago.
  Duration rotation_grace = std::chrono::seconds(1);
};

struct FileSourceStats {
  std::uint64_t lines = 0, empty_lines = 0, bytes = 0, cut = 0;  // since this FileSource was made
  std::uint64_t gaps = 0, gap_bytes = 0;                         // vanished before they were read
  std::uint64_t generations = 0;                                 // rotated files finished
  std::uint64_t left_out_files = 0, left_out_bytes = 0;  // older than backfill at the first start
  std::uint64_t unread_bytes =
      0;  // known to be ahead, over all generations (compressed ones: as on disk)
  std::uint64_t unterminated_bytes = 0;  // an incomplete last line that waits for its newline
  bool present = false;                  // the live file, or a generation, exists
};

// Where reading stands now, looked at anew.
struct FileProgress {
  std::string read_path;     // the file that is being read; empty: none
  std::uint64_t offset = 0;  // up to where, uncompressed
  std::uint64_t size = 0;    // of that file, as on disk
  bool compressed = false;
  bool deleted = false;                  // it has no name any more: only we hold it
  std::uint64_t unread_bytes = 0;        // as FileSourceStats::unread_bytes
  std::uint64_t unterminated_bytes = 0;  // of them: an incomplete last line
  std::uint64_t files_behind = 0;        // newer files with something to read, the live one too
  // Rotations until the file that is being read is deleted, if rotation goes on keeping as many
  // files as there are now: itself and those older than it. 0: deleted, or nothing is being read.
  std::uint64_t rotations_left = 0;
};

class FileSource {
 public:
  // resume: where an earlier run stopped; nullopt at the first start. fs, clock and log must
  // outlive it.
  FileSource(Fs& fs, const Clock& clock, Logger& log, FileSourceOptions options,
             std::optional<event::Checkpoint> resume);
  ~FileSource();
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  // Replaces lines with the next complete lines, about max_bytes of them (always at least one if
  // there is one). Returns how many. Errors: io on the current file, told once a change; reading is
  // tried again at the next call.
  Result<std::size_t> read(std::vector<event::RawLine>& lines, std::size_t max_bytes);

  // Behind the last line of the last read(). Its `finished` holds only the generations that
  // were finished since the last call of checkpoint().
  [[nodiscard]] event::Checkpoint checkpoint();

  // Where the first unread line begins: what the next SourceSpan has as `before`.
  [[nodiscard]] const event::SourcePos& position() const;
  [[nodiscard]] const FileSourceStats& stats() const;
  [[nodiscard]] const FileSourceOptions& options() const;
  // Lists the directory: for somebody who asks, not for every read. Changes nothing.
  Result<FileProgress> survey();

  struct State;  // how it works inside: tail_state.h

 private:
  std::unique_ptr<State> state_;
};

}  // namespace auditship::input::file
