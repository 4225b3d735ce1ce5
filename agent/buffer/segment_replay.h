// replay_newest(): how things stand behind the last frame of a buffer, and what of its newest segment
// a crash or damage left. Only for recover().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/buffer/segment.h"
#include "agent/buffer/segment_list.h"
#include "agent/buffer/segment_writer.h"

namespace auditship::buffer {

struct Replayed {
  // The newest segment, when it can be appended to.
  std::unique_ptr<Segment> active;
  LogState state;
  // Whose the segments are; nullopt: none tells.
  std::optional<BufferId> buffer;
  // Sources may stand before what was settled: damage hides frames.
  bool places_unsure = false;
  // As RecoveryDamage has them.
  std::uint64_t cut_bytes = 0, skipped_bytes = 0;
};

// Replays the frames of the newest of segments. Cuts off its end where that is not whole or does not
// join (B1), and removes it where no frame was ever written to it. settled: by all destinations.
// Errors: io, newer_version.
[[nodiscard]] Result<Replayed> replay_newest(Fs& fs, Logger& log, SegmentList& segments,
                                             event::FrameId settled);

}  // namespace auditship::buffer
