// Delivery takes synced frames from the buffer to the sink and settles them in order (B4, B5).
//
//   delivery.step(now) → when to call again; wake() is called when an answer arrives
//
// It joins: InFlightTable (what is under way), BulkSender and SendRate (sending), ResponseHandler
// (what an answer means), RejectedDocuments, TargetPin (which index, where the sink has targets),
// Settlement (what is stored) and DeliveryReporter (what is said).
//
// Promises: a frame's index is fixed and synced before its first attempt and kept by every retry;
// only what needs it is sent again; nothing is dropped: a document ends as created, duplicate, or
// dead-lettered (synced). Waiting grows exponentially with full jitter and never gives up. At most
// kMaxFlights frames are in memory. Frames in doubt (AckState::doubted) are looked up in all indices
// of the alias before they are sent. All calls on the loop thread. log, sink, dead_letters, clock,
// rng and logger must outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/logger.h"
#include "agent/buffer/segment_log.h"
#include "agent/delivery/dead_letters/dead_letter_writer.h"
#include "agent/delivery/delivery_options.h"
#include "sinks/sink.h"

namespace auditship::delivery {

struct DeliveryContext;
class BulkSender;
class RejectedDocuments;
class ResponseHandler;
class Settlement;
class TargetPin;

class Delivery {
 public:
  static constexpr std::size_t kMaxFlights = buffer::AckState::kMaxTargets;

  Delivery(buffer::SegmentLog& log, sinks::Sink& sink, dead_letters::DeadLetterWriter& dead_letters,
           Repair repair, const Clock& clock, Rng& rng, Logger& logger, std::function<void()> wake,
           DeliveryOptions options);
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Takes the first frames from the buffer; step() does it too. For the start: then what would keep
  // all others from being sent is seen at once. Errors: as step().
  Status prepare();
  // Does what can be done now. Errors: of the buffer (the log is to be opened anew); invalid when a
  // frame was framed for another type of sink, which no opening anew changes.
  Result<TimePoint> step(TimePoint now);
  // Writes what is settled to disk now. For the end of a run.
  Status flush();

  // Where lines are to be read again for frames that are lost; they are settled only after
  // repaired(). Empty: nowhere.
  [[nodiscard]] std::vector<buffer::LostRange> lost_ranges() const;
  void repaired();
  // From now on every frame is in doubt, durably: before lines are appended that an earlier frame
  // had.
  Status doubt_all();
  // All such lines are in frames up to last.
  void doubt_up_to(event::FrameId last);

  // Nothing in flight and nothing synced left to send.
  [[nodiscard]] bool idle() const;
  // With what is settled but not yet stored.
  [[nodiscard]] const buffer::AckState& ack() const;
  [[nodiscard]] const DeliveryStats& stats() const;
  // Event time of the oldest document in flight, 0 = none.
  [[nodiscard]] std::int64_t oldest_ns() const;
  // Of the log files' bytes that the read ledger counts: those whose documents are settled.
  [[nodiscard]] std::uint64_t settled_log_bytes() const;

 private:
  Status fetch();
  Status start_flight(buffer::StoredFrame frame);
  void settle();
  Status store_if_due(TimePoint now);
  Status store_now(TimePoint now);
  void mark_stored();
  void send_ready(TimePoint now);
  [[nodiscard]] TimePoint next_time(TimePoint now) const;

  buffer::SegmentLog& log_;
  std::unique_ptr<DeliveryContext> context_;
  std::unique_ptr<Settlement> settlement_;
  std::unique_ptr<BulkSender> sender_;
  // nullptr: the sink has no targets.
  std::unique_ptr<TargetPin> pin_;
  std::unique_ptr<RejectedDocuments> rejected_;
  std::unique_ptr<ResponseHandler> responses_;
};

}  // namespace auditship::delivery
