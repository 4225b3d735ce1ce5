#include "agent/delivery/in_flight/in_flight_table.h"

#include <algorithm>
#include <utility>

namespace auditship::delivery::in_flight {

InFlightBatch& InFlightTable::start_flight(buffer::StoredFrame frame, std::int64_t now_ns) {
  InFlightBatch& started = batches_.emplace_back();
  event::Batch& batch = frame.batch;
  started.id = frame.id;
  started.counts.lost = frame.lost_documents;
  started.lost_ranges = std::move(frame.lost_ranges);
  started.documents = batch.documents;
  started.made = batch.ledger.documents + batch.ledger.derived;
  started.log_bytes = batch.ledger.bytes;
  started.oldest_ns = batch.oldest_ns != 0 || batch.documents == 0 ? batch.oldest_ns : now_ns;
  if (batch.documents > 0) {
    PendingRequest& request = started.requests.emplace_back();
    request.number = ++requests_made_;
    request.payload = BulkPayload{std::make_shared<const std::string>(std::move(batch.body)),
                                  batch.codec, batch.documents, batch.raw_bytes};
  }
  return started;
}

std::optional<InFlightBatch> InFlightTable::take_done() {
  if (batches_.empty() || !batches_.front().done()) {
    return std::nullopt;
  }
  InFlightBatch done = std::move(batches_.front());
  batches_.pop_front();
  return done;
}

InFlightBatch& InFlightTable::find(event::FrameId id) {
  const auto at = std::find_if(batches_.begin(), batches_.end(),
                               [&](const InFlightBatch& batch) { return batch.id == id; });
  AUDITSHIP_CHECK(at != batches_.end(), "an answer belongs to a frame in flight");
  return *at;
}

PendingRequests::iterator InFlightTable::find_sending(InFlightBatch& batch, std::uint64_t number) {
  const auto request =
      std::find_if(batch.requests.begin(), batch.requests.end(),
                   [&](const PendingRequest& each) { return each.number == number; });
  AUDITSHIP_CHECK(request != batch.requests.end() && request->sending,
                  "an answer belongs to a request under way");
  return request;
}

std::optional<InFlightTable::Ready> InFlightTable::next_ready(TimePoint now) {
  std::optional<Ready> best;
  for (InFlightBatch& batch : batches_) {
    if (!batch.stored) {
      continue;
    }
    for (auto request = batch.requests.begin(); request != batch.requests.end(); ++request) {
      if (!request->sending && now >= request->not_before &&
          (!best || request->silences < best->request->silences)) {
        best = Ready{&batch, request};
      }
    }
  }
  return best;
}

std::optional<TimePoint> InFlightTable::next_ready_at() const {
  std::optional<TimePoint> next;
  for (const InFlightBatch& batch : batches_) {
    for (const PendingRequest& request : batch.requests) {
      if (!request.sending && batch.stored) {
        next = std::min(next.value_or(request.not_before), request.not_before);
      }
    }
  }
  return next;
}

PendingRequest& InFlightTable::add(InFlightBatch& batch, PendingRequests::iterator like,
                                   BulkPayload payload) {
  PendingRequest request;
  request.number = ++requests_made_;
  request.payload = std::move(payload);
  request.index = like->index;
  request.attempts = like->attempts;
  request.repaired = like->repaired;
  request.look_up = like->look_up;
  return *batch.requests.insert(like, std::move(request));
}

void InFlightTable::replace(InFlightBatch& batch, PendingRequests::iterator request,
                            std::vector<BulkPayload> payloads, std::uint32_t most_silences,
                            TimePoint now) {
  for (BulkPayload& payload : payloads) {
    PendingRequest& made = add(batch, request, std::move(payload));
    made.attempts = 0;
    made.silences = std::min(request->silences, most_silences);
    made.silent_since = now;
  }
  batch.requests.erase(request);
}

std::vector<buffer::LostRange> InFlightTable::lost_ranges() const {
  for (const InFlightBatch& batch : batches_) {
    if (!batch.lost_ranges.empty()) {
      return batch.lost_ranges;
    }
  }
  return {};
}

void InFlightTable::repaired() {
  for (InFlightBatch& batch : batches_) {
    if (!batch.lost_ranges.empty()) {
      batch.lost_ranges.clear();
      return;
    }
  }
}

std::size_t InFlightTable::under_way() const {
  std::size_t count = 0;
  for (const InFlightBatch& batch : batches_) {
    count += static_cast<std::size_t>(
        std::count_if(batch.requests.begin(), batch.requests.end(),
                      [](const PendingRequest& request) { return request.sending; }));
  }
  return count;
}

std::size_t InFlightTable::stalled() const {
  return static_cast<std::size_t>(
      std::count_if(batches_.begin(), batches_.end(), [](const InFlightBatch& batch) {
        return !batch.lost_ranges.empty() ||
               (!batch.requests.empty() && std::all_of(batch.requests.begin(), batch.requests.end(),
                                                       [](const PendingRequest& request) {
                                                         return request.silences > 0 ||
                                                                !request.refused.empty();
                                                       }));
      }));
}

bool InFlightTable::any_failed() const {
  return std::any_of(batches_.begin(), batches_.end(), [](const InFlightBatch& batch) {
    return std::any_of(batch.requests.begin(), batch.requests.end(),
                       [](const PendingRequest& request) { return request.failed; });
  });
}

std::int64_t InFlightTable::oldest_ns() const {
  std::int64_t oldest = 0;
  for (const InFlightBatch& batch : batches_) {
    if (batch.oldest_ns != 0 && (oldest == 0 || batch.oldest_ns < oldest)) {
      oldest = batch.oldest_ns;
    }
  }
  return oldest;
}

}  // namespace auditship::delivery::in_flight
