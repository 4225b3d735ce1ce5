// InFlightTable: the frames that delivery has taken from the buffer and not settled yet, and the
// requests that still have to be made for their documents.
//
//   InFlightBatch& batch = table.start_flight(std::move(frame), now_ns);
//   if (auto ready = table.next_ready(now)) …send ready->request…
//   while (auto done = table.take_done()) …settle…         // in the order of the frames
//
// Keeps what is known; decides nothing and sends nothing. Iterators and references stay good until
// their own request or batch goes. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/buffer/segment_log.h"
#include "agent/delivery/in_flight/bulk_payload.h"
#include "agent/event/delivery_result.h"

namespace auditship::delivery::in_flight {

// Documents of a frame that one request carries.
struct PendingRequest {
  std::uint64_t number = 0;
  BulkPayload payload;
  // Where it goes; concrete, never changed but by a look-up. Empty: nobody knows, or there is none.
  std::string index;
  // Failed ones since the last progress.
  std::uint32_t attempts = 0;
  // Time-outs in a row, and since when.
  std::uint32_t silences = 0;
  TimePoint silent_since{};
  bool sending = false;
  // An attempt failed. It is over when the request is gone.
  bool failed = false;
  // Holds documents that were repaired once.
  bool repaired = false;
  // Ask where its ids are before sending.
  bool look_up = false;
  // Where those documents go that are nowhere.
  std::string moving_to;
  // Of each of its documents, why the target refused it; empty: they are to be sent. An earlier attempt may have been
  // executed: those that the target has are no rejected ones.
  std::vector<event::ItemOutcome> refused;
  TimePoint not_before{};
  TimePoint sent_at{};
};

// Documents that were repaired, as they were before: should the server refuse them again, the
// dead-letter entry holds what was logged and not what was made of it.
struct RepairedDocuments {
  BulkPayload originals;
  // What the server said of them, by id.
  std::map<std::string, event::ItemOutcome, std::less<>> refused;
};

using PendingRequests = std::list<PendingRequest>;

struct InFlightBatch {
  event::FrameId id = 0;
  std::uint32_t documents = 0;
  // Documents of all frames up to this one; 0: not known.
  std::uint64_t made = 0;
  // Bytes of log files that frames up to this one dealt with; 0: not known.
  std::uint64_t log_bytes = 0;
  // Event time of its oldest document; of when it was taken, if none has a time.
  std::int64_t oldest_ns = 0;
  // Concrete; fixed before the first attempt. Empty: nobody knows.
  std::string index;
  // index is known, and synced in the slot, and synced with the mark of a frame that is moving.
  bool targeted = false, stored = false, moved = false;
  // Until then a request without an answer may still be executed.
  TimePoint unsure_until{};
  // Empty: all documents are done.
  PendingRequests requests;
  std::vector<RepairedDocuments> repaired;
  // To be read again first.
  std::vector<buffer::LostRange> lost_ranges;
  event::DeliveryLedger counts;

  [[nodiscard]] bool done() const { return requests.empty() && lost_ranges.empty(); }
};

class InFlightTable {
 public:
  // Takes a frame in. Its documents, if it has any, become one request.
  InFlightBatch& start_flight(buffer::StoredFrame frame, std::int64_t now_ns);
  // The oldest batch, when it is done. It leaves the table.
  std::optional<InFlightBatch> take_done();

  // Must be there.
  InFlightBatch& find(event::FrameId id);
  // Must be there and under way.
  static PendingRequests::iterator find_sending(InFlightBatch& batch, std::uint64_t number);

  // A request that may be sent now; one that was never answered only when there is no other.
  struct Ready {
    InFlightBatch* batch = nullptr;
    PendingRequests::iterator request;
  };
  [[nodiscard]] std::optional<Ready> next_ready(TimePoint now);
  // When next_ready() will have one that waits; nullopt: when something else happens.
  [[nodiscard]] std::optional<TimePoint> next_ready_at() const;

  // A new request in front of `like`, going where that goes.
  PendingRequest& add(InFlightBatch& batch, PendingRequests::iterator like, BulkPayload payload);
  // New requests in place of `request`, whose documents these payloads are.
  void replace(InFlightBatch& batch, PendingRequests::iterator request,
               std::vector<BulkPayload> payloads, std::uint32_t most_silences, TimePoint now);

  // The ranges of the oldest batch that waits for lines to be read again; empty: none does.
  [[nodiscard]] std::vector<buffer::LostRange> lost_ranges() const;
  // That batch waits no more.
  void repaired();

  [[nodiscard]] bool empty() const { return batches_.empty(); }
  [[nodiscard]] std::size_t size() const { return batches_.size(); }
  // Requests that were sent and not answered.
  [[nodiscard]] std::size_t under_way() const;
  // Batches that should keep no other waiting: they wait for lines, are never answered, or wait until it is sure what the
  // target has of them.
  [[nodiscard]] std::size_t stalled() const;
  [[nodiscard]] bool any_failed() const;
  // 0: nothing is in flight.
  [[nodiscard]] std::int64_t oldest_ns() const;

  // Oldest first.
  [[nodiscard]] std::deque<InFlightBatch>& batches() { return batches_; }
  [[nodiscard]] const std::deque<InFlightBatch>& batches() const { return batches_; }

 private:
  std::deque<InFlightBatch> batches_;
  std::uint64_t requests_made_ = 0;
};

}  // namespace auditship::delivery::in_flight
