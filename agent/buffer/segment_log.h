// A SegmentLog keeps batches on disk until every destination has settled them, in order, across
// crashes.
//
//   auto log = SegmentLog::open(fs, logger, options);    // recovery
//   log->append(batch);
//   log->sync();                                         // B1, B4
//   while (auto frame = log->next(destination)) …        // synced frames, in order, each once
//   log->store(destination, ack);                        // settles, names targets of frames in flight
//
// It joins a SegmentWriter, one SegmentReader a destination, and the acknowledgement slots.
// Format: docs/buffer-format.md. Rules: B1–B6 there. Not thread-safe; fs and log must outlive it. One
// directory belongs to one SegmentLog (locked on open).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/buffer/ack_slot.h"
#include "agent/buffer/segment_reader.h"
#include "agent/buffer/segment_recovery.h"
#include "agent/buffer/segment_writer.h"
#include "agent/event/batch.h"

namespace auditship::buffer {

// The place of a destination in SegmentLogOptions::destinations.
using DestinationId = std::size_t;

// Whether the limit of bytes counts. exempt: for what stands in for lost frames.
enum class Capacity { enforced, exempt };

// What recovery and reading found wrong since open.
struct DamageStats : RecoveryDamage {
  // Of the destination that met the most. DeliveryLedger::lost has those of earlier runs, too.
  std::uint64_t lost_frames = 0;
  std::uint64_t lost_documents = 0;
};

class SegmentLog {
 public:
  // Errors: those of recover().
  static Result<std::unique_ptr<SegmentLog>> open(Fs& fs, Logger& log, SegmentLogOptions options);

  // Appends batch and returns its number. Errors: no_space (nothing written; settle something or
  // wait), io.
  Result<event::FrameId> append(const event::Batch& batch, Capacity capacity = Capacity::enforced);
  // Makes all appended frames durable. After an error the log must be opened anew: append() fails.
  Status sync();
  // The next synced frame that was not handed out to this destination since open; nullopt: none
  // now. In place of damaged ones comes one StoredFrame that says what was lost. Errors: io.
  Result<std::optional<StoredFrame>> next(DestinationId destination);
  // Settles frames and names targets, durably. Then segments go that all destinations have settled.
  Status store(DestinationId destination, const AckState& ack);
  // Forgets a destination that the options did not name, durably: its frames wait no longer.
  // Errors: not_found, io.
  Status remove_destination(std::string_view name);

  [[nodiscard]] const AckState& ack(DestinationId destination) const;
  // Every frame up to this one is settled by all destinations.
  [[nodiscard]] event::FrameId settled() const { return settled_by_all(ack_.states()); }
  // Every frame up to this one was handed out to this destination.
  [[nodiscard]] event::FrameId handed_out(DestinationId destination) const {
    return readers_[destination]->handed_out();
  }
  // After the last appended frame.
  [[nodiscard]] const CheckpointTable& table() const { return writer_->state().table; }
  [[nodiscard]] const event::ReadLedger& ledger() const { return writer_->state().ledger; }
  [[nodiscard]] event::FrameId last() const { return writer_->state().last; }
  [[nodiscard]] event::FrameId synced() const { return writer_->synced(); }
  [[nodiscard]] const BufferId& id() const { return writer_->id(); }
  [[nodiscard]] std::uint64_t bytes() const { return writer_->segments().bytes(); }
  [[nodiscard]] std::uint64_t max_bytes() const { return max_bytes_; }
  void set_max_bytes(std::uint64_t bytes) { max_bytes_ = bytes; }
  [[nodiscard]] DamageStats damage() const;

 private:
  SegmentLog(SegmentLogOptions options, Recovered recovered);
  void release_settled();

  std::uint64_t max_bytes_;
  std::vector<std::string> destinations_;
  std::unique_ptr<File> lock_;
  AckSlot ack_;
  std::unique_ptr<SegmentWriter> writer_;
  // One a destination.
  std::vector<std::unique_ptr<SegmentReader>> readers_;
  RecoveryDamage recovery_damage_;
};

}  // namespace auditship::buffer
