#include "agent/delivery/rejected_documents.h"

#include <map>
#include <string>
#include <utility>

#include "agent/delivery/delivery_context_internal.h"

namespace auditship::delivery {

using dead_letters::RejectedDocument;
using in_flight::InFlightBatch;
using in_flight::PendingRequest;
using in_flight::RepairedDocuments;
using sinks::framing::FramedItem;

RejectedDocuments::Rest RejectedDocuments::take(InFlightBatch& batch, const PendingRequest& request,
                                                const std::vector<event::ItemOutcome>& rejected,
                                                const Items& items, bool may_be_there) {
  Rest rest;
  DeadItems dead = repair_some(batch, request, rejected, items, rest);
  if (dead.items.empty()) {
    return rest;
  }
  if (may_be_there) {
    rest.doubtful = in_flight::make_payload(dead.items, request.payload.codec);
    rest.doubtful_why = std::move(dead.why);
  } else {
    rest.unwritten = give_up(batch, request, dead);
  }
  return rest;
}

std::optional<in_flight::BulkPayload> RejectedDocuments::give_up(InFlightBatch& batch,
                                                                 const PendingRequest& request,
                                                                 const DeadItems& dead) {
  if (dead_letter(batch, request, dead)) {
    return std::nullopt;
  }
  return in_flight::make_payload(dead.items, request.payload.codec);
}

RejectedDocuments::DeadItems RejectedDocuments::repair_some(
    InFlightBatch& batch, const PendingRequest& request,
    const std::vector<event::ItemOutcome>& rejected, const Items& items, Rest& rest) {
  DeadItems dead;
  std::vector<std::string> repaired;
  repaired.reserve(rejected.size());
  Items second_try;
  Items originals;
  RepairedDocuments before;
  const sinks::framing::ItemFraming& framing = context_.framing();
  for (const event::ItemOutcome& why : rejected) {
    if (!why.code.empty()) {  // else it was counted as a whole
      ++context_.reporter.stats().failures[why.code];
    }
    if (why.schema_mismatch) {
      context_.reporter.report_rejected(
          why.code,
          "the mapping of the index does not take documents as they are: they are "
          "repaired, or go to the dead-letter file",
          1, why, context_.clock.now());
    }
    const FramedItem& item = items[why.item];
    auto better = !request.repaired && repair_ ? repair_(item.document, why) : std::nullopt;
    if (better) {
      repaired.push_back(std::move(*better));
      second_try.push_back(FramedItem{item.head, repaired.back()});
      originals.push_back(item);
      before.refused.emplace(framing.id_of(item), why);
    } else {
      dead.items.push_back(item);
      dead.why.push_back(why);
    }
  }
  if (!second_try.empty()) {
    context_.reporter.stats().repaired += second_try.size();
    before.originals = in_flight::make_payload(originals, request.payload.codec);
    batch.repaired.push_back(std::move(before));
    rest.repaired = in_flight::make_payload(second_try, request.payload.codec);
  }
  return dead;
}

// False: they cannot be written now.
bool RejectedDocuments::dead_letter(InFlightBatch& batch, const PendingRequest& request,
                                    const DeadItems& dead) {
  const sinks::framing::ItemFraming& framing = context_.framing();
  std::vector<RejectedDocument> documents;
  documents.reserve(dead.items.size());
  for (std::size_t i = 0; i < dead.items.size(); ++i) {
    const FramedItem& item = dead.items[i];
    const event::ItemOutcome& why = dead.why[i];
    documents.push_back(RejectedDocument{
        batch.id, request.index.empty() ? std::string(framing.index_of(item)) : request.index,
        std::string(framing.id_of(item)), std::string(item.document), why.status, why.type,
        why.reason});
  }
  if (request.repaired) {
    restore_originals(batch, documents);
  }
  const TimePoint now = context_.clock.now();
  if (auto s = writer_.write(documents); !s) {
    context_.reporter.report_unwritten_dead_letters(s.error(), now);
    return false;
  }
  batch.counts.dead_lettered += documents.size();
  context_.reporter.report_rejected(
      "dead-letter",
      "the server refused documents for their content; they are in the dead-letter file",
      documents.size(), dead.why.front(), now);
  return true;
}

// What was repaired in vain is dead-lettered as it was, with what the server said of that.
void RejectedDocuments::restore_originals(const InFlightBatch& batch,
                                          std::vector<RejectedDocument>& documents) const {
  const sinks::framing::ItemFraming& framing = context_.framing();
  for (const RepairedDocuments& before : batch.repaired) {
    std::map<std::string_view, RejectedDocument*> wanted;
    for (RejectedDocument& document : documents) {
      if (const auto known = before.refused.find(document.id); known != before.refused.end()) {
        document.status = known->second.status;
        document.type = known->second.type;
        document.reason = known->second.reason;
        wanted.emplace(document.id, &document);
      }
    }
    if (wanted.empty()) {
      continue;
    }
    auto unpacked = in_flight::unpack_items(before.originals, framing);
    AUDITSHIP_CHECK(unpacked.ok(), "a frame with a good checksum unpacks");
    for (const FramedItem& item : unpacked->items) {
      if (const auto document = wanted.find(framing.id_of(item)); document != wanted.end()) {
        document->second->document = item.document;
      }
    }
  }
}

}  // namespace auditship::delivery
