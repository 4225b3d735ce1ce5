#include "agent/delivery/delivery.h"

#include <algorithm>
#include <utility>

#include "agent/delivery/delivery_context_internal.h"
#include "agent/delivery/response_handler.h"

namespace auditship::delivery {

using in_flight::InFlightBatch;
using in_flight::PendingRequest;

Delivery::Delivery(buffer::SegmentLog& log, sinks::Sink& sink,
                   dead_letters::DeadLetterWriter& dead_letters, Repair repair, const Clock& clock,
                   Rng& rng, Logger& logger, std::function<void()> wake, DeliveryOptions options)
    : log_(log),
      context_(std::make_unique<DeliveryContext>(clock, rng, logger, std::move(wake),
                                                 std::move(options))),
      settlement_(
          std::make_unique<Settlement>(log, context_->options.destination, context_->reporter)),
      sender_(std::make_unique<BulkSender>(sink, *context_)),
      pin_(sink.targets() == nullptr
               ? nullptr
               : std::make_unique<TargetPin>(*sink.targets(), *settlement_, *context_)),
      rejected_(std::make_unique<RejectedDocuments>(dead_letters, std::move(repair), *context_)),
      responses_(std::make_unique<ResponseHandler>(*rejected_, *sender_, pin_.get(), *context_)) {
  AUDITSHIP_CHECK(context_->options.framing != nullptr, "delivery is told how items are framed");
}

Delivery::~Delivery() { *context_->alive = false; }

Status Delivery::prepare() { return fetch(); }

Result<TimePoint> Delivery::step(TimePoint now) {
  settle();
  if (auto s = fetch(); !s) {
    return s.error();
  }
  settle();  // frames without documents need no sending
  if (pin_ != nullptr) {
    pin_->pin_new(now);
  }
  if (auto s = store_if_due(now); !s) {
    return s.error();
  }
  send_ready(now);
  context_->reporter.report_held_back(now);
  return next_time(now);
}

Status Delivery::flush() {
  settle();
  const TimePoint now = context_->clock.now();
  context_->reporter.report_held_back(now + policy::FailureThrottle::kQuiet);
  return settlement_->dirty() ? store_now(now) : Status();
}

bool Delivery::idle() const {
  return context_->batches.empty() &&
         log_.handed_out(context_->options.destination) >= log_.synced();
}

std::int64_t Delivery::oldest_ns() const { return context_->batches.oldest_ns(); }

const buffer::AckState& Delivery::ack() const { return settlement_->ack(); }

const DeliveryStats& Delivery::stats() const { return context_->reporter.stats(); }

std::uint64_t Delivery::settled_log_bytes() const { return settlement_->settled_log_bytes(); }

std::vector<buffer::LostRange> Delivery::lost_ranges() const {
  return context_->batches.lost_ranges();
}

void Delivery::repaired() { context_->batches.repaired(); }

Status Delivery::doubt_all() {
  if (ack().doubted == buffer::AckState::kAllDoubted) {
    return {};
  }
  settlement_->doubt_up_to(buffer::AckState::kAllDoubted);
  return store_now(context_->clock.now());
}

void Delivery::doubt_up_to(event::FrameId last) { settlement_->doubt_up_to(last); }

// Frames whose requests are never answered do not keep others waiting.
Status Delivery::fetch() {
  const std::size_t stalled = context_->batches.stalled();
  while (context_->batches.size() < std::min(context_->rate.window() + stalled, kMaxFlights)) {
    auto frame = log_.next(context_->options.destination);
    if (!frame) {
      return frame.error();
    }
    if (!*frame) {
      return {};
    }
    if (auto s = start_flight(std::move(**frame)); !s) {
      return s;
    }
  }
  return {};
}

Status Delivery::start_flight(buffer::StoredFrame frame) {
  if (frame.batch.documents > 0 && frame.batch.framing != context_->framing().name()) {
    return Error{Errc::invalid,
                 "the buffer holds documents for another type of sink (framing \"" +
                     frame.batch.framing + "\", configured is \"" +
                     std::string(context_->framing().name()) +
                     "\"): let the sink of before have them first, or move the buffer's "
                     "directory away"};
  }
  if (context_->batches.empty()) {
    settlement_->note_bytes_before(frame.bytes_before);
  }
  InFlightBatch& batch =
      context_->batches.start_flight(std::move(frame), context_->clock.wall_ns());
  if (pin_ != nullptr) {
    pin_->adopt(batch);
  } else {
    batch.targeted = batch.stored = true;
  }
  return {};
}

void Delivery::settle() {
  while (const auto done = context_->batches.take_done()) {
    settlement_->settle(*done);
  }
}

Status Delivery::store_if_due(TimePoint now) {
  if (!settlement_->due(now, context_->batches.empty())) {
    return {};
  }
  auto stored = settlement_->store_or_put_off(now);
  if (!stored) {
    return stored.error();
  }
  if (*stored) {
    mark_stored();
  }
  return {};
}

Status Delivery::store_now(TimePoint now) {
  auto s = settlement_->store(now);
  if (s) {
    mark_stored();
  }
  return s;
}

// The slot names the index of each frame that has one.
void Delivery::mark_stored() {
  for (InFlightBatch& batch : context_->batches.batches()) {
    batch.stored = batch.stored || batch.targeted;
  }
}

void Delivery::send_ready(TimePoint now) {
  policy::SendRate& rate = context_->rate;
  if (now < rate.resume_at()) {
    return;
  }
  std::size_t under_way = context_->batches.under_way();
  while (under_way < rate.requests()) {
    const auto ready = context_->batches.next_ready(now);
    if (!ready) {
      return;
    }
    InFlightBatch& batch = *ready->batch;
    PendingRequest& request = *ready->request;
    if (request.look_up) {
      pin_->move(batch, request, now);
    } else if (!request.refused.empty()) {
      responses_->look_up_refused(batch, ready->request, now);
    } else if (rate.part_bytes() > 0 && request.payload.raw_bytes > rate.part_bytes() &&
               request.payload.documents > 1) {
      responses_->cut(batch, ready->request);
      continue;
    } else {
      sender_->send(
          batch, request,
          [this, frame = batch.id, number = request.number](const event::Outcome& outcome) {
            responses_->handle(frame, number, outcome);
            context_->wake();
          });
    }
    under_way += request.sending ? 1 : 0;
  }
}

TimePoint Delivery::next_time(TimePoint now) const {
  TimePoint next = now + std::chrono::seconds(3600);
  if (settlement_->dirty()) {
    next = std::min(next, settlement_->due_at());
  }
  if (pin_ != nullptr && pin_->waiting()) {
    next = std::min(next, pin_->retry_at());
  }
  const auto ready = context_->batches.next_ready_at();
  // While as many requests are under way as may be, an answer wakes us.
  if (ready && context_->batches.under_way() < context_->rate.requests()) {
    next = std::min(next, std::max(*ready, context_->rate.resume_at()));
  }
  return std::max(next, now);
}

}  // namespace auditship::delivery
