#include "agent/delivery/response_handler.h"

#include <algorithm>
#include <string>
#include <utility>

#include "agent/delivery/delivery_context_internal.h"

namespace auditship::delivery {

using in_flight::InFlightBatch;
using in_flight::PendingRequest;

namespace {

// The one document of a request is rejected as a whole. It was counted as that.
event::ItemOutcome only_item(std::uint16_t status, const std::string& type,
                             const std::string& reason) {
  event::ItemOutcome item;
  item.verdict = event::Verdict::rejected;
  item.status = status;
  item.type = type;
  item.reason = reason;
  item.message = type + ": " + reason;
  return item;
}

}  // namespace

void ResponseHandler::handle(event::FrameId frame, std::uint64_t number,
                             const event::Outcome& outcome) {
  InFlightBatch& batch = context_.batches.find(frame);
  const auto request = in_flight::InFlightTable::find_sending(batch, number);
  request->sending = false;
  const TimePoint now = context_.clock.now();
  if (outcome.http_status != 0 || outcome.verdict == event::Verdict::created) {
    context_.answered_at = now;
  }
  if (policy::may_still_execute(outcome)) {
    batch.unsure_until =
        std::max(batch.unsure_until, request->sent_at + context_.options.settle_late);
  }
  if (outcome.verdict != event::Verdict::created) {
    handle_whole(batch, request, outcome, now);
    return;
  }
  AUDITSHIP_CHECK(
      outcome.created + outcome.duplicate + outcome.items.size() == request->payload.documents,
      "an outcome accounts for each document sent");
  context_.rate.answered();
  request->silences = 0;
  batch.counts.created += outcome.created;
  batch.counts.duplicate += outcome.duplicate;
  if (outcome.created + outcome.duplicate > 0) {
    context_.taken_at = now;
    request->attempts = 0;
  }
  if (outcome.items.empty()) {
    context_.rate.content(now - request->sent_at);
    batch.requests.erase(request);
  } else {
    handle_items(batch, request, outcome, now);
  }
  context_.report_recovery_if_over(now);
}

void ResponseHandler::handle_whole(InFlightBatch& batch, Request request,
                                   const event::Outcome& outcome, TimePoint now) {
  const policy::RequestAction action = policy::request_action(outcome, request->payload.documents);
  if (action != policy::RequestAction::reject) {
    ++context_.reporter.stats().retries[policy::retry_class(outcome.verdict, outcome.http_status)];
  }
  context_.reporter.report_failed_request(batch.id, outcome, now);
  request->failed = true;
  switch (action) {
    case policy::RequestAction::silence:
      if (handle_silence(batch, request, now)) {
        return;
      }
      break;
    case policy::RequestAction::halve:
      if (outcome.verdict == event::Verdict::split) {
        context_.rate.too_large(request->payload.raw_bytes);
      }
      halve(batch, request);
      return;
    case policy::RequestAction::recode:
      sender_.refuse_codec(request->payload.codec);
      break;
    case policy::RequestAction::look_up:
      request->look_up = pin_ != nullptr;
      forget_target();
      break;
    case policy::RequestAction::reject:
      reject_only(batch, request, only_item(outcome.http_status, outcome.code, outcome.message));
      return;
    case policy::RequestAction::wait:
      if (outcome.verdict == event::Verdict::retry && outcome.http_status == 429) {
        context_.rate.pushed_back(request->payload.raw_bytes);
      }
      break;
  }
  context_.rate.failed(now, outcome.verdict == event::Verdict::blocked, outcome.retry_after);
}

// False: nobody was answered meanwhile, so the silence says nothing about the body.
bool ResponseHandler::handle_silence(InFlightBatch& batch, Request request, TimePoint now) {
  if (++request->silences == 1) {
    request->silent_since = request->sent_at;
  }
  const bool others_answered = context_.answered_at > request->silent_since;
  switch (policy::silence_action(request->silences, request->payload.documents, others_answered,
                                 context_.taken_at > request->silent_since)) {
    case policy::SilenceAction::halve:
      halve(batch, request);
      return true;
    case policy::SilenceAction::reject:
      reject_only(
          batch, request,
          only_item(0, "no_answer", "the server never answers when it is sent this document"));
      return true;
    case policy::SilenceAction::wait:
      break;
  }
  context_.back_off(*request, now, event::Verdict::retry);
  if (pin_ != nullptr) {
    pin_->resolver().forget();
    pin_->resolver().ask(now);  // something small
  }
  return others_answered;
}

// Some documents were not taken. What is settled leaves the request; each of the others goes its own
// way.
void ResponseHandler::handle_items(InFlightBatch& batch, Request request,
                                   const event::Outcome& outcome, TimePoint now) {
  auto unpacked = in_flight::unpack_items(request->payload, context_.framing());
  AUDITSHIP_CHECK(unpacked.ok() && unpacked->items.size() == request->payload.documents,
                  "a frame with a good checksum has as many items as it says");
  const policy::ItemPartition sorted = policy::partition_items(outcome, unpacked->items);
  send_items_again(batch, request, sorted, outcome, now);
  if (sorted.rejected.empty()) {
    batch.requests.erase(request);
  } else {
    reject(batch, request, sorted.rejected, unpacked->items);
  }
}

void ResponseHandler::send_items_again(InFlightBatch& batch, Request request,
                                       const policy::ItemPartition& sorted,
                                       const event::Outcome& outcome, TimePoint now) {
  if (sorted.most_severe == nullptr) {
    return;
  }
  const Codec codec = request->payload.codec;
  std::map<std::string, std::uint64_t>& retries = context_.reporter.stats().retries;
  context_.reporter.report_failed_items(batch.id, *sorted.most_severe,
                                        sorted.again.size() + sorted.gone.size(), now);
  if (policy::is_pressed(sorted, request->payload.documents)) {
    context_.rate.pushed_back(request->payload.raw_bytes);
  }
  if (!sorted.again.empty()) {
    const event::Verdict verdict = sorted.most_severe->verdict;
    ++retries[policy::retry_class(verdict, sorted.most_severe->status)];
    PendingRequest& again =
        context_.batches.add(batch, request, in_flight::make_payload(sorted.again, codec));
    context_.back_off(again, now, verdict, outcome.retry_after);
  }
  if (!sorted.gone.empty()) {
    ++retries[policy::retry_class(event::Verdict::index_gone, 0)];
    PendingRequest& moving =
        context_.batches.add(batch, request, in_flight::make_payload(sorted.gone, codec));
    moving.failed = true;
    moving.look_up = pin_ != nullptr;
    if (pin_ == nullptr) {
      context_.back_off(moving, now, event::Verdict::blocked);
    }
    forget_target();
  }
}

void ResponseHandler::reject_only(InFlightBatch& batch, Request request, event::ItemOutcome why) {
  auto unpacked = in_flight::unpack_items(request->payload, context_.framing());
  AUDITSHIP_CHECK(unpacked.ok() && unpacked->items.size() == 1,
                  "a frame with a good checksum unpacks");
  reject(batch, request, {std::move(why)}, unpacked->items);
}

// `request` goes.
void ResponseHandler::reject(InFlightBatch& batch, Request request,
                             const std::vector<event::ItemOutcome>& rejected,
                             const RejectedDocuments::Items& items) {
  const bool may_be_there =
      pin_ != nullptr && !request->index.empty() && batch.unsure_until != TimePoint{};
  RejectedDocuments::Rest rest = rejected_.take(batch, *request, rejected, items, may_be_there);
  if (rest.repaired) {
    context_.batches.add(batch, request, std::move(*rest.repaired)).repaired = true;
  }
  if (rest.doubtful) {
    context_.batches.add(batch, request, std::move(*rest.doubtful)).refused =
        std::move(rest.doubtful_why);
  }
  write_later(batch, request, std::move(rest.unwritten));
  batch.requests.erase(request);
}

void ResponseHandler::look_up_refused(InFlightBatch& batch, Request request, TimePoint now) {
  if (now < batch.unsure_until) {
    request->not_before = batch.unsure_until;
    return;
  }
  pin_->look_up(
      batch, *request, request->index,
      [this](InFlightBatch& asked_for, Request asked, const std::vector<std::uint32_t>& missing) {
        if (missing.empty()) {
          asked_for.requests.erase(asked);
        } else {
          give_up_missing(asked_for, asked, missing);
        }
        context_.report_recovery_if_over(context_.clock.now());
      });
}

// `request` goes.
void ResponseHandler::give_up_missing(InFlightBatch& batch, Request request,
                                      const std::vector<std::uint32_t>& missing) {
  auto unpacked = in_flight::unpack_items(request->payload, context_.framing());
  AUDITSHIP_CHECK(unpacked.ok() && unpacked->items.size() == request->refused.size(),
                  "a frame with a good checksum unpacks");
  RejectedDocuments::DeadItems dead;
  for (const std::uint32_t number : missing) {
    dead.items.push_back(unpacked->items[number]);
    dead.why.push_back(std::move(request->refused[number]));
  }
  write_later(batch, request, rejected_.give_up(batch, *request, dead));
  batch.requests.erase(request);
}

void ResponseHandler::write_later(InFlightBatch& batch, Request request,
                                  std::optional<in_flight::BulkPayload> unwritten) {
  if (unwritten) {
    PendingRequest& later = context_.batches.add(batch, request, std::move(*unwritten));
    context_.back_off(later, context_.clock.now(), event::Verdict::blocked);
  }
}

void ResponseHandler::halve(InFlightBatch& batch, Request request) {
  auto halves = in_flight::halve_payload(request->payload, context_.framing());
  AUDITSHIP_CHECK(halves.ok(), "a frame with a good checksum unpacks");
  replace(batch, request, {std::move(halves->first), std::move(halves->second)});
}

void ResponseHandler::cut(InFlightBatch& batch, Request request) {
  auto payloads =
      in_flight::cut_payload(request->payload, context_.framing(), context_.rate.part_bytes());
  AUDITSHIP_CHECK(payloads.ok(), "a frame with a good checksum unpacks");
  replace(batch, request, std::move(*payloads));
}

void ResponseHandler::replace(InFlightBatch& batch, Request request,
                              std::vector<in_flight::BulkPayload> payloads) {
  ++context_.reporter.stats().split;
  context_.batches.replace(batch, request, std::move(payloads), policy::kSilencesBeforeSplit,
                           context_.clock.now());
}

void ResponseHandler::forget_target() {
  if (pin_ != nullptr) {
    pin_->resolver().forget();
  }
}

}  // namespace auditship::delivery
