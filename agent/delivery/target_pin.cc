#include "agent/delivery/target_pin.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "agent/delivery/delivery_context_internal.h"

namespace auditship::delivery {

using in_flight::InFlightBatch;
using in_flight::PendingRequest;

TargetPin::TargetPin(sinks::TargetedSink& sink, Settlement& settlement, DeliveryContext& context)
    : sink_(sink),
      settlement_(settlement),
      context_(context),
      resolver_(sink, context),
      started_at_(context.clock.now()) {}

void TargetPin::adopt(InFlightBatch& batch) {
  const buffer::AckState& ack = settlement_.ack();
  const auto known = ack.targets.find(batch.id);
  const bool doubted = batch.id <= ack.doubted;
  if (batch.requests.empty() || (known == ack.targets.end() && !doubted)) {
    return;
  }
  // The run that stored the target may have sent the frame already.
  const std::string target = known == ack.targets.end() ? std::string() : known->second;
  batch.moved = doubted || target.starts_with(kMovedMark);
  batch.index = doubted ? std::string() : batch.moved ? target.substr(1) : target;
  batch.targeted = true;
  batch.unsure_until = started_at_ + context_.options.settle_late;
  const std::string stored = batch.moved ? kMovedMark + batch.index : batch.index;
  batch.stored = stored == target;
  if (!batch.stored) {
    settlement_.set_target(batch.id, stored);
  }
  PendingRequest& request = batch.requests.front();
  request.look_up = batch.moved;
  request.index = batch.moved ? std::string() : batch.index;
}

void TargetPin::pin_new(TimePoint now) {
  for (InFlightBatch& batch : context_.batches.batches()) {
    if (batch.targeted || batch.requests.empty()) {
      continue;
    }
    if (!resolver_.fresh(now)) {
      resolver_.ask(now);
      return;
    }
    batch.index = batch.requests.front().index = resolver_.index();
    batch.targeted = true;
    settlement_.set_target(batch.id, batch.index);
  }
}

bool TargetPin::waiting() const {
  const auto& batches = context_.batches.batches();
  return !resolver_.asking() &&
         std::any_of(batches.begin(), batches.end(), [](const InFlightBatch& batch) {
           return !batch.targeted && !batch.requests.empty();
         });
}

void TargetPin::move(InFlightBatch& batch, PendingRequest& request, TimePoint now) {
  if (!resolver_.fresh(now)) {
    resolver_.ask(now);
    request.not_before = std::max(now + context_.options.backoff_first, resolver_.retry_at());
    return;
  }
  if (!request.index.empty() && resolver_.index() == request.index) {
    // The alias still points there: somebody has to repair it, or it opens again.
    request.look_up = false;
    resolver_.forget();
    context_.reporter.stats().blocked = true;
    context_.back_off(request, now, event::Verdict::blocked);
    return;
  }
  if (!batch.moved) {
    batch.moved = true;
    batch.stored = false;
    settlement_.set_target(batch.id, kMovedMark + batch.index);
    request.not_before = now;
    return;
  }
  if (now < batch.unsure_until) {
    request.not_before = batch.unsure_until;
    return;
  }
  if (resolver_.index().empty()) {
    // Indices cannot be asked for: ids protect within the one behind the alias, and a warning said
    // so.
    request.look_up = false;
    return;
  }
  request.moving_to = resolver_.index();
  look_up(batch, request, batch.index,
          [this](InFlightBatch& looked_up, in_flight::PendingRequests::iterator answered,
                 const std::vector<std::uint32_t>& missing) {
            send_missing(looked_up, answered, missing);
          });
}

void TargetPin::look_up(InFlightBatch& batch, PendingRequest& request, const std::string& index,
                        Learned learned) {
  auto unpacked = in_flight::unpack_items(request.payload, context_.framing());
  AUDITSHIP_CHECK(unpacked.ok(), "a frame with a good checksum unpacks");
  std::vector<std::string> ids;
  ids.reserve(unpacked->items.size());
  for (const sinks::framing::FramedItem& item : unpacked->items) {
    ids.emplace_back(context_.framing().id_of(item));
  }
  request.sending = true;
  sink_.look_up(index, ids,
                [this, alive = context_.alive, frame = batch.id, number = request.number,
                 learned = std::move(learned)](const Result<sinks::Presence>& presence) {
                  if (*alive) {
                    learn(frame, number, presence, learned);
                    context_.wake();
                  }
                });
}

void TargetPin::learn(event::FrameId frame, std::uint64_t number,
                      const Result<sinks::Presence>& presence, const Learned& learned) {
  InFlightBatch& batch = context_.batches.find(frame);
  const auto request = in_flight::InFlightTable::find_sending(batch, number);
  const TimePoint now = context_.clock.now();
  request->sending = false;
  if (!presence || presence->found.size() != request->payload.documents) {
    const std::string why = presence ? "short answer" : presence.error().message;
    context_.reporter.report_failed_look_up(frame, why, sink_.trouble_blocks(), now);
    context_.back_off(*request, now, event::Verdict::blocked);
    return;
  }
  context_.answered_at = now;
  request->attempts = 0;
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < request->payload.documents; ++i) {
    if (!presence->found[i]) {
      missing.push_back(i);
    }
  }
  batch.counts.duplicate += request->payload.documents - missing.size();
  learned(batch, request, missing);
}

// To the index that the request moves to.
void TargetPin::send_missing(InFlightBatch& batch, in_flight::PendingRequests::iterator request,
                             const std::vector<std::uint32_t>& missing) {
  context_.reporter.report_look_up(batch.id, batch.index, request->moving_to, missing.size());
  if (missing.empty()) {
    batch.requests.erase(request);
    context_.report_recovery_if_over(context_.clock.now());
    return;
  }
  if (missing.size() < request->payload.documents) {
    auto rest = in_flight::select_items(request->payload, context_.framing(), missing);
    AUDITSHIP_CHECK(rest.ok(), "a frame with a good checksum unpacks");
    request->payload = std::move(*rest);
  }
  request->index = request->moving_to;
  request->look_up = false;
}

}  // namespace auditship::delivery
