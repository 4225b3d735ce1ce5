// The half of Delivery that deals with answers: retry, split, recode, repair, dead letter.
#include <algorithm>

#include "agent/delivery/delivery.h"
#include "agent/delivery/delivery_internal.h"

namespace auditship::delivery {
namespace {

constexpr std::uint32_t kSilencesBeforeSplit = 2;
constexpr const char* kNeverAnswered = "the server never answers when it is sent this document";
// One document in so many refused with 429 means that the server is pressed: a full queue or disk
// refuses all of a shard.
constexpr std::size_t kPressedFrom = 8;

// The server, or one behind a proxy, may still be executing what this answers.
bool unsure(const event::Outcome& outcome) {
  return outcome.verdict != event::Verdict::created &&
         (outcome.http_status == 0 || outcome.http_status == 408 || outcome.http_status >= 500);
}

// Why documents are sent again, as few words as an operator needs to tell whose turn it is.
const char* retry_class(event::Verdict verdict, std::uint16_t status) {
  switch (verdict) {
    case event::Verdict::blocked:
      return "blocked";
    case event::Verdict::index_gone:
      return "index_gone";
    case event::Verdict::rejected:
      return "refused";
    case event::Verdict::recode:
      return "compression";
    case event::Verdict::split:
      return status == 0 ? "no_answer" : "too_large";
    case event::Verdict::created:
    case event::Verdict::existed:
    case event::Verdict::retry:
      break;
  }
  return status == 0 ? "no_answer" : status == 429 ? "pressure" : "server_error";
}

// Documents of a bulk that were neither created nor there already, by what becomes of them.
struct NotTaken {
  std::vector<event::ItemOutcome> rejected;
  std::vector<BulkItem> again, gone;
  const event::ItemOutcome* loudest = nullptr;  // of again, or else of gone
  std::size_t pushed_back = 0;                  // with 429
};

NotTaken sort_out(const event::Outcome& outcome, const std::vector<BulkItem>& items) {
  NotTaken sorted;
  for (const event::ItemOutcome& item : outcome.items) {
    AUDITSHIP_CHECK(item.item < items.size(), "an item number outside of its part");
    if (item.verdict == event::Verdict::rejected) {
      sorted.rejected.push_back(item);
      continue;
    }
    sorted.pushed_back += item.status == 429 ? 1 : 0;
    (item.verdict == event::Verdict::index_gone ? sorted.gone : sorted.again)
        .push_back(items[item.item]);
    if (sorted.loudest == nullptr || item.verdict == event::Verdict::blocked ||
        (sorted.loudest->verdict == event::Verdict::index_gone &&
         item.verdict != event::Verdict::index_gone)) {
      sorted.loudest = &item;
    }
  }
  return sorted;
}

}  // namespace

void Delivery::back_off(Piece& piece, TimePoint now, event::Verdict verdict, Duration least) {
  piece.failed = true;
  piece.not_before =
      now + std::max(pace_.jitter(piece.attempts++, verdict == event::Verdict::blocked), least);
}

void Delivery::answered(event::FrameId frame, std::uint64_t number, const event::Outcome& outcome) {
  Flight* flight = find(frame);
  const auto piece = find_sent(*flight, number);
  piece->sending = false;
  const TimePoint now = clock_.now();
  if (outcome.http_status != 0 || outcome.verdict == event::Verdict::created) {
    answered_at_ = now;
  }
  if (unsure(outcome)) {
    flight->unsure_until = std::max(flight->unsure_until, piece->sent_at + options_.settle_late);
  }
  if (outcome.verdict != event::Verdict::created) {
    whole_failed(*flight, piece, outcome, now);
    return;
  }
  AUDITSHIP_CHECK(outcome.created + outcome.existed + outcome.items.size() == piece->part.documents,
                  "an outcome accounts for each document sent");
  pace_.answered();
  piece->silences = 0;
  flight->counts.created += outcome.created;
  flight->counts.existed += outcome.existed;
  if (outcome.created + outcome.existed > 0) {
    taken_at_ = now;
    piece->attempts = 0;
  }
  if (outcome.items.empty()) {
    pace_.content(now - piece->sent_at);
    flight->pieces.erase(piece);
    all_well(now);
    return;
  }
  items_failed(*flight, piece, outcome, now);
}

// When nothing waits any more for whatever was wrong.
void Delivery::all_well(TimePoint now) {
  for (const Flight& flight : flights_) {
    if (std::any_of(flight.pieces.begin(), flight.pieces.end(),
                    [](const Piece& piece) { return piece.failed; })) {
      return;
    }
  }
  stats_.last_failure.clear();
  stats_.blocked = false;
  if (const auto lasted = told_.recovered(now)) {
    logger_.info("delivery-recovered", "documents are taken again",
                 {{"stream", options_.stream},
                  {"seconds", std::chrono::duration_cast<std::chrono::seconds>(*lasted).count()}});
  }
}

void Delivery::whole_failed(Flight& flight, std::list<Piece>::iterator piece,
                            const event::Outcome& outcome, TimePoint now) {
  ++stats_.failures[outcome.code];
  if (outcome.verdict != event::Verdict::rejected ||
      piece->part.documents > 1) {  // else it is buried
    ++stats_.retries[retry_class(outcome.verdict, outcome.http_status)];
  }
  if (const auto times = told_.tell(outcome.code, now)) {
    logger_.warn(LogCode::at_run_time(outcome.code), outcome.message,
                 {{"stream", options_.stream},
                  {"frame", flight.id},
                  {"status", outcome.http_status},
                  {"failures", *times}});
  }
  stats_.last_failure = outcome.message;
  tell_blocked(outcome.verdict);
  piece->failed = true;
  switch (outcome.verdict) {
    case event::Verdict::split:
      if (outcome.http_status == 0 ? silent(flight, piece, now) : piece->part.documents > 1) {
        if (outcome.http_status != 0) {
          pace_.too_large(piece->part.raw_bytes);
          halve(flight, piece);
        }
        return;
      }
      break;
    case event::Verdict::recode:
      recode_ = true;
      codec_ = piece->part.codec == Codec::zstd ? Codec::gzip : Codec::none;
      logger_.warn("codec-refused",
                   "the server does not take this compression; bodies are packed in another",
                   {{"stream", options_.stream}, {"now", codec_name(codec_)}});
      break;
    case event::Verdict::index_gone:
      piece->look_up = true;
      target_known_ = false;
      break;
    case event::Verdict::rejected:
      if (piece->part.documents > 1) {
        halve(flight, piece);
      } else {
        refuse_only(flight, piece,
                    event::ItemOutcome{0,
                                       event::Verdict::rejected,
                                       outcome.http_status,
                                       outcome.code,
                                       outcome.message,
                                       {},
                                       outcome.code + ": " + outcome.message});
      }
      return;
    case event::Verdict::retry:
      if (outcome.http_status == 429) {
        pace_.pushed_back(piece->part.raw_bytes);
      }
      break;
    case event::Verdict::blocked:
    case event::Verdict::created:
    case event::Verdict::existed:
      break;
  }
  pace_.failed(now, outcome.verdict == event::Verdict::blocked, outcome.retry_after);
}

// No answer came in time. Only when the server answers others is it the body that makes it fall
// silent: then it is halved until one document is left, and that goes to the dead letters when
// bulks of others are taken meanwhile. False: nobody was answered, so this says nothing about the
// body.
bool Delivery::silent(Flight& flight, std::list<Piece>::iterator piece, TimePoint now) {
  if (++piece->silences == 1) {
    piece->silent_since = piece->sent_at;
  }
  const bool others = answered_at_ > piece->silent_since;
  if (piece->silences > kSilencesBeforeSplit) {
    if (piece->part.documents > 1 && others) {
      halve(flight, piece);
      return true;
    }
    if (piece->part.documents == 1 && taken_at_ > piece->silent_since) {
      refuse_only(flight, piece,
                  event::ItemOutcome{0,
                                     event::Verdict::rejected,
                                     0,
                                     "no_answer",
                                     kNeverAnswered,
                                     {},
                                     std::string("no_answer: ") + kNeverAnswered});
      return true;
    }
  }
  back_off(*piece, now, event::Verdict::retry, Duration{});
  target_known_ = false;
  ask_target(now);  // something small
  return others;
}

// Some documents were not taken. What is settled leaves the piece; each of the others goes its own
// way.
void Delivery::items_failed(Flight& flight, std::list<Piece>::iterator piece,
                            const event::Outcome& outcome, TimePoint now) {
  auto raw = unpack_part(piece->part);
  AUDITSHIP_CHECK(raw.ok(), "a frame with a good checksum unpacks");
  auto items = bulk_items(*raw);
  AUDITSHIP_CHECK(items.ok() && items->size() == piece->part.documents,
                  "a body has as many items as it says");

  const NotTaken sorted = sort_out(outcome, *items);
  const Codec codec = piece->part.codec;
  if (sorted.loudest != nullptr) {
    tell_items(flight, *sorted.loudest, sorted.again.size() + sorted.gone.size());
    if (sorted.pushed_back * kPressedFrom >= piece->part.documents) {
      pace_.pushed_back(piece->part.raw_bytes);
    }
  }
  if (!sorted.again.empty()) {
    ++stats_.retries[retry_class(sorted.loudest->verdict, sorted.loudest->status)];
    Piece& rest = add_piece(flight, piece, make_part(sorted.again, codec));
    back_off(rest, now, sorted.loudest->verdict, outcome.retry_after);
  }
  if (!sorted.gone.empty()) {
    ++stats_.retries[retry_class(event::Verdict::index_gone, 0)];
    Piece& moving = add_piece(flight, piece, make_part(sorted.gone, codec));
    moving.look_up = moving.failed = true;
    target_known_ = false;
  }
  if (sorted.rejected.empty()) {
    flight.pieces.erase(piece);
  } else {
    refuse(flight, piece, sorted.rejected, *items);
  }
  all_well(now);
}

void Delivery::tell_items(const Flight& flight, const event::ItemOutcome& loudest,
                          std::size_t documents) {
  const std::string& code = loudest.code;
  stats_.failures[code] += documents;
  if (const auto times = told_.tell(code, clock_.now(), documents)) {
    logger_.warn(LogCode::at_run_time(code),
                 "the server did not take some documents now; they are sent again",
                 {{"stream", options_.stream},
                  {"frame", flight.id},
                  {"documents", *times},
                  {"error", loudest.message}});
  }
  stats_.last_failure = code;
  tell_blocked(loudest.verdict);
}

// Whether an index that is gone is anybody's to repair is known when the alias was asked (move_on).
void Delivery::tell_blocked(event::Verdict verdict) {
  if (verdict != event::Verdict::index_gone) {
    stats_.blocked = verdict == event::Verdict::blocked;
  }
}

// A new piece in front of `like`, going where that goes.
Delivery::Piece& Delivery::add_piece(Flight& flight, std::list<Piece>::iterator like, Part part) {
  Piece piece;
  piece.number = ++pieces_made_;
  piece.part = std::move(part);
  piece.index = like->index;
  piece.attempts = like->attempts;
  piece.repaired = like->repaired;
  piece.look_up = like->look_up;
  return *flight.pieces.insert(like, std::move(piece));
}

void Delivery::halve(Flight& flight, std::list<Piece>::iterator piece) {
  auto halves = halve_part(piece->part);
  AUDITSHIP_CHECK(halves.ok(), "a frame with a good checksum unpacks");
  replace(flight, piece, {std::move(halves->first), std::move(halves->second)});
}

// To what the pace allows, at once: halving again and again would pack all of it each time.
void Delivery::cut(Flight& flight, std::list<Piece>::iterator piece) {
  auto parts = cut_part(piece->part, pace_.part_bytes());
  AUDITSHIP_CHECK(parts.ok(), "a frame with a good checksum unpacks");
  replace(flight, piece, std::move(*parts));
}

void Delivery::replace(Flight& flight, std::list<Piece>::iterator piece, std::vector<Part> parts) {
  ++stats_.split;
  for (Part& part : parts) {
    Piece& made = add_piece(flight, piece, std::move(part));
    made.attempts = 0;
    made.silences = std::min(piece->silences, kSilencesBeforeSplit);
    made.silent_since = clock_.now();
  }
  flight.pieces.erase(piece);
}

}  // namespace auditship::delivery
