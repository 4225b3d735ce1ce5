// The part of Delivery that deals with indices that take no more writes, and with frames in doubt:
// look their ids up in all indices that can hold them, and send what is missing to the current one.
#include <algorithm>

#include "agent/delivery/delivery.h"
#include "agent/delivery/delivery_internal.h"

namespace auditship::delivery {

// Before ids are looked up, the slot must say that the frame is moving, and an earlier request must
// have had time to end.
void Delivery::move_on(Flight& flight, Piece& piece, TimePoint now) {
  if (!target_is_fresh(now)) {
    ask_target(now);
    piece.not_before = std::max(now + options_.backoff_first, target_retry_at_);
    return;
  }
  if (!piece.index.empty() && target_ == piece.index) {
    // The alias still points there: somebody has to repair it, or it opens again.
    piece.look_up = false;
    target_known_ = false;
    stats_.blocked = true;
    back_off(piece, now, event::Verdict::blocked, Duration{});
    return;
  }
  if (!flight.moved) {
    flight.moved = true;
    flight.stored = false;
    ack_.targets[flight.id] = kMovedMark + flight.index;
    dirty_ = must_store_ = true;
    piece.not_before = now;
    return;
  }
  if (now < flight.unsure_until) {
    piece.not_before = flight.unsure_until;
    return;
  }
  if (target_.empty()) {
    piece.look_up = false;  // indices cannot be asked for: ids protect within the one behind the
                            // alias, and a warning said so
    return;
  }
  auto raw = unpack_part(piece.part);
  auto items = raw ? bulk_items(*raw) : Result<std::vector<BulkItem>>(raw.error());
  AUDITSHIP_CHECK(items.ok(), "a frame with a good checksum unpacks");
  std::vector<std::string> ids;
  ids.reserve(items->size());
  for (const BulkItem& item : *items) {
    ids.emplace_back(id_of(item.action));
  }
  piece.sending = true;
  piece.moving_to = target_;
  targets_->look_up(flight.index, ids,
                    [this, alive = alive_, frame = flight.id,
                     number = piece.number](Result<sinks::Presence> presence) {
                      if (*alive) {
                        located(frame, number, std::move(presence));
                        wake_();
                      }
                    });
}

void Delivery::located(event::FrameId frame, std::uint64_t number,
                       Result<sinks::Presence> presence) {
  Flight* flight = find(frame);
  const auto piece = find_sent(*flight, number);
  piece->sending = false;
  if (!presence || presence->found.size() != piece->part.documents) {
    const std::string why = presence ? "short answer" : presence.error().message;
    ++stats_.failures["look-up-failed"];
    if (const auto times = told_.tell("look-up-failed", clock_.now())) {
      logger_.warn(
          "look-up-failed",
          "it cannot be found out which documents of a frame are in an index already; they wait",
          {{"stream", options_.stream}, {"frame", frame}, {"error", why}, {"failures", *times}});
    }
    stats_.last_failure = why;
    stats_.blocked = targets_->trouble_blocks();
    back_off(*piece, clock_.now(), event::Verdict::blocked, Duration{});
    return;
  }
  answered_at_ = clock_.now();
  piece->attempts = 0;
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < piece->part.documents; ++i) {
    if (!presence->found[i]) {
      missing.push_back(i);
    }
  }
  flight->counts.existed += piece->part.documents - missing.size();
  stats_.moved += missing.size();
  logger_.info("looked-up", "documents that are in no index yet go to the current one",
               {{"stream", options_.stream},
                {"frame", frame},
                {"from", flight->index},
                {"to", piece->moving_to},
                {"missing", missing.size()}});
  if (missing.empty()) {
    flight->pieces.erase(piece);
    all_well(clock_.now());
    return;
  }
  if (missing.size() < piece->part.documents) {
    auto rest = select_part(piece->part, missing);
    AUDITSHIP_CHECK(rest.ok(), "a frame with a good checksum unpacks");
    piece->part = std::move(*rest);
  }
  piece->index = piece->moving_to;
  piece->look_up = false;
}

}  // namespace auditship::delivery
