// Delivery takes synced frames from the buffer to the sink and settles them in order (B4, B5).
//
//   delivery.step(now) → when to call again; wake() is called when an answer arrives
//
// Promises: a frame's index is fixed and synced before its first attempt and kept by every retry;
// only what needs it is sent again; nothing is dropped: a document ends as created, existed, or
// dead-lettered (synced). Waiting grows exponentially with full jitter and never gives up. At most
// kMaxFlights frames are in memory. Frames in doubt (AckState::doubted) are looked up in all
// indices of the alias before they are sent. All calls on the loop thread. log, sink, dead_letters,
// clock, rng and logger must outlive it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/logger.h"
#include "agent/buffer/segment_log.h"
#include "agent/delivery/bulk_payload.h"
#include "agent/delivery/failure_throttle.h"
#include "agent/delivery/send_rate.h"
#include "agent/event/delivery_result.h"
#include "sinks/sink.h"
#include "sinks/targeted_sink.h"

namespace auditship::delivery {

// A document that the server refused for its content, as it was before any repair.
struct Refusal {
  event::FrameId frame = 0;
  std::string index, id, document;
  std::uint16_t status = 0;
  std::string type, reason;
};

// Where refused documents go. put() returns only when they are synced; on an error nothing is
// settled.
class DeadLetterBox {
 public:
  DeadLetterBox() = default;
  DeadLetterBox(const DeadLetterBox&) = delete;
  DeadLetterBox& operator=(const DeadLetterBox&) = delete;
  virtual ~DeadLetterBox() = default;
  virtual Status put(const std::vector<Refusal>& refusals) = 0;
};

// Makes a refused document acceptable, or returns nothing. Tried once a document, under the same
// id.
using Repair = std::function<std::optional<std::string>(std::string_view document,
                                                        const event::ItemOutcome& why)>;

struct DeliveryOptions {
  std::string stream;
  // Which of the buffer's destinations this one delivers to.
  buffer::DestinationId destination = 0;
  std::chrono::milliseconds backoff_first{200};
  std::chrono::milliseconds backoff_most{30000};
  std::chrono::milliseconds target_fresh{5000};  // how long a resolved index is used for new frames
  std::chrono::milliseconds settle_late{
      120000};  // after it was sent a request is executed by then or never: twice its timeout
};

struct DeliveryStats {
  std::uint64_t requests = 0, sent_bytes = 0,
                sent_documents = 0;               // bytes as on the wire, resent ones included
  std::map<std::string, std::uint64_t> failures;  // by outcome code
  std::map<std::string, std::uint64_t> retries;   // requests to be sent again, by verdict
  std::uint64_t repaired = 0, split = 0, moved = 0;
  std::string last_failure;  // in words; empty after a success
  bool blocked = false;
  std::uint64_t ledger_violations = 0;  // frames at which the sum of documents did not hold
};

class Delivery {
 public:
  static constexpr std::size_t kMaxFlights = buffer::AckState::kMaxTargets;

  Delivery(buffer::SegmentLog& log, sinks::Sink& sink, DeadLetterBox& dead_letters, Repair repair,
           const Clock& clock, Rng& rng, Logger& logger, std::function<void()> wake,
           DeliveryOptions options);
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Does what can be done now. Errors: of the buffer (the log is to be opened anew).
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
  [[nodiscard]] const buffer::AckState& ack() const { return ack_; }
  [[nodiscard]] const DeliveryStats& stats() const { return stats_; }
  [[nodiscard]] std::int64_t oldest_ns()
      const;  // event time of the oldest document in flight, 0 = none
  // Of the log files' bytes that the read ledger counts: those whose documents are settled.
  [[nodiscard]] std::uint64_t settled_log_bytes() const { return settled_log_bytes_; }

 private:
  struct Piece;
  struct Original;
  struct Flight;

  Status fetch();
  void take_off(buffer::StoredFrame frame);
  void settle();
  void check_sum(const Flight& done);
  void assign(TimePoint now);
  void ask_target(TimePoint now);
  Status store(TimePoint now);
  void ship(TimePoint now);
  Piece* next_piece(TimePoint now, Flight*& of);
  void send(Flight& flight, Piece& piece);
  void answered(event::FrameId frame, std::uint64_t number, const event::Outcome& outcome);
  void whole_failed(Flight& flight, std::list<Piece>::iterator piece, const event::Outcome& outcome,
                    TimePoint now);
  bool silent(Flight& flight, std::list<Piece>::iterator piece, TimePoint now);
  void items_failed(Flight& flight, std::list<Piece>::iterator piece, const event::Outcome& outcome,
                    TimePoint now);
  void all_well(TimePoint now);
  void tell_refused(std::string_view code, std::string_view text, std::size_t documents,
                    const event::ItemOutcome& why);
  void tell_rest(TimePoint now);
  void tell_blocked(event::Verdict verdict);
  void tell_items(const Flight& flight, const event::ItemOutcome& loudest, std::size_t documents);
  void refuse(Flight& flight, std::list<Piece>::iterator piece,
              const std::vector<event::ItemOutcome>& refused, const std::vector<BulkItem>& items);
  void refuse_only(Flight& flight, std::list<Piece>::iterator piece, event::ItemOutcome why);
  void bury(Flight& flight, std::list<Piece>::iterator piece,
            const std::vector<event::ItemOutcome>& why, const std::vector<BulkItem>& items);
  static void restore(const Flight& flight, std::vector<Refusal>& refusals);
  void halve(Flight& flight, std::list<Piece>::iterator piece);
  void cut(Flight& flight, std::list<Piece>::iterator piece);
  void replace(Flight& flight, std::list<Piece>::iterator piece, std::vector<Part> parts);
  Piece& add_piece(Flight& flight, std::list<Piece>::iterator like, Part part);
  void move_on(Flight& flight, Piece& piece, TimePoint now);
  void located(event::FrameId frame, std::uint64_t number, Result<sinks::Presence> presence);
  void back_off(Piece& piece, TimePoint now, event::Verdict verdict, Duration least);
  [[nodiscard]] TimePoint next_time(TimePoint now) const;
  [[nodiscard]] bool target_is_fresh(TimePoint now) const {
    return target_known_ && now - target_at_ <= options_.target_fresh;
  }
  Flight* find(event::FrameId id);
  std::list<Piece>::iterator find_sent(Flight& flight, std::uint64_t number);

  buffer::SegmentLog& log_;
  sinks::Sink& sink_;
  sinks::TargetedSink* targets_;  // nullptr: shipments name no index
  DeadLetterBox& dead_letters_;
  Repair repair_;
  const Clock& clock_;
  Rng& rng_;
  Logger& logger_;
  std::function<void()> wake_;
  DeliveryOptions options_;

  FailureLog told_;          // of what waits
  FailureLog letters_told_;  // of what is dead-lettered
  std::deque<Flight> flights_;
  buffer::AckState ack_;     // what store() will write
  bool dirty_ = false;       // ack_ differs from the disk
  bool must_store_ = false;  // a new target waits for it
  TimePoint stored_at_{};
  TimePoint store_at_{};  // after a full disk refused it
  DeliveryPace pace_;
  std::uint64_t pieces_made_ = 0;
  std::string target_;
  bool target_known_ = false, target_asked_ = false;
  TimePoint target_at_{}, target_retry_at_{};
  std::uint32_t target_failures_ = 0;
  TimePoint answered_at_{};  // any answer of the server, also a refusal
  TimePoint taken_at_{};     // the last bulk of which it took something
  TimePoint started_at_{};
  std::uint64_t settled_log_bytes_ = 0;
  std::uint64_t off_by_ = 0;   // what a violated sum was off by: told once
  Codec codec_ = Codec::none;  // learned: what bodies are recoded to
  bool recode_ = false;
  DeliveryStats stats_;
  std::shared_ptr<bool>
      alive_;  // owners: this and the callbacks under way, which must not touch a dead Delivery
};

}  // namespace auditship::delivery
