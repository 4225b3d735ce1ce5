#include "agent/delivery/delivery.h"

#include <algorithm>

#include "agent/delivery/delivery_internal.h"

namespace auditship::delivery {
namespace {

constexpr std::chrono::seconds kStoreEvery{1};

}  // namespace

Delivery::Delivery(buffer::SegmentLog& log, sinks::Sink& sink, DeadLetterBox& dead_letters,
                   Repair repair, const Clock& clock, Rng& rng, Logger& logger,
                   std::function<void()> wake, DeliveryOptions options)
    : log_(log),
      sink_(sink),
      targets_(sink.targets()),
      dead_letters_(dead_letters),
      repair_(std::move(repair)),
      clock_(clock),
      rng_(rng),
      logger_(logger),
      wake_(std::move(wake)),
      options_(std::move(options)),
      ack_(log.ack(options_.destination)),
      pace_(rng, options_.backoff_first, options_.backoff_most),
      started_at_(clock.now()),
      settled_log_bytes_(log.last() == ack_.settled ? log.ledger().bytes : 0),
      alive_(std::make_shared<bool>(true)) {}

Delivery::~Delivery() { *alive_ = false; }

Result<TimePoint> Delivery::step(TimePoint now) {
  settle();
  if (auto s = fetch(); !s) {
    return s.error();
  }
  settle();  // frames without documents need no sending
  assign(now);
  if ((must_store_ || (dirty_ && (flights_.empty() || now - stored_at_ >= kStoreEvery))) &&
      now >= store_at_) {
    auto s = store(now);
    if (!s && s.error().code != Errc::no_space) {
      return s.error();
    }
    if (!s) {
      ++stats_.failures["ack-no-space"];
      if (told_.tell("ack-no-space", now)) {
        logger_.warn("ack-no-space",
                     "acknowledgements cannot be written: the disk is full; sending waits",
                     {{"stream", options_.stream}, {"error", s.error().message}});
      }
      store_at_ = now + kStoreEvery;
    }
  }
  ship(now);
  tell_rest(now);
  return next_time(now);
}

Status Delivery::flush() {
  settle();
  tell_rest(clock_.now() + FailureLog::kQuiet);
  return dirty_ ? store(clock_.now()) : Status();
}

bool Delivery::idle() const {
  return flights_.empty() && log_.handed_out(options_.destination) >= log_.synced();
}

std::int64_t Delivery::oldest_ns() const {
  std::int64_t oldest = 0;
  for (const Flight& flight : flights_) {
    if (flight.oldest_ns != 0 && (oldest == 0 || flight.oldest_ns < oldest)) {
      oldest = flight.oldest_ns;
    }
  }
  return oldest;
}

Status Delivery::fetch() {
  // Frames whose requests are never answered do not keep others waiting.
  const auto stuck =
      static_cast<std::size_t>(std::count_if(flights_.begin(), flights_.end(), [](const Flight& f) {
        return !f.lost_ranges.empty() ||
               (!f.pieces.empty() && std::all_of(f.pieces.begin(), f.pieces.end(),
                                                 [](const Piece& p) { return p.silences > 0; }));
      }));
  while (flights_.size() < std::min(pace_.window() + stuck, kMaxFlights)) {
    auto frame = log_.next(options_.destination);
    if (!frame) {
      return frame.error();
    }
    if (!*frame) {
      return {};
    }
    take_off(std::move(**frame));
  }
  return {};
}

void Delivery::take_off(buffer::StoredFrame frame) {
  Flight& flight = flights_.emplace_back();
  event::Batch& batch = frame.batch;
  flight.id = frame.id;
  flight.counts.lost = frame.lost_documents;
  flight.lost_ranges = std::move(frame.lost_ranges);
  flight.documents = batch.documents;
  flight.made = batch.ledger.documents + batch.ledger.derived;
  flight.log_bytes = batch.ledger.bytes;
  settled_log_bytes_ = std::max(settled_log_bytes_, flights_.size() == 1 ? frame.bytes_before : 0);
  flight.oldest_ns =
      batch.oldest_ns != 0 || batch.documents == 0 ? batch.oldest_ns : clock_.wall_ns();
  if (batch.documents == 0) {
    return;
  }
  Piece& piece = flight.pieces.emplace_back();
  piece.number = ++pieces_made_;
  piece.part = Part{std::make_shared<const std::string>(std::move(batch.body)), batch.codec,
                    batch.documents, batch.raw_bytes};
  if (targets_ == nullptr) {
    flight.targeted = flight.stored = true;
    return;
  }
  // A target that an earlier run stored: that run may have sent the frame already, so it keeps its
  // index.
  const auto known = ack_.targets.find(flight.id);
  const bool doubted = flight.id <= ack_.doubted;
  if (known == ack_.targets.end() && !doubted) {
    return;
  }
  const std::string target = known == ack_.targets.end() ? std::string() : known->second;
  flight.moved = doubted || target.starts_with(kMovedMark);
  flight.index = doubted ? std::string() : flight.moved ? target.substr(1) : target;
  flight.targeted = true;
  flight.unsure_until = started_at_ + options_.settle_late;
  const std::string stored = flight.moved ? kMovedMark + flight.index : flight.index;
  flight.stored = stored == target;
  if (!flight.stored) {
    ack_.targets[flight.id] = stored;
    dirty_ = must_store_ = true;
  }
  piece.look_up = flight.moved;
  piece.index = flight.moved ? std::string() : flight.index;
}

void Delivery::settle() {
  while (!flights_.empty() && flights_.front().pieces.empty() &&
         flights_.front().lost_ranges.empty()) {
    const Flight& done = flights_.front();
    AUDITSHIP_CHECK(done.counts.settled() == done.documents,
                    "a settled frame accounts for each of its documents (B5)");
    ack_.settled = done.id;
    settled_log_bytes_ = std::max(settled_log_bytes_, done.log_bytes);
    ack_.ledger.created += done.counts.created;
    ack_.ledger.existed += done.counts.existed;
    ack_.ledger.dead_lettered += done.counts.dead_lettered;
    ack_.ledger.lost += done.counts.lost;
    ack_.targets.erase(done.id);
    dirty_ = true;
    check_sum(done);
    flights_.pop_front();
  }
}

// All documents put into frames so far are settled or lost: the ledger of the read side says how
// many those are.
void Delivery::check_sum(const Flight& done) {
  if (done.made == 0 || done.made + off_by_ == ack_.ledger.accounted()) {
    return;
  }
  ++stats_.ledger_violations;
  logger_.error("ledger-violated", "documents read and documents settled do not add up",
                {{"stream", options_.stream},
                 {"frame", done.id},
                 {"read", done.made},
                 {"settled", ack_.ledger.accounted()}});
  off_by_ = ack_.ledger.accounted() - done.made;  // wraps as it has to
}

std::vector<buffer::LostRange> Delivery::lost_ranges() const {
  for (const Flight& flight : flights_) {
    if (!flight.lost_ranges.empty()) {
      return flight.lost_ranges;
    }
  }
  return {};
}

void Delivery::repaired() {
  for (Flight& flight : flights_) {
    if (!flight.lost_ranges.empty()) {
      flight.lost_ranges.clear();
      return;
    }
  }
}

Status Delivery::doubt_all() {
  if (ack_.doubted == buffer::AckState::kAllDoubted) {
    return {};
  }
  ack_.doubted = buffer::AckState::kAllDoubted;
  return store(clock_.now());
}

void Delivery::doubt_up_to(event::FrameId last) {
  ack_.doubted = last;
  dirty_ = true;
}

// Gives each frame its index, once, before it is sent (B4).
void Delivery::assign(TimePoint now) {
  for (Flight& flight : flights_) {
    if (flight.targeted || flight.pieces.empty()) {
      continue;
    }
    if (!target_is_fresh(now)) {
      ask_target(now);
      return;
    }
    flight.index = flight.pieces.front().index = target_;
    flight.targeted = true;
    ack_.targets[flight.id] = target_;
    dirty_ = must_store_ = true;
  }
}

void Delivery::ask_target(TimePoint now) {
  if (targets_ == nullptr || target_asked_ || now < target_retry_at_) {
    return;
  }
  target_asked_ = true;
  targets_->resolve([this, alive = alive_](Result<std::string> index) {
    if (!*alive) {
      return;
    }
    const TimePoint at = clock_.now();
    target_asked_ = false;
    if (index &&
        (index->size() >= buffer::AckState::kMaxTargetBytes || index->starts_with(kMovedMark))) {
      index = Error{Errc::refused, "the server named an index that cannot be one"};
    }
    if (index) {
      target_ = std::move(*index);
      target_known_ = true;
      target_at_ = answered_at_ = at;
      target_failures_ = 0;
    } else {
      target_known_ = false;
      target_retry_at_ = at + pace_.jitter(target_failures_++, false);
      const std::string why = targets_->trouble();
      const std::string code = why.empty() ? "target-unknown" : why;
      ++stats_.failures[code];
      if (const auto times = told_.tell(code, at)) {
        logger_.warn(
            LogCode::at_run_time(code),
            "the index to write to cannot be found out; documents wait in the buffer",
            {{"stream", options_.stream}, {"error", index.error().message}, {"failures", *times}});
      }
      stats_.last_failure = index.error().message;
      stats_.blocked = targets_->trouble_blocks();
    }
    wake_();
  });
}

Status Delivery::store(TimePoint now) {
  if (auto s = log_.store(options_.destination, ack_); !s) {
    return s;
  }
  for (Flight& flight : flights_) {
    flight.stored = flight.stored || flight.targeted;
  }
  dirty_ = must_store_ = false;
  stored_at_ = now;
  return {};
}

void Delivery::ship(TimePoint now) {
  if (now < pace_.resume_at()) {
    return;
  }
  std::size_t under_way = 0;
  for (const Flight& flight : flights_) {
    under_way += static_cast<std::size_t>(std::count_if(flight.pieces.begin(), flight.pieces.end(),
                                                        [](const Piece& p) { return p.sending; }));
  }
  Flight* flight = nullptr;
  while (under_way < pace_.requests()) {
    Piece* piece = next_piece(now, flight);
    if (piece == nullptr) {
      return;
    }
    if (piece->look_up) {
      move_on(*flight, *piece, now);
    } else if (pace_.part_bytes() > 0 && piece->part.raw_bytes > pace_.part_bytes() &&
               piece->part.documents > 1) {
      cut(*flight, std::find_if(flight->pieces.begin(), flight->pieces.end(),
                                [&](const Piece& p) { return &p == piece; }));
      continue;
    } else {
      send(*flight, *piece);
    }
    under_way += piece->sending ? 1 : 0;
  }
}

// The first piece that may be sent now; one that was never answered only when there is no other.
Delivery::Piece* Delivery::next_piece(TimePoint now, Flight*& of) {
  Piece* best = nullptr;
  for (Flight& flight : flights_) {
    if (!flight.stored) {
      continue;
    }
    for (Piece& piece : flight.pieces) {
      if (!piece.sending && now >= piece.not_before &&
          (best == nullptr || piece.silences < best->silences)) {
        best = &piece;
        of = &flight;
      }
    }
  }
  return best;
}

void Delivery::send(Flight& flight, Piece& piece) {
  if (recode_ && piece.part.codec != codec_) {
    auto recoded = recode_part(piece.part, codec_);
    AUDITSHIP_CHECK(recoded.ok(), "a frame with a good checksum unpacks");
    piece.part = std::move(*recoded);
  }
  piece.sending = true;
  piece.sent_at = clock_.now();
  sinks::Shipment shipment;
  shipment.frame = flight.id;
  shipment.index = piece.index;
  shipment.body = *piece.part.body;
  shipment.codec = piece.part.codec;
  shipment.documents = piece.part.documents;
  shipment.raw_bytes = piece.part.raw_bytes;
  ++stats_.requests;
  stats_.sent_bytes += piece.part.body->size();
  stats_.sent_documents += piece.part.documents;
  sink_.ship(shipment, [this, alive = alive_, body = piece.part.body, frame = flight.id,
                        number = piece.number](const event::Outcome& outcome) {
    if (*alive) {
      answered(frame, number, outcome);
      wake_();
    }
  });
}

Delivery::Flight* Delivery::find(event::FrameId id) {
  const auto at =
      std::find_if(flights_.begin(), flights_.end(), [&](const Flight& f) { return f.id == id; });
  AUDITSHIP_CHECK(at != flights_.end(), "an answer belongs to a frame in flight");
  return &*at;
}

std::list<Delivery::Piece>::iterator Delivery::find_sent(Flight& flight, std::uint64_t number) {
  const auto piece = std::find_if(flight.pieces.begin(), flight.pieces.end(),
                                  [&](const Piece& p) { return p.number == number; });
  AUDITSHIP_CHECK(piece != flight.pieces.end() && piece->sending,
                  "an answer belongs to a request under way");
  return piece;
}

TimePoint Delivery::next_time(TimePoint now) const {
  TimePoint next = now + std::chrono::seconds(3600);
  if (dirty_) {
    next = std::min(next, std::max(stored_at_ + kStoreEvery, store_at_));
  }
  std::size_t under_way = 0;
  TimePoint ready = next;
  for (const Flight& flight : flights_) {
    if (!flight.targeted && !flight.pieces.empty() && !target_asked_) {
      next = std::min(next, target_retry_at_);
    }
    for (const Piece& piece : flight.pieces) {
      under_way += piece.sending ? 1 : 0;
      if (!piece.sending && flight.stored) {
        ready = std::min(ready, std::max(piece.not_before, pace_.resume_at()));
      }
    }
  }
  if (under_way < pace_.requests()) {  // else an answer wakes us
    next = std::min(next, ready);
  }
  return std::max(next, now);
}

}  // namespace auditship::delivery
