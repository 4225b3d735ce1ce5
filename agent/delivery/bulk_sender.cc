#include "agent/delivery/bulk_sender.h"

#include <utility>

#include "agent/delivery/delivery_context_internal.h"

namespace auditship::delivery {

void BulkSender::send(const in_flight::InFlightBatch& batch, in_flight::PendingRequest& request,
                      std::function<void(const event::Outcome&)> done) {
  if (codec_ && request.payload.codec != *codec_) {
    auto recoded = in_flight::recode_payload(request.payload, *codec_);
    AUDITSHIP_CHECK(recoded.ok(), "a frame with a good checksum unpacks");
    request.payload = std::move(*recoded);
  }
  request.sending = true;
  request.sent_at = context_.clock.now();
  sinks::Shipment shipment;
  shipment.frame = batch.id;
  shipment.index = request.index;
  shipment.body = *request.payload.body;
  shipment.codec = request.payload.codec;
  shipment.documents = request.payload.documents;
  shipment.raw_bytes = request.payload.raw_bytes;
  DeliveryStats& stats = context_.reporter.stats();
  ++stats.requests;
  stats.sent_bytes += request.payload.body->size();
  stats.sent_documents += request.payload.documents;
  sink_.ship(shipment, [alive = context_.alive, body = request.payload.body,
                        done = std::move(done)](const event::Outcome& outcome) {
    if (*alive) {
      done(outcome);
    }
  });
}

void BulkSender::refuse_codec(Codec refused) {
  codec_ = refused == Codec::zstd ? Codec::gzip : Codec::none;
  context_.reporter.report_refused_codec(*codec_);
}

}  // namespace auditship::delivery
