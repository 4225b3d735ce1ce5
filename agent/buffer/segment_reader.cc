// The reading half of SegmentLog: hands out synced frames in order, each once.
#include "agent/buffer/segment_log.h"

namespace auditship {

// Finds the frame behind the settled one. Only the segment that holds it is looked into.
Status SegmentLog::seek_reader() {
  next_read_ = ack_.state().settled + 1;
  reading_index_ = 0;
  while (reading_index_ + 1 < segments_.size() && segments_[reading_index_ + 1].first <= next_read_) {
    ++reading_index_;
  }
  reading_.reset();
  return {};
}

Result<std::optional<StoredFrame>> SegmentLog::next() {
  while (next_read_ <= synced_) {
    if (!reading_) {
      if (reading_index_ >= segments_.size()) {
        return std::optional<StoredFrame>();
      }
      const std::string& path = segments_[reading_index_].path;
      auto segment = Segment::open(fs_, path, OpenMode::read);
      if (!segment && segment.error().code == Errc::corrupt) {
        log_.error("buffer-damaged", "the header of a segment is damaged, its frames are kept", {{"segment", path}});
        segment = Segment::open_damaged(fs_, path);
      }
      if (!segment) {
        return segment.error();
      }
      reading_ = std::move(*segment);
      read_at_ = reading_->header().size;
      if (!reading_->header().table.empty() || reading_->header().first == 1) {
        read_table_ = reading_->header().table;
        read_documents_ = reading_->header().ledger.documents + reading_->header().ledger.derived;
      }
    }
    auto entry = reading_->front(read_at_);
    if (entry && !*entry) {
      if (reading_index_ + 1 < segments_.size()) {
        ++reading_index_;
        reading_.reset();
        continue;
      }
      // The active segment grew since it was opened for reading.
      reading_.reset();
      const std::uint64_t at = read_at_;
      auto segment = Segment::open(fs_, segments_[reading_index_].path, OpenMode::read);
      if (!segment) {
        return segment.error();
      }
      reading_ = std::move(*segment);
      read_at_ = at;
      if (read_at_ >= reading_->size()) {
        log_.error("buffer-damaged", "the active segment is shorter than what was written to it",
                   {{"segment", reading_->path()}, {"frames", synced_ + 1 - next_read_}});
        damage_.lost_frames += synced_ + 1 - next_read_;
        next_read_ = synced_ + 1;
      }
      continue;
    }
    Result<std::string> body = entry ? reading_->body(**entry) : Result<std::string>(entry.error());
    if (!body) {
      if (body.error().code != Errc::corrupt) {
        return body.error();
      }
      auto more = skip_damage(body.error());
      if (!more) {
        return more.error();
      }
      continue;
    }
    read_at_ = (*entry)->end();
    Batch& batch = (*entry)->meta.batch;
    const FrameId id = (*entry)->head.id;
    if (id > next_read_ && id <= synced_) {
      note_hole(batch);
    }
    advance(read_table_, batch);
    read_documents_ = batch.ledger.documents + batch.ledger.derived;
    if (id < next_read_) {
      continue;  // settled
    }
    next_read_ = id + 1;
    batch.body = std::move(*body);
    return std::optional<StoredFrame>(StoredFrame{id, std::move(batch)});
  }
  return std::optional<StoredFrame>();
}

// Moves the reader behind damaged bytes: to the next intact frame, or to the end of the segment.
Result<bool> SegmentLog::skip_damage(const Error& why) {
  auto found = reading_->search(read_at_ + 1);
  if (!found) {
    return found.error();
  }
  const std::uint64_t to = *found ? (*found)->at : reading_->size();
  log_.error("buffer-damaged", "bytes of a segment are damaged; the frames behind them are kept",
             {{"segment", reading_->path()}, {"offset", read_at_}, {"bytes", to - read_at_}, {"error", why.message}});
  damage_.skipped_bytes += to - read_at_;
  read_at_ = to;
  if (!*found && reading_index_ + 1 == segments_.size()) {
    next_read_ = synced_ + 1;  // nothing intact is left of what was synced
  }
  return true;
}

// Frames between the last one handed out and this one are gone.
void SegmentLog::note_hole(const Batch& found) {
  const std::uint64_t before = found.ledger.documents + found.ledger.derived - found.documents;
  damage_.lost_documents += before > read_documents_ ? before - read_documents_ : 0;
  ++damage_.lost_frames;
  for (const SourceSpan& span : found.spans) {
    const auto at = read_table_.find(span.source);
    const Checkpoint from = at == read_table_.end() ? Checkpoint{} : at->second;
    if (from.pos != span.before) {
      holes_.push_back(Hole{span.source, from, span.before});
    }
  }
}

}  // namespace auditship
