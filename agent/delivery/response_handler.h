// ResponseHandler: carries out what an answer of the target means for the documents of one request:
// settled, sent again, split, recoded, moved, rejected. What it means, response_action.h says.
//
// Loop thread only. What it borrows must outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/base/clock.h"
#include "agent/delivery/bulk_sender.h"
#include "agent/delivery/in_flight/in_flight_table.h"
#include "agent/delivery/policy/response_action.h"
#include "agent/delivery/rejected_documents.h"
#include "agent/delivery/target_pin.h"

namespace auditship::delivery {

class ResponseHandler {
 public:
  // pin: nullptr where the sink has no targets.
  ResponseHandler(RejectedDocuments& rejected, BulkSender& sender, TargetPin* pin,
                  DeliveryContext& context)
      : rejected_(rejected), sender_(sender), pin_(pin), context_(context) {}

  // The request with this number of this frame was answered.
  void handle(event::FrameId frame, std::uint64_t number, const event::Outcome& outcome);
  // Cuts a request that is larger than what is sent at once now: to that size in one go, as halving
  // again and again would pack all of it each time.
  void cut(in_flight::InFlightBatch& batch, in_flight::PendingRequests::iterator request);
  // Next to do for a request with refused documents that may be at the target: waits until no attempt can be executed any
  // more, or asks for them. Those that are there are settled, the others are dead-lettered.
  void look_up_refused(in_flight::InFlightBatch& batch,
                       in_flight::PendingRequests::iterator request, TimePoint now);

 private:
  using Request = in_flight::PendingRequests::iterator;

  void handle_whole(in_flight::InFlightBatch& batch, Request request, const event::Outcome& outcome,
                    TimePoint now);
  [[nodiscard]] bool handle_silence(in_flight::InFlightBatch& batch, Request request,
                                    TimePoint now);
  void handle_items(in_flight::InFlightBatch& batch, Request request, const event::Outcome& outcome,
                    TimePoint now);
  void send_items_again(in_flight::InFlightBatch& batch, Request request,
                        const policy::ItemPartition& sorted, const event::Outcome& outcome,
                        TimePoint now);
  void reject(in_flight::InFlightBatch& batch, Request request,
              const std::vector<event::ItemOutcome>& rejected,
              const RejectedDocuments::Items& items);
  void reject_only(in_flight::InFlightBatch& batch, Request request, event::ItemOutcome why);
  void give_up_missing(in_flight::InFlightBatch& batch, Request request,
                       const std::vector<std::uint32_t>& missing);
  void write_later(in_flight::InFlightBatch& batch, Request request,
                   std::optional<in_flight::BulkPayload> unwritten);
  void halve(in_flight::InFlightBatch& batch, Request request);
  void replace(in_flight::InFlightBatch& batch, Request request,
               std::vector<in_flight::BulkPayload> payloads);
  void forget_target();

  RejectedDocuments& rejected_;
  BulkSender& sender_;
  TargetPin* pin_;
  DeliveryContext& context_;
};

}  // namespace auditship::delivery
