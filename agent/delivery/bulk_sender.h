// BulkSender: hands requests to the sink, packed in the compression that it takes.
//
// Loop thread only. What it borrows must outlive it.
#pragma once

#include <functional>
#include <optional>

#include "agent/base/compression/codec.h"
#include "agent/delivery/in_flight/in_flight_table.h"
#include "sinks/sink.h"

namespace auditship::delivery {

struct DeliveryContext;

class BulkSender {
 public:
  BulkSender(sinks::Sink& sink, DeliveryContext& context) : sink_(sink), context_(context) {}

  // done gets the one Outcome of this request, unless the Delivery goes before.
  void send(const in_flight::InFlightBatch& batch, in_flight::PendingRequest& request,
            std::function<void(const event::Outcome&)> done);
  // The target does not take bodies packed in this codec: from now on they are packed in a plainer
  // one.
  void refuse_codec(Codec refused);

 private:
  sinks::Sink& sink_;
  DeliveryContext& context_;
  // Learned: what bodies are packed in before they are sent.
  std::optional<Codec> codec_;
};

}  // namespace auditship::delivery
