// SourceContext: what all parts of one file source share: its ports, its options, and the progress
// that they all add to.
//
// One belongs to one FileSource, which owns it; the parts borrow it. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/event/record_id.h"
#include "agent/input/source_progress.h"

namespace auditship::input::file::rotation {

struct FileSourceOptions {
  // The live file, no glob: where the agent opens it.
  std::string path;
  // The same as the host sees it, without the place where a container has it; empty: as path. It is
  // in the ids of lines and in documents.
  std::string name;
  // Where a generation is looked for whose file bears no rotation name of the log: the directories
  // of all patterns of the stream. The log's own is always looked at.
  std::vector<std::string> search_directories;
  // Files that are logs of their own: never taken for a generation of this one. Null: there are none.
  // Owned with the input and all other sources of the stream, as each of a thousand has the same.
  std::shared_ptr<const std::set<std::string>> other_logs;
  // Of the ids of lines.
  event::IdScope scope;
  // Longer lines are cut.
  std::uint64_t line_max_bytes = 16 << 20;
  // Of a cut line's end that is kept.
  std::uint64_t cut_tail_bytes = 256 << 10;
  // At the first start, rotated files that were last written longer ago are left out; nullopt: none
  // is.
  std::optional<std::int64_t> backfill_ns = std::int64_t{7} * 24 * 3600 * 1'000'000'000;
  // Of a run that ends: a file that is still being written is not waited for.
  bool final_pass = false;
  // How long a file that was renamed away is watched for late writes after its successor has a
  // line. It is not waited for when the writer is already two files on, or the file was last
  // written longer ago.
  Duration rotation_grace = std::chrono::seconds(1);
};

struct SourceContext {
  // fs, clock and log must outlive it.
  SourceContext(Fs& the_fs, const Clock& the_clock, Logger& the_log, FileSourceOptions the_options);
  SourceContext(const SourceContext&) = delete;
  SourceContext& operator=(const SourceContext&) = delete;
  ~SourceContext() = default;

  // Counts bytes that vanished before they were read, and says so. file: where it was noticed;
  // empty: the live file. bytes 0: not known how many.
  void report_loss(LogCode code, std::string_view text, std::string_view file, std::uint64_t from,
                   std::uint64_t bytes);
  // Counts a file that is not read, because of its age or because it cannot be opened.
  void count_skipped(std::uint64_t bytes);
  // The rotation grace in nanoseconds, to compare with times of files.
  [[nodiscard]] std::int64_t grace_ns() const;

  Fs& fs;
  const Clock& clock;
  Logger& log;
  const FileSourceOptions options;
  SourceProgress progress;
};

}  // namespace auditship::input::file::rotation
