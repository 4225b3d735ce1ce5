// ParkingSource: a FileSource that gives its descriptors back when they are scarce.
//
// While others found no descriptor (Fs::refused_opens) it closes its file after each turn, and knows
// it again by its content, as after a restart: only while there is something new in it is it opened.
// So more logs than descriptors are all read, in turn. What is deleted while it is closed is a told
// gap. It is the Source of the input file that FileInput opens. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/input/file/follow/file_source.h"
#include "agent/input/file/generations/file_checkpoint.h"
#include "agent/input/file/scarcity_notice.h"
#include "agent/input/source.h"

namespace auditship::input::file {

class ParkingSource final : public Source {
 public:
  // How long descriptors count as scarce after an open that found none.
  static constexpr Duration kScarce = std::chrono::seconds(60);

  // As FileSource has them. scarcity: owned with the other sources of the stream.
  ParkingSource(Fs& fs, const Clock& clock, Logger& log, follow::FileSourceOptions options,
                const std::optional<generations::FileCheckpoint>& resume,
                std::shared_ptr<ScarcityNotice> scarcity);

  Result<std::size_t> read(std::vector<event::RawLine>& lines, std::size_t max_bytes) override;
  [[nodiscard]] event::Cursor position() const override;
  [[nodiscard]] event::Checkpoint checkpoint() const override;
  [[nodiscard]] const SourceProgress& progress() const override { return progress_; }
  [[nodiscard]] Result<SourceProgress> survey() override;
  void look_around() override;

 private:
  // What a closed source has to know.
  struct Parked {
    generations::FileCheckpoint place;
    // Of its file then; nullopt: it had more, or was about to be left.
    std::optional<FileStat> seen;
    // Where that file was: not under the log's own name, when that was gone.
    std::string path;
  };

  [[nodiscard]] bool scarce();
  [[nodiscard]] bool something_new();
  void wake();
  void give_back();
  void park_if_scarce(std::size_t lines);
  enum class Rests { no, yes };
  void park(Rests rests);
  void update_progress();

  Fs& fs_;
  const Clock& clock_;
  Logger& log_;
  const follow::FileSourceOptions options_;
  // While parked: closed, or null when its last lines are not needed any more.
  std::unique_ptr<follow::FileSource> source_;
  std::optional<Parked> parked_;
  const std::shared_ptr<ScarcityNotice> scarcity_;
  // Of all, and of those before the one that is open.
  SourceProgress progress_, before_;
  std::uint64_t refused_ = 0;
  std::optional<TimePoint> scarce_since_;
};

}  // namespace auditship::input::file
