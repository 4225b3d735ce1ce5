// The part of Delivery that deals with documents refused for their content: repair, dead letter.
#include <map>
#include <string>
#include <vector>

#include "agent/delivery/delivery.h"
#include "agent/delivery/delivery_internal.h"

namespace auditship::delivery {

// The one document of a piece is refused as a whole.
void Delivery::refuse_only(Flight& flight, std::list<Piece>::iterator piece,
                           event::ItemOutcome why) {
  auto raw = unpack_part(piece->part);
  auto items = raw ? bulk_items(*raw) : Result<std::vector<BulkItem>>(raw.error());
  AUDITSHIP_CHECK(items.ok() && items->size() == 1, "a frame with a good checksum unpacks");
  refuse(flight, piece, {std::move(why)}, *items);
}

// Documents refused for their content: repaired once if that is possible, else dead-lettered (B5).
// `piece` goes.
void Delivery::refuse(Flight& flight, std::list<Piece>::iterator piece,
                      const std::vector<event::ItemOutcome>& refused,
                      const std::vector<BulkItem>& items) {
  std::vector<std::string> repaired;
  std::vector<BulkItem> second_try, dead_items;
  std::vector<event::ItemOutcome> dead;
  std::vector<BulkItem> originals;
  Original original;
  repaired.reserve(refused.size());
  for (const event::ItemOutcome& item : refused) {
    if (!item.code.empty()) {  // else it was counted as a whole
      ++stats_.failures[item.code];
    }
    if (item.schema_mismatch) {
      tell_refused(item.code,
                   "the mapping of the index does not take documents as they are: they are "
                   "repaired, or go to the dead-letter file",
                   1, item);
    }
    const BulkItem& source = items[item.item];
    auto better = !piece->repaired && repair_ ? repair_(source.source, item) : std::nullopt;
    if (better) {
      repaired.push_back(std::move(*better));
      second_try.push_back(BulkItem{source.action, repaired.back()});
      originals.push_back(source);
      original.refused.emplace(id_of(source.action), item);
    } else {
      dead_items.push_back(source);
      dead.push_back(item);
    }
  }
  const Codec codec = piece->part.codec;
  if (!second_try.empty()) {
    stats_.repaired += second_try.size();
    original.part = make_part(originals, codec);
    flight.originals.push_back(std::move(original));
    add_piece(flight, piece, make_part(second_try, codec)).repaired = true;
  }
  if (!dead.empty()) {
    bury(flight, piece, dead, dead_items);
  }
  flight.pieces.erase(piece);
}

// What was repaired in vain is buried as it was, with what the server said of that.
void Delivery::restore(const Flight& flight, std::vector<Refusal>& refusals) {
  for (const Original& original : flight.originals) {
    std::map<std::string_view, Refusal*> wanted;
    for (Refusal& refusal : refusals) {
      if (const auto known = original.refused.find(refusal.id); known != original.refused.end()) {
        refusal.status = known->second.status;
        refusal.type = known->second.type;
        refusal.reason = known->second.reason;
        wanted.emplace(refusal.id, &refusal);
      }
    }
    if (wanted.empty()) {
      continue;
    }
    auto raw = unpack_part(original.part);
    auto items = raw ? bulk_items(*raw) : Result<std::vector<BulkItem>>(raw.error());
    AUDITSHIP_CHECK(items.ok(), "a frame with a good checksum unpacks");
    for (const BulkItem& item : *items) {
      if (const auto refusal = wanted.find(id_of(item.action)); refusal != wanted.end()) {
        refusal->second->document = item.source;
      }
    }
  }
}

// What cannot be written to the dead letters is not settled: it is sent, and refused, again later.
void Delivery::bury(Flight& flight, std::list<Piece>::iterator piece,
                    const std::vector<event::ItemOutcome>& why,
                    const std::vector<BulkItem>& items) {
  std::vector<Refusal> refusals;
  refusals.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    refusals.push_back(Refusal{
        flight.id, piece->index.empty() ? std::string(index_of(items[i].action)) : piece->index,
        std::string(id_of(items[i].action)), std::string(items[i].source), why[i].status,
        why[i].type, why[i].reason});
  }
  if (piece->repaired) {
    restore(flight, refusals);
  }
  if (auto s = dead_letters_.put(refusals); s) {
    flight.counts.dead_lettered += why.size();
    tell_refused("dead-letter",
                 "the server refused documents for their content; they are in the dead-letter file",
                 items.size(), why.front());
  } else {
    ++stats_.failures["dead-letter-failed"];
    if (told_.tell("dead-letter-failed", clock_.now())) {
      logger_.error("dead-letter-failed",
                    "refused documents cannot be written to the dead-letter file; they wait",
                    {{"stream", options_.stream}, {"error", s.error().message}});
    }
    stats_.last_failure = "dead letters cannot be written: " + s.error().message;
    Piece& rest = add_piece(flight, piece, make_part(items, piece->part.codec));
    back_off(rest, clock_.now(), event::Verdict::blocked, Duration{});
  }
}

// A letter, or a mapping that does not fit, is said once a minute at most.
void Delivery::tell_refused(std::string_view code, std::string_view text, std::size_t documents,
                            const event::ItemOutcome& why) {
  const TimePoint now = clock_.now();
  if (const auto since_told = letters_told_.tell(code, now, documents)) {
    logger_.warn(LogCode::at_run_time(code), text,
                 {{"stream", options_.stream}, {"documents", *since_told}, {"error", why.message}});
  }
  (void)letters_told_.recovered(now);  // it does not last: the next one is news
}

// Counts that were held back are said when it has become quiet.
void Delivery::tell_rest(TimePoint now) {
  while (const auto held = letters_told_.rest(now)) {
    logger_.warn(LogCode::at_run_time(held->first),
                 "more documents, for reasons like those told before",
                 {{"stream", options_.stream}, {"documents", held->second}});
  }
}

}  // namespace auditship::delivery
