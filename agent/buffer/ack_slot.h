// Two alternating checksummed slots: for each destination of a stream, how far frames are settled
// and which index frames in flight go to. A crash during a write leaves the other slot.
// Format: docs/buffer-format.md. fs must outlive it. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "agent/event/batch.h"

namespace auditship::buffer {

// The destination of a stream that has one.
inline constexpr const char* kDefaultDestination = "main";

// Of one destination.
struct AckState {
  static constexpr event::FrameId kAllDoubted = ~event::FrameId{0};
  static constexpr std::size_t kMaxTargets = 8;
  // An index name of OpenSearch has at most 255.
  static constexpr std::size_t kMaxTargetBytes = 256;

  event::FrameId settled = 0;
  event::DeliveryLedger ledger;
  // Every frame up to this one may have been sent before, to an index that nobody remembers: its
  // ids are looked up before it is sent. kAllDoubted: those still to come, too, until what was lost
  // has been read again.
  event::FrameId doubted = 0;
  // Frames in flight to their concrete index.
  std::map<event::FrameId, std::string> targets;
};

// By the name of the destination. At most kMaxDestinations, with names of 1 to
// kMaxDestinationNameBytes bytes.
using AckStates = std::map<std::string, AckState, std::less<>>;

inline constexpr std::size_t kMaxDestinations = 8;
inline constexpr std::size_t kMaxDestinationNameBytes = 64;

// Up to this frame every destination has settled all: what lies behind it is still needed by one.
// 0 when there is no destination.
[[nodiscard]] event::FrameId settled_by_all(const AckStates& states);
// The state of the destination that is furthest behind; an empty one when there is none.
[[nodiscard]] AckState furthest_behind(const AckStates& states);

class AckSlot {
 public:
  // Reads the newest intact slot, or makes an empty file. Errors: newer_version (another version of
  // the format; untouched), io, no_space.
  static Result<AckSlot> open(Fs& fs, const std::string& path);
  // The same without writing anything: for tools.
  static Result<AckStates> peek(Fs& fs, const std::string& path);

  // Writes and syncs. On an error the old states stay on disk and in states().
  Status store(const AckStates& states);
  [[nodiscard]] const AckStates& states() const { return states_; }
  // A slot is not what was written to it: states() may be one store() old.
  [[nodiscard]] bool damaged() const { return damaged_; }
  // No slot was intact, or the file was not there: states() is empty.
  [[nodiscard]] bool empty() const { return empty_; }

 private:
  Status write(std::uint64_t seq, const AckStates& states);

  std::unique_ptr<File> file_;
  AckStates states_;
  std::uint64_t seq_ = 0;
  bool damaged_ = false, empty_ = false;
};

}  // namespace auditship::buffer
