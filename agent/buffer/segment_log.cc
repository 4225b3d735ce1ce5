#include "agent/buffer/segment_log.h"

namespace auditship::buffer {

Result<event::FrameId> SegmentLog::append(const event::Batch& batch, Room room) {
  if (broken_) {
    return Error{Errc::io, "the buffer failed before"};
  }
  AUDITSHIP_CHECK(joins(table_, batch), "a batch must begin where its sources stand (B1)");
  const std::string front = encode_frame_front(last_ + 1, batch);
  if (room == Room::limited && bytes_ + front.size() + batch.body.size() > options_.max_bytes &&
      last_ > ack_.state().settled) {
    return Error{Errc::no_space, "buffer is full"};  // never refused when empty: one frame must fit
  }
  if (active_->size() >= options_.segment_bytes) {
    if (auto s = roll(); !s) {
      return s.error();
    }
  }
  Status written = active_->append(front, batch.body);
  if (!written && written.error().code == Errc::no_space && active_is_settled()) {
    // Nothing else would ever free what the newest segment holds: a header takes its place.
    if (auto s = roll(); !s) {
      return s.error();
    }
    written = active_->append(front, batch.body);
  }
  if (!written) {
    return written.error();
  }
  ++last_;
  bytes_ += front.size() + batch.body.size();
  segments_.back().bytes = active_->size();
  advance(table_, batch);
  ledger_ = batch.ledger;
  return last_;
}

// It has frames, and all of them are settled.
bool SegmentLog::active_is_settled() const {
  return last_ == ack_.state().settled && active_->size() > active_->header().size;
}

Status SegmentLog::sync() {
  if (synced_ == last_) {
    return {};
  }
  if (auto s = active_->sync(); !s) {
    broken_ = true;
    // The kernel may have dropped the pages, and the next sync would not tell. None of these frames
    // was sent: they go, and are read again.
    (void)active_->cut(synced_bytes_);
    return s;
  }
  synced_ = last_;
  synced_bytes_ = active_->size();
  return {};
}

Status SegmentLog::roll() {
  if (active_) {
    if (auto s = sync(); !s) {  // B3: seal
      return s;
    }
  }
  SegmentHeader header;
  header.buffer = options_.new_id;
  header.first = last_ + 1;
  header.ledger = ledger_;
  header.table = table_;
  const std::string path = segment_path(options_.directory, header.first);
  if (!segments_.empty() && segments_.back().path == path) {
    // A segment of that name holds no intact frame (else last_ were higher): it gives way.
    if (auto s = fs_.remove(path); !s) {
      return s;
    }
    bytes_ -= segments_.back().bytes;
    segments_.pop_back();
  }
  auto segment = Segment::create(fs_, path, std::move(header));
  if (!segment) {
    return segment.error();
  }
  active_ = std::move(*segment);
  synced_bytes_ = active_->size();
  segments_.push_back(SegmentFile{active_->header().first, path, active_->size()});
  bytes_ += active_->size();
  remove_settled();
  return {};
}

Status SegmentLog::store(const AckState& ack) {
  AUDITSHIP_CHECK(ack.settled <= synced_, "only synced frames can be settled");
  if (auto s = ack_.store(ack); !s) {
    return s;
  }
  remove_settled();
  return {};
}

void SegmentLog::remove_settled() {
  while (segments_.size() > 1 && segments_[1].first <= ack_.state().settled + 1) {
    if (auto s = fs_.remove(segments_.front().path); !s && s.error().code != Errc::not_found) {
      log_.warn("buffer-remove", "a settled segment cannot be removed",
                {{"error", s.error().message}});
      return;
    }
    bytes_ -= segments_.front().bytes;
    segments_.pop_front();
    if (reading_index_ == 0) {
      reading_.reset();  // it was settled, so all of it was handed out
    } else {
      --reading_index_;
    }
  }
}

}  // namespace auditship::buffer
