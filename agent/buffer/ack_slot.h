// Two alternating checksummed slots: how far frames are settled, and which index frames in flight
// go to. A crash during a write leaves the other slot. Format: docs/buffer-format.md. fs must
// outlive it. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "agent/event/batch.h"

namespace auditship::buffer {

struct AckState {
  event::FrameId settled = 0;
  event::DeliveryLedger ledger;
  // Every frame up to this one may have been sent before, to an index that nobody remembers: its
  // ids are looked up before it is sent. kAllDoubted: those still to come, too, until what was lost
  // has been read again.
  event::FrameId doubted = 0;
  std::map<event::FrameId, std::string> targets;  // frames in flight to their concrete index

  static constexpr event::FrameId kAllDoubted = ~event::FrameId{0};
  static constexpr std::size_t kMaxTargets = 8;
  static constexpr std::size_t kMaxTargetBytes =
      256;  // an index name of OpenSearch has at most 255
};

class AckSlot {
 public:
  // Reads the newest intact slot, or makes the file with a first one. Errors: newer_version
  // (untouched), io, no_space.
  static Result<AckSlot> open(Fs& fs, const std::string& path);
  // The same without writing anything: for tools.
  static Result<AckState> peek(Fs& fs, const std::string& path);

  // Writes and syncs. On an error the old state stays on disk and in state().
  Status store(const AckState& state);
  [[nodiscard]] const AckState& state() const { return state_; }
  // A slot is not what was written to it: state() may be one store() old.
  [[nodiscard]] bool damaged() const { return damaged_; }
  // No slot was intact, or the file was not there: state() is that of a new directory.
  [[nodiscard]] bool empty() const { return empty_; }

 private:
  Status write(std::uint64_t seq, const AckState& state);

  std::unique_ptr<File> file_;
  AckState state_;
  std::uint64_t seq_ = 0;
  bool damaged_ = false, empty_ = false;
};

}  // namespace auditship::buffer
