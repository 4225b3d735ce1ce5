#include "agent/buffer/segment_writer.h"

#include <algorithm>

namespace auditship::buffer {

bool is_complete(const Segment& segment, std::uint64_t segment_bytes) {
  const std::uint64_t header = segment.header().size;
  const std::uint64_t frames = segment.size() - header;
  return segment.has_frames() && segment.size() >= segment_bytes &&
         frames >= std::min(header, segment_bytes);
}

SegmentWriter::SegmentWriter(Fs& fs, Logger& log, SegmentWriterOptions options,
                             SegmentList segments, std::unique_ptr<Segment> active, LogState state)
    : fs_(fs),
      log_(log),
      options_(std::move(options)),
      segments_(std::move(segments)),
      active_(std::move(active)),
      state_(std::move(state)),
      synced_(state_.last),
      synced_bytes_(active_ ? active_->size() : 0) {}

Result<event::FrameId> SegmentWriter::append(std::string_view front, const event::Batch& batch,
                                             event::FrameId settled) {
  if (is_complete(*active_, options_.segment_bytes)) {
    if (auto s = roll(); !s) {
      return s.error();
    }
    remove_settled(settled);
  }
  Status written = active_->append(front, batch.body);
  if (!written && written.error().code == Errc::no_space && state_.last == settled &&
      active_->has_frames()) {
    // Nothing else would ever free what the newest segment holds: a header takes its place.
    if (auto s = roll(); !s) {
      return s.error();
    }
    remove_settled(settled);
    written = active_->append(front, batch.body);
  }
  if (!written) {
    return written.error();
  }
  ++state_.last;
  segments_.resize_back(active_->size());
  advance(state_.table, batch);
  state_.ledger = batch.ledger;
  return state_.last;
}

Status SegmentWriter::sync() {
  if (synced_ == state_.last) {
    return {};
  }
  if (auto s = active_->sync(); !s) {
    broken_ = true;
    // The kernel may have dropped the pages, and the next sync would not tell. None of these frames
    // was sent: they go, and are read again.
    (void)active_->cut(synced_bytes_);
    return s;
  }
  synced_ = state_.last;
  synced_bytes_ = active_->size();
  return {};
}

Status SegmentWriter::roll() {
  if (active_) {
    if (auto s = sync(); !s) {  // B3: seal
      return s;
    }
  }
  SegmentHeader header;
  header.buffer = options_.id;
  header.first = state_.last + 1;
  header.ledger = state_.ledger;
  header.table = state_.table;
  const std::string path = segment_path(options_.directory, header.first);
  if (!segments_.empty() && segments_.back().path == path) {
    // A segment of that name holds no intact frame (else the last number were higher): it gives
    // way.
    if (auto s = segments_.remove_back(); !s) {
      return s;
    }
  }
  auto segment = Segment::create(fs_, path, std::move(header));
  if (!segment) {
    return segment.error();
  }
  active_ = std::move(*segment);
  synced_bytes_ = active_->size();
  segments_.add(SegmentFile{active_->header().first, path, active_->size()});
  return {};
}

void SegmentWriter::remove_settled(event::FrameId settled) {
  while (segments_.size() > 1 && segments_.at(1).first <= settled + 1) {
    if (auto s = segments_.remove_front(); !s) {
      log_.warn("buffer-remove", "a settled segment cannot be removed",
                {{"error", s.error().message}});
      return;
    }
  }
}

}  // namespace auditship::buffer
