// The half of Delivery that deals with answers: retry, split, recode, repair, dead letter, move.
#include <algorithm>

#include "agent/app/delivery.h"
#include "agent/app/delivery_state.h"

namespace auditship {
namespace {

constexpr std::uint32_t kSilencesBeforeSplit = 2;
constexpr std::uint32_t kWidenAfter = 8;  // quiet answers

}  // namespace

// Full jitter: anything between nothing and twice the last limit, so that many agents do not come back at once.
Duration Delivery::jitter(std::uint32_t attempt, bool blocked) {
  const auto most = std::chrono::duration_cast<std::chrono::microseconds>(options_.backoff_most).count();
  const auto first = std::chrono::duration_cast<std::chrono::microseconds>(blocked ? options_.backoff_first * 10 : options_.backoff_first).count();
  const auto limit = static_cast<std::uint64_t>(std::min<std::int64_t>(most, first << std::min<std::uint32_t>(attempt, 16)));
  return std::chrono::microseconds(1000 + rng_.next() % (limit + 1));
}

void Delivery::back_off(Piece& piece, TimePoint now, const Outcome& outcome) {
  const Duration wait = std::max<Duration>(jitter(piece.attempts++, outcome.verdict == Verdict::blocked), outcome.retry_after);
  piece.not_before = now + wait;
}

void Delivery::answered(FrameId frame, std::uint64_t number, Outcome outcome) {
  Flight* flight = find(frame);
  AUDITSHIP_CHECK(flight != nullptr, "an answer belongs to a frame in flight");
  const auto piece = std::find_if(flight->pieces.begin(), flight->pieces.end(), [&](const Piece& p) { return p.number == number; });
  AUDITSHIP_CHECK(piece != flight->pieces.end() && piece->sending, "an answer belongs to a request under way");
  piece->sending = false;
  const TimePoint now = clock_.now();
  if (outcome.http_status != 0 || outcome.verdict == Verdict::created) {
    answered_at_ = now;
  }
  if (outcome.verdict != Verdict::created) {
    whole_failed(*flight, piece, outcome, now);
    return;
  }
  AUDITSHIP_CHECK(outcome.created + outcome.existed + outcome.items.size() == piece->part.documents, "an outcome accounts for each document sent");
  failed_in_row_ = 0;
  piece->silences = 0;
  flight->counts.created += outcome.created;
  flight->counts.existed += outcome.existed;
  if (outcome.items.empty()) {
    flight->pieces.erase(piece);
    stats_.last_failure.clear();
    stats_.blocked = false;
    if (++quiet_ >= kWidenAfter && window_ < kMaxWindow / 2) {
      ++window_;
      quiet_ = 0;
    }
    return;
  }
  if (outcome.created + outcome.existed > 0) {
    piece->attempts = 0;
  }
  items_failed(*flight, piece, outcome, now);
}

void Delivery::whole_failed(Flight& flight, std::list<Piece>::iterator piece, const Outcome& outcome, TimePoint now) {
  ++stats_.failures[outcome.code];
  quiet_ = 0;
  window_ = std::max<std::size_t>(1, window_ / 2);
  if (stats_.last_failure != outcome.message || (outcome.verdict == Verdict::blocked) != stats_.blocked) {
    logger_.warn(outcome.code, outcome.message, {{"stream", options_.stream}, {"frame", flight.id}, {"status", outcome.http_status}});
  }
  stats_.last_failure = outcome.message;
  stats_.blocked = outcome.verdict == Verdict::blocked;
  const bool silent = outcome.http_status == 0;
  switch (outcome.verdict) {
    case Verdict::split:
      if (!silent) {
        AUDITSHIP_CHECK(piece->part.documents > 1, "the sink asks to split only what can be split");
        halve(flight, piece);
        return;
      }
      // No answer: only when the server answers others is it the body that makes it fall silent.
      target_known_ = false;  // asks the server something small
      if (++piece->silences > kSilencesBeforeSplit && answered_at_ > piece->sent_at) {
        if (piece->part.documents > 1) {
          halve(flight, piece);
          return;
        }
        auto raw = unpack_part(piece->part);
        auto items = raw ? bulk_items(*raw) : Result<std::vector<BulkItem>>(raw.error());
        AUDITSHIP_CHECK(items.ok() && items->size() == 1, "a frame with a good checksum unpacks");
        refuse(flight, piece, {ItemOutcome{0, Verdict::rejected, 0, "no_answer", "the server never answers when it is sent this document"}}, *items);
        return;
      }
      if (!target_asked_) {
        ask_target(now);
      }
      break;
    case Verdict::recode:
      recode_ = true;
      codec_ = piece->part.codec == Codec::zstd ? Codec::gzip : Codec::none;
      logger_.warn("codec-refused", "the server does not take this compression; bodies are packed in another", {{"stream", options_.stream}, {"now", codec_name(codec_)}});
      break;
    case Verdict::index_gone:
      piece->look_up = true;
      target_known_ = false;
      break;
    case Verdict::rejected: {
      auto raw = unpack_part(piece->part);
      auto items = raw ? bulk_items(*raw) : Result<std::vector<BulkItem>>(raw.error());
      AUDITSHIP_CHECK(items.ok() && items->size() == 1, "only a single document is refused as a whole");
      refuse(flight, piece, {ItemOutcome{0, Verdict::rejected, outcome.http_status, outcome.code, outcome.message}}, *items);
      return;
    }
    case Verdict::retry:
    case Verdict::blocked:
    case Verdict::created:
    case Verdict::existed:
      break;
  }
  const Duration wait = std::max<Duration>(jitter(failed_in_row_, outcome.verdict == Verdict::blocked), outcome.retry_after);
  failed_in_row_ = std::min(failed_in_row_ + 1, 32u);
  pause_until_ = now + wait;
}

// Some documents were not taken. What is settled leaves the piece; each of the others goes its own way.
void Delivery::items_failed(Flight& flight, std::list<Piece>::iterator piece, const Outcome& outcome, TimePoint now) {
  auto raw = unpack_part(piece->part);
  AUDITSHIP_CHECK(raw.ok(), "a frame with a good checksum unpacks");
  auto items = bulk_items(*raw);
  AUDITSHIP_CHECK(items.ok() && items->size() == piece->part.documents, "a body has as many items as it says");

  std::vector<ItemOutcome> rejected;
  std::vector<BulkItem> again, gone;
  const ItemOutcome* loudest = nullptr;
  for (const ItemOutcome& item : outcome.items) {
    AUDITSHIP_CHECK(item.item < items->size(), "an item number outside of its part");
    if (item.verdict == Verdict::rejected) {
      rejected.push_back(item);
      continue;
    }
    (item.verdict == Verdict::index_gone ? gone : again).push_back((*items)[item.item]);
    if (loudest == nullptr || item.verdict == Verdict::blocked) {
      loudest = &item;
    }
  }
  if (loudest != nullptr) {
    const std::string key = "item-" + std::to_string(loudest->status);
    stats_.failures[key] += again.size() + gone.size();
    const std::string text = loudest->type + ": " + loudest->reason.substr(0, 200);
    if (stats_.last_failure != key) {
      logger_.warn(key, "the server did not take some documents now; they are sent again",
                   {{"stream", options_.stream}, {"frame", flight.id}, {"documents", again.size() + gone.size()}, {"error", text}});
    }
    stats_.last_failure = key;
    quiet_ = 0;
    if (loudest->status == 429) {
      window_ = std::max<std::size_t>(1, window_ / 2);
    }
  }
  const Codec codec = piece->part.codec;
  const auto add = [&](const std::vector<BulkItem>& left, bool look_up, bool blocked) {
    if (left.empty()) {
      return;
    }
    Piece rest;
    rest.number = ++pieces_made_;
    rest.part = make_part(left, codec);
    rest.attempts = piece->attempts;
    rest.repaired = piece->repaired;
    rest.look_up = look_up;
    Outcome why;
    why.verdict = blocked ? Verdict::blocked : Verdict::retry;
    why.retry_after = outcome.retry_after;
    back_off(rest, now, why);
    flight.pieces.insert(piece, std::move(rest));
  };
  add(again, false, loudest != nullptr && loudest->verdict == Verdict::blocked);
  add(gone, true, false);
  if (!gone.empty()) {
    target_known_ = false;
  }
  if (rejected.empty()) {
    flight.pieces.erase(piece);
    return;
  }
  refuse(flight, piece, rejected, *items);
}

// Documents refused for their content: repaired once if that is possible, else dead-lettered (B5). `piece` goes.
void Delivery::refuse(Flight& flight, std::list<Piece>::iterator piece, const std::vector<ItemOutcome>& refused, const std::vector<BulkItem>& items) {
  std::vector<std::string> repaired;
  std::vector<BulkItem> second_try, dead_items;
  std::vector<Refusal> dead;
  repaired.reserve(refused.size());
  for (const ItemOutcome& item : refused) {
    const BulkItem& source = items[item.item];
    ++stats_.failures["rejected"];
    if (!piece->repaired && repair_) {
      if (auto better = repair_(source.source, item)) {
        repaired.push_back(std::move(*better));
        second_try.push_back(BulkItem{source.action, repaired.back()});
        continue;
      }
    }
    dead_items.push_back(source);
    dead.push_back(Refusal{flight.id, flight.moved && !flight.moved_to.empty() ? flight.moved_to : flight.index, std::string(id_of(source.action)),
                           std::string(source.source), item.status, item.type, item.reason});
  }
  const Codec codec = piece->part.codec;
  const auto replace = [&](const std::vector<BulkItem>& with, bool was_repaired) -> Piece& {
    Piece rest;
    rest.number = ++pieces_made_;
    rest.part = make_part(with, codec);
    rest.repaired = was_repaired;
    return *flight.pieces.insert(piece, std::move(rest));
  };
  if (!second_try.empty()) {
    stats_.repaired += second_try.size();
    replace(second_try, true);
  }
  if (!dead.empty()) {
    if (auto s = dead_letters_.put(dead); s) {
      flight.counts.dead_lettered += dead.size();
      logger_.warn("dead-letter", "the server refused documents for their content; they are in the dead-letter file",
                   {{"stream", options_.stream}, {"documents", dead.size()}, {"error", dead.front().type + ": " + dead.front().reason.substr(0, 200)}});
    } else {
      // Not synced, so not settled: they are sent, and refused, again later.
      logger_.error("dead-letter-failed", "refused documents cannot be written to the dead-letter file; they wait", {{"stream", options_.stream}, {"error", s.error().message}});
      Piece& rest = replace(dead_items, true);
      Outcome why;
      why.verdict = Verdict::blocked;
      back_off(rest, clock_.now(), why);
    }
  }
  flight.pieces.erase(piece);
}

void Delivery::halve(Flight& flight, std::list<Piece>::iterator piece) {
  auto halves = halve_part(piece->part);
  AUDITSHIP_CHECK(halves.ok(), "a frame with a good checksum unpacks");
  ++stats_.split;
  for (Part* part : {&halves->first, &halves->second}) {
    Piece half;
    half.number = ++pieces_made_;
    half.part = std::move(*part);
    half.repaired = piece->repaired;
    half.look_up = piece->look_up;
    half.silences = piece->silences > 0 ? piece->silences - 1 : 0;
    flight.pieces.insert(piece, std::move(half));
  }
  flight.pieces.erase(piece);
}

// The index of this piece takes no more writes. What is nowhere yet goes to the index that the alias names now;
// before that, an earlier request must have had time to end, and the slot must say that the frame is moving.
void Delivery::move_on(Flight& flight, Piece& piece, TimePoint now) {
  if (!target_known_ || now - target_at_ > options_.target_fresh) {
    ask_target(now);
    piece.not_before = now + options_.backoff_first;
    return;
  }
  if (target_ == flight.index && !flight.moved) {
    Outcome why;  // the alias still points there: somebody has to repair it, or it opens again
    why.verdict = Verdict::blocked;
    piece.look_up = false;
    back_off(piece, now, why);
    return;
  }
  if (!flight.moved) {
    flight.moved = true;
    flight.stored = false;
    ack_.targets[flight.id] = kMovedMarkText + flight.index;
    dirty_ = must_store_ = true;
    piece.not_before = now + options_.settle_late;
    return;
  }
  flight.moved_to = target_;
  auto raw = unpack_part(piece.part);
  auto items = raw ? bulk_items(*raw) : Result<std::vector<BulkItem>>(raw.error());
  AUDITSHIP_CHECK(items.ok(), "a frame with a good checksum unpacks");
  std::vector<std::string> ids;
  ids.reserve(items->size());
  for (const BulkItem& item : *items) {
    ids.emplace_back(id_of(item.action));
  }
  piece.sending = true;
  sink_.look_up(flight.index, ids, [this, alive = alive_, frame = flight.id, number = piece.number](Result<Presence> presence) {
    if (*alive) {
      located(frame, number, std::move(presence));
      wake_();
    }
  });
}

void Delivery::located(FrameId frame, std::uint64_t number, Result<Presence> presence) {
  Flight* flight = find(frame);
  AUDITSHIP_CHECK(flight != nullptr, "an answer belongs to a frame in flight");
  const auto piece = std::find_if(flight->pieces.begin(), flight->pieces.end(), [&](const Piece& p) { return p.number == number; });
  AUDITSHIP_CHECK(piece != flight->pieces.end(), "an answer belongs to a piece in flight");
  piece->sending = false;
  if (!presence || presence->found.size() != piece->part.documents) {
    Outcome why;
    why.verdict = Verdict::blocked;
    logger_.warn("look-up-failed", "documents of an index that takes no more writes cannot be looked up; they wait",
                 {{"stream", options_.stream}, {"error", presence ? "short answer" : presence.error().message}});
    back_off(*piece, clock_.now(), why);
    return;
  }
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < piece->part.documents; ++i) {
    if (!presence->found[i]) {
      missing.push_back(i);
    }
  }
  flight->counts.existed += piece->part.documents - missing.size();
  stats_.moved += missing.size();
  logger_.warn("index-moved", "an index takes no more writes; documents missing from it go to the current one",
               {{"stream", options_.stream}, {"from", flight->index}, {"to", flight->moved_to}, {"missing", missing.size()}});
  if (missing.empty()) {
    flight->pieces.erase(piece);
    return;
  }
  auto rest = select_part(piece->part, missing);
  AUDITSHIP_CHECK(rest.ok(), "a frame with a good checksum unpacks");
  piece->part = std::move(*rest);
  piece->look_up = false;
}

}  // namespace auditship
