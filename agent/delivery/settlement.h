// Settlement: what of the buffer is settled and which index frames in flight go to, and when that is
// written to the acknowledgement slot of one destination (B4, B5).
//
//   settlement.settle(done);  settlement.set_target(frame, index);
//   if (settlement.due(now, nothing_in_flight)) …settlement.store_or_put_off(now)…
//
// Not thread-safe. log and reporter must outlive it.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/result.h"
#include "agent/buffer/segment_log.h"
#include "agent/delivery/delivery_reporter.h"
#include "agent/delivery/in_flight/in_flight_table.h"

namespace auditship::delivery {

class Settlement {
 public:
  Settlement(buffer::SegmentLog& log, buffer::DestinationId destination,
             DeliveryReporter& reporter);

  // A frame whose documents are all done is settled. Frames come in their order.
  void settle(const in_flight::InFlightBatch& done);
  // What the slot says of where a frame goes. It has to be stored before the frame is sent.
  void set_target(event::FrameId frame, const std::string& target);
  // Frames up to last are in doubt; AckState::kAllDoubted: those still to come, too.
  void doubt_up_to(event::FrameId last);
  // Bytes of log files that frames before the only one in flight dealt with; 0: not known.
  void note_bytes_before(std::uint64_t bytes);

  // Something has to be written now. It can wait for others while frames are in flight.
  [[nodiscard]] bool due(TimePoint now, bool nothing_in_flight) const;
  // When due() becomes true by itself. Only while dirty().
  [[nodiscard]] TimePoint due_at() const;
  [[nodiscard]] bool dirty() const { return dirty_; }
  // Writes the slot. Errors: of the buffer (the log is to be opened anew), and no_space.
  Status store(TimePoint now);
  // The same, but a full disk is reported and tried again later: then the answer is false.
  Result<bool> store_or_put_off(TimePoint now);

  // With what is settled but not yet stored.
  [[nodiscard]] const buffer::AckState& ack() const { return ack_; }
  // Of the log files' bytes that the read ledger counts: those whose documents are settled.
  [[nodiscard]] std::uint64_t settled_log_bytes() const { return settled_log_bytes_; }

 private:
  void check_sum(const in_flight::InFlightBatch& done);

  buffer::SegmentLog& log_;
  buffer::DestinationId destination_;
  DeliveryReporter& reporter_;
  // What store() will write.
  buffer::AckState ack_;
  // ack_ differs from the disk; a new target waits for it.
  bool dirty_ = false, must_store_ = false;
  TimePoint stored_at_{};
  // After a full disk refused it.
  TimePoint retry_at_{};
  std::uint64_t settled_log_bytes_ = 0;
  // What a violated sum was off by: reported once.
  std::uint64_t off_by_ = 0;
};

}  // namespace auditship::delivery
