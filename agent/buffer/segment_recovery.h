// recover(): whatever a crash or damage left of a buffer, it ends in one story of slot and frames.
// Only for SegmentLog.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/buffer/ack_slot.h"
#include "agent/buffer/segment_reader.h"
#include "agent/buffer/segment_writer.h"

namespace auditship::buffer {

struct SegmentLogOptions {
  std::string directory;
  // All segments together.
  std::uint64_t max_bytes = std::uint64_t{2} << 30;
  // At most an eighth of max_bytes is used.
  std::uint64_t segment_bytes = std::uint64_t{32} << 20;
  // Used when the directory is new.
  BufferId new_id{};
  // Who gets the frames: names, each once, 1 to kMaxDestinations. One that the buffer does not know
  // is added: it begins at the oldest frame that is still there. One that is not named here but is
  // known keeps its frames until remove_destination().
  std::vector<std::string> destinations{kDefaultDestination};
};

// What recovery found wrong.
struct RecoveryDamage {
  // Torn or unjoined end of the newest segment: read again from the source.
  std::uint64_t cut_bytes = 0;
  std::uint64_t skipped_bytes = 0;
  // A slot was damaged: frames behind `settled` may have been sent already.
  bool ack_damaged = false;
};

struct Recovered {
  // Held as long as the buffer is in use.
  std::unique_ptr<File> lock;
  AckSlot ack;
  std::unique_ptr<SegmentWriter> writer;
  // One a destination, in the order of the options.
  std::vector<std::unique_ptr<SegmentReader>> readers;
  RecoveryDamage damage;
};

// Errors: busy (another agent), newer_version (another version of the format; nothing touched),
// invalid (too many destinations), io, no_space.
[[nodiscard]] Result<Recovered> recover(Fs& fs, Logger& log, SegmentLogOptions options);

}  // namespace auditship::buffer
