// Two alternating checksummed slots: how far frames are settled, and which index frames in flight go to.
// A crash during a write leaves the other slot. Format: docs/buffer-format.md.
// fs and log must outlive it. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "agent/core/batch.h"
#include "agent/core/fs.h"
#include "agent/core/result.h"

namespace auditship {

struct AckState {
  FrameId settled = 0;
  DeliveryLedger ledger;
  std::map<FrameId, std::string> targets;  // frames in flight to their concrete index

  static constexpr std::size_t kMaxTargets = 8;
};

class AckSlot {
 public:
  // Reads the newest intact slot, or makes the file. damaged() tells whether a slot was neither empty nor intact.
  // Errors: newer_version (untouched), io, no_space.
  static Result<AckSlot> open(Fs& fs, const std::string& path);
  // The same without writing anything: for tools.
  static Result<AckState> peek(Fs& fs, const std::string& path);

  // Writes and syncs. On an error the old state stays on disk and in state().
  Status store(const AckState& state);
  [[nodiscard]] const AckState& state() const { return state_; }
  [[nodiscard]] bool damaged() const { return damaged_; }

 private:
  std::unique_ptr<File> file_;
  AckState state_;
  std::uint64_t seq_ = 0;
  bool damaged_ = false;
};

}  // namespace auditship
