#include "agent/app/delivery.h"

#include <algorithm>

#include "agent/app/delivery_state.h"

namespace auditship {
namespace {

constexpr std::chrono::seconds kStoreEvery{1};
constexpr char kMovedMark = kMovedMarkText[0];

}  // namespace

Delivery::Delivery(SegmentLog& log, Sink& sink, DeadLetterBox& dead_letters, Repair repair, const Clock& clock, Rng& rng,
                   Logger& logger, std::function<void()> wake, DeliveryOptions options)
    : log_(log),
      sink_(sink),
      dead_letters_(dead_letters),
      repair_(std::move(repair)),
      clock_(clock),
      rng_(rng),
      logger_(logger),
      wake_(std::move(wake)),
      options_(std::move(options)),
      ack_(log.ack()),
      alive_(std::make_shared<bool>(true)) {}

Delivery::~Delivery() { *alive_ = false; }

Result<TimePoint> Delivery::step(TimePoint now) {
  settle();
  if (auto s = fetch(); !s) {
    return s.error();
  }
  settle();  // frames without documents need no sending
  if (auto s = assign(now); !s) {
    return s.error();
  }
  if (must_store_ || (dirty_ && (flights_.empty() || now - stored_at_ >= kStoreEvery))) {
    if (auto s = store(now); !s) {
      return s.error();
    }
  }
  ship(now);
  return next_time(now);
}

Status Delivery::flush() {
  settle();
  return dirty_ ? store(clock_.now()) : Status();
}

bool Delivery::idle() const { return flights_.empty() && log_.handed_out() >= log_.synced(); }

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
  while (flights_.size() < window_) {
    auto frame = log_.next();
    if (!frame) {
      return frame.error();
    }
    if (!*frame) {
      return {};
    }
    Flight& flight = flights_.emplace_back();
    flight.id = (*frame)->id;
    Batch& batch = (*frame)->batch;
    flight.documents = batch.documents;
    flight.oldest_ns = batch.oldest_ns;
    if (batch.documents > 0) {
      Piece& piece = flight.pieces.emplace_back();
      piece.number = ++pieces_made_;
      piece.part = Part{std::make_shared<const std::string>(std::move(batch.body)), batch.codec, batch.documents, batch.raw_bytes};
      // A target that an earlier run stored: that run may have sent the frame already, so it keeps its index.
      if (const auto known = ack_.targets.find(flight.id); known != ack_.targets.end()) {
        flight.targeted = flight.stored = true;
        flight.moved = known->second.starts_with(kMovedMark);
        flight.index = flight.moved ? known->second.substr(1) : known->second;
        piece.look_up = flight.moved;
        if (flight.moved) {
          piece.not_before = clock_.now() + options_.settle_late;  // a request of the earlier run may still be executing
        }
      } else if (!options_.targets) {
        flight.targeted = flight.stored = true;
      }
    }
  }
  return {};
}

void Delivery::settle() {
  while (!flights_.empty() && flights_.front().pieces.empty()) {
    const Flight& done = flights_.front();
    AUDITSHIP_CHECK(done.counts.settled() == done.documents, "a settled frame accounts for each of its documents (B5)");
    ack_.settled = done.id;
    ack_.ledger.created += done.counts.created;
    ack_.ledger.existed += done.counts.existed;
    ack_.ledger.dead_lettered += done.counts.dead_lettered;
    ack_.targets.erase(done.id);
    dirty_ = true;
    flights_.pop_front();
  }
  if (flights_.empty() && log_.handed_out() > ack_.settled && log_.handed_out() <= log_.synced()) {
    ack_.settled = log_.handed_out();  // what lay between is lost to damage, and counted there
    dirty_ = true;
  }
}

// Gives each frame its index, once, before it is sent (B4).
Status Delivery::assign(TimePoint now) {
  for (Flight& flight : flights_) {
    if (flight.targeted || flight.pieces.empty()) {
      continue;
    }
    if (!target_known_ || now - target_at_ > options_.target_fresh) {
      ask_target(now);
      return {};
    }
    flight.index = target_;
    flight.targeted = true;
    ack_.targets[flight.id] = target_;
    dirty_ = must_store_ = true;
  }
  return {};
}

void Delivery::ask_target(TimePoint now) {
  if (target_asked_ || now < target_retry_at_) {
    return;
  }
  target_asked_ = true;
  sink_.resolve([this, alive = alive_](Result<std::string> index) {
    if (!*alive) {
      return;
    }
    const TimePoint at = clock_.now();
    target_asked_ = false;
    if (index) {
      target_ = std::move(*index);
      target_known_ = true;
      target_at_ = answered_at_ = at;
      target_failures_ = 0;
    } else {
      target_known_ = false;
      target_retry_at_ = at + jitter(target_failures_++, false);
      ++stats_.failures["target-unknown"];
      if (stats_.last_failure != index.error().message) {
        logger_.warn("target-unknown", "the index to write to cannot be found out; documents wait in the buffer",
                     {{"stream", options_.stream}, {"error", index.error().message}});
      }
      stats_.last_failure = index.error().message;
    }
    wake_();
  });
}

Status Delivery::store(TimePoint now) {
  if (auto s = log_.store(ack_); !s) {
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
  if (now < pause_until_) {
    return;
  }
  std::size_t under_way = 0;
  for (const Flight& flight : flights_) {
    under_way += static_cast<std::size_t>(std::count_if(flight.pieces.begin(), flight.pieces.end(), [](const Piece& p) { return p.sending; }));
  }
  for (Flight& flight : flights_) {
    if (!flight.stored) {
      continue;
    }
    for (Piece& piece : flight.pieces) {
      // While everything fails one request is enough to see when it is over.
      if (under_way >= (failed_in_row_ > 0 ? 1 : window_)) {
        return;
      }
      if (!piece.sending && now >= piece.not_before) {
        piece.look_up ? move_on(flight, piece, now) : send(flight, piece);
        under_way += piece.sending ? 1 : 0;
      }
    }
  }
}

void Delivery::send(Flight& flight, Piece& piece) {
  if (recode_ && piece.part.codec != codec_) {
    auto recoded = recode_part(piece.part, codec_);
    AUDITSHIP_CHECK(recoded.ok(), "a frame with a good checksum unpacks");
    piece.part = std::move(*recoded);
  }
  piece.sending = true;
  piece.sent_at = clock_.now();
  Shipment shipment;
  shipment.frame = flight.id;
  shipment.index = flight.moved && !flight.moved_to.empty() ? flight.moved_to : flight.index;
  shipment.body = *piece.part.body;
  shipment.codec = piece.part.codec;
  shipment.documents = piece.part.documents;
  shipment.raw_bytes = piece.part.raw_bytes;
  ++stats_.requests;
  stats_.sent_bytes += piece.part.body->size();
  stats_.sent_documents += piece.part.documents;
  sink_.ship(shipment, [this, alive = alive_, body = piece.part.body, frame = flight.id, number = piece.number](Outcome outcome) {
    if (*alive) {
      answered(frame, number, std::move(outcome));
      wake_();
    }
  });
}

Delivery::Flight* Delivery::find(FrameId id) {
  const auto at = std::find_if(flights_.begin(), flights_.end(), [&](const Flight& f) { return f.id == id; });
  return at == flights_.end() ? nullptr : &*at;
}

TimePoint Delivery::next_time(TimePoint now) const {
  TimePoint next = now + std::chrono::seconds(3600);
  if (dirty_) {
    next = std::min(next, stored_at_ + kStoreEvery);
  }
  for (const Flight& flight : flights_) {
    if (!flight.targeted) {
      if (!target_asked_) {
        next = std::min(next, target_retry_at_);
      }
      continue;
    }
    for (const Piece& piece : flight.pieces) {
      if (!piece.sending) {
        next = std::min(next, std::max(piece.not_before, pause_until_));
      }
    }
  }
  return std::max(next, now);
}

}  // namespace auditship
