// RejectedDocuments: what becomes of documents that the target refused for their content. Repaired
// once if that is possible, else dead-lettered, as they were logged (B5). A document is dead-lettered or at the target,
// never both: where an earlier attempt may have been executed, it is asked for first.
//
// Loop thread only. What it borrows must outlive it.
#pragma once

#include <optional>
#include <vector>

#include "agent/delivery/dead_letters/dead_letter_writer.h"
#include "agent/delivery/delivery_options.h"
#include "agent/delivery/in_flight/in_flight_table.h"
#include "sinks/framing/item_framing.h"

namespace auditship::delivery {

struct DeliveryContext;

class RejectedDocuments {
 public:
  using Items = std::vector<sinks::framing::FramedItem>;

  RejectedDocuments(dead_letters::DeadLetterWriter& writer, Repair repair, DeliveryContext& context)
      : writer_(writer), repair_(std::move(repair)), context_(context) {}

  // Documents that are not settled by take().
  struct Rest {
    // To be sent under the same ids.
    std::optional<in_flight::BulkPayload> repaired;
    // The dead-letter file did not take them: to be sent, and rejected, again later.
    std::optional<in_flight::BulkPayload> unwritten;
    // The target may have them: to be asked for before they are given up. Why each was refused.
    std::optional<in_flight::BulkPayload> doubtful;
    std::vector<event::ItemOutcome> doubtful_why;
  };
  // Items that cannot be repaired, and why each was rejected.
  struct DeadItems {
    Items items;
    std::vector<event::ItemOutcome> why;
  };

  // rejected: outcomes of some of the items of the request. may_be_there: an earlier attempt at them may have been
  // executed.
  Rest take(in_flight::InFlightBatch& batch, const in_flight::PendingRequest& request,
            const std::vector<event::ItemOutcome>& rejected, const Items& items, bool may_be_there);
  // Dead-letters items that the target does not have. Gives those that could not be written now.
  std::optional<in_flight::BulkPayload> give_up(in_flight::InFlightBatch& batch,
                                                const in_flight::PendingRequest& request,
                                                const DeadItems& dead);

 private:
  DeadItems repair_some(in_flight::InFlightBatch& batch, const in_flight::PendingRequest& request,
                        const std::vector<event::ItemOutcome>& rejected, const Items& items,
                        Rest& rest);
  [[nodiscard]] bool dead_letter(in_flight::InFlightBatch& batch,
                                 const in_flight::PendingRequest& request, const DeadItems& dead);
  void restore_originals(const in_flight::InFlightBatch& batch,
                         std::vector<dead_letters::RejectedDocument>& documents) const;

  dead_letters::DeadLetterWriter& writer_;
  Repair repair_;
  DeliveryContext& context_;
};

}  // namespace auditship::delivery
