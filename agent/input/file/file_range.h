// FileRange gives the lines between two places of one log once more, through its rotated
// generations: what FileInput::open_range opens.
//
//   FileRange range(fs, clock, log, options, from, to);
//   while (*range.read(lines, n) > 0) …           // then the range is over, or its end is gone
//
// Promises: no line that is not surely within the range. Where the generation that it ends in is not
// there any more, only the one that it begins in is surely within. What is gone is counted in
// progress() as lost. Memory is bounded as a FileSource's. Not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/event/position.h"
#include "agent/input/file/follow/file_source.h"
#include "agent/input/file/generations/file_checkpoint.h"
#include "agent/input/source.h"

namespace auditship::input::file {

class FileRange final : public RecordReader {
 public:
  // from: FileCheckpoint{} is the oldest line that there is. fs, clock and log must outlive it.
  FileRange(Fs& fs, const Clock& clock, Logger& log, const follow::FileSourceOptions& options,
            const generations::FileCheckpoint& from, const generations::FilePosition& to);

  // After the last line of the range: 0. Errors: io. The first call may read the log twice.
  Result<std::size_t> read(std::vector<event::RawLine>& lines, std::size_t max_bytes) override;
  [[nodiscard]] const SourceProgress& progress() const override { return source_.progress(); }

 private:
  [[nodiscard]] bool look_for_end();
  [[nodiscard]] bool generation_is_within();

  Fs& fs_;
  const Clock& clock_;
  Logger& log_;
  const follow::FileSourceOptions options_;
  const std::optional<generations::FileCheckpoint> from_;
  const generations::FilePosition begin_, to_;
  follow::FileSource source_;
  // Whether the generation that the range ends in can still be read; nullopt: not looked for yet.
  std::optional<bool> end_exists_;
  // Lines of the generation that the range ends in were met.
  bool met_end_ = false;
  bool over_ = false;
};

}  // namespace auditship::input::file
