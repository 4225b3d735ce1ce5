// The opening half of SegmentLog: recovery. Whatever a crash or damage left, it ends in one story
// of slot and frames.
#include <algorithm>

#include "agent/buffer/segment_log.h"

namespace auditship::buffer {
Result<std::unique_ptr<SegmentLog>> SegmentLog::open(Fs& fs, Logger& log,
                                                     SegmentLogOptions options) {
  std::unique_ptr<SegmentLog> opened(new SegmentLog(fs, log, std::move(options)));
  if (auto s = opened->recover(); !s) {
    return s.error().in("buffer " + opened->options_.directory);
  }
  return opened;
}

Status SegmentLog::recover() {
  options_.segment_bytes =
      std::min(options_.segment_bytes, std::max<std::uint64_t>(options_.max_bytes / 8, 4096));
  if (auto s = fs_.make_dirs(options_.directory); !s) {
    return s;
  }
  auto lock = fs_.lock(join_path(options_.directory, "lock"));
  if (!lock) {
    return lock.error().code == Errc::busy
               ? Error{Errc::busy, "another auditship is using this data directory"}
               : lock.error();
  }
  lock_ = std::move(*lock);
  if (auto s = find_segments(); !s) {
    return s;
  }
  if (auto s = refuse_foreign(); !s) {
    return s;
  }
  auto ack = AckSlot::open(fs_, join_path(options_.directory, "ack"));
  if (!ack) {
    return ack.error();
  }
  ack_ = std::move(*ack);
  if (auto s = open_newest(); !s) {
    return s;
  }
  const event::FrameId found = last_;
  if (auto s = settle_doubts(); !s) {
    return s;
  }
  synced_ = last_;
  if (active_) {
    // What an earlier run wrote or named without a sync may be sent now (B4).
    Status durable = active_->sync();
    durable = durable ? fs_.sync_dir(options_.directory) : durable;
    if (!durable) {
      return durable;
    }
    synced_bytes_ = active_->size();
  }
  if (!active_ || active_->size() >= options_.segment_bytes || last_ != found) {
    if (auto s = roll(); !s) {
      return s;
    }
  }
  remove_settled();
  next_read_ = ack_.state().settled + 1;
  return open_reading();
}

// Brings slot and frames to one story after a crash or damage, and writes it down. Frames that may
// have been sent although nobody knows where to are doubted: their ids will be looked up first.
Status SegmentLog::settle_doubts() {
  AckState state = ack_.state();
  const bool ack_lost = ack_.empty() && !segments_.empty();
  damage_.ack_damaged = ack_.damaged() || ack_lost;
  if (ack_lost) {
    log_.error("buffer-ack-lost",
               "it is not known which frames were delivered: all are looked up and sent again",
               {{"buffer", options_.directory}});
    state.settled = segments_.front().first - 1;  // a segment goes only when it is settled
    auto made = made_before_oldest();
    if (!made) {
      return made.error();
    }
    state.ledger.forgotten = *made;
  }
  const bool sent_is_gone =
      state.settled > last_ || (!state.targets.empty() && state.targets.rbegin()->first > last_);
  if (damage_.ack_damaged || sent_is_gone || places_unsure_) {
    state.doubted = AckState::kAllDoubted;
  }
  // B2: numbers of frames that may have been sent are not used again. Sent are at most kMaxTargets
  // behind `settled`.
  std::erase_if(state.targets, [&](const auto& target) {
    return target.first <= state.settled || target.first > last_;
  });
  const event::FrameId sent =
      state.settled + (damage_.cut_bytes + damage_.skipped_bytes > 0 ? AckState::kMaxTargets : 0);
  last_ = std::max(last_, sent);
  const std::uint64_t made = ledger_.documents + ledger_.derived;
  if (made < state.ledger.accounted()) {  // settled frames are gone, and their ledger with them
    ledger_.documents += state.ledger.accounted() - made;
    ledger_.lines += state.ledger.accounted() - made;
  }
  const bool changed = ack_.empty() || state.doubted != ack_.state().doubted ||
                       state.targets != ack_.state().targets;
  Status status = changed ? ack_.store(state) : Status();
  if (status && ack_.empty()) {
    status = ack_.store(state);  // so that a blank slot is never in order
  }
  return status;
}

// Documents in all frames before the oldest segment.
Result<std::uint64_t> SegmentLog::made_before_oldest() {
  auto oldest = Segment::open(fs_, segments_.front().path, OpenMode::read);
  if (oldest) {
    const event::ReadLedger& ledger = (*oldest)->header().ledger;
    return ledger.documents + ledger.derived;
  }
  if (oldest.error().code != Errc::corrupt) {
    return oldest.error();
  }
  oldest = Segment::open_damaged(fs_, segments_.front().path);
  if (!oldest) {
    return oldest.error();
  }
  auto first = (*oldest)->front((*oldest)->header().size);
  if (!first) {
    return first.error();
  }
  const event::ReadLedger& ledger = *first ? (*first)->meta.batch.ledger : ledger_;
  return ledger.documents + ledger.derived - (*first ? (*first)->meta.batch.documents : 0);
}

// Before anything is written. The newest segment tells; where its header is damaged, the one before.
Status SegmentLog::refuse_foreign() {
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment) {
    auto opened = Segment::open(fs_, segment->path, OpenMode::read);
    if (opened) {
      return {};
    }
    if (opened.error().code != Errc::corrupt) {
      return opened.error();
    }
  }
  return {};
}

Status SegmentLog::find_segments() {
  auto found = segments_in(fs_, options_.directory);
  if (!found) {
    return found.error();
  }
  for (SegmentFile& segment : *found) {
    bytes_ += segment.bytes;
    segments_.push_back(std::move(segment));
  }
  return {};
}

// Opens the newest segment and replays its frames, so that table, ledger and last frame are known.
Status SegmentLog::open_newest() {
  while (!segments_.empty()) {
    const SegmentFile newest = segments_.back();
    auto segment = Segment::open(fs_, newest.path, OpenMode::write);
    if (segment) {
      active_ = std::move(*segment);
      options_.new_id = active_->header().buffer;
      table_ = active_->header().table;
      ledger_ = active_->header().ledger;
      last_ = active_->header().first - 1;
      return replay(*active_, active_->header().size, true);
    }
    if (segment.error().code != Errc::corrupt) {
      return segment.error();
    }
    auto damaged = Segment::open_damaged(fs_, newest.path);
    if (!damaged) {
      return damaged.error();
    }
    if ((*damaged)->header().first != 0) {
      log_.error("buffer-damaged", "header of the newest segment is damaged, its frames are kept",
                 {{"segment", newest.path}});
      return rebuild_from_damaged(newest.path);
    }
    // B3: no frame was ever written behind this header.
    log_.warn("buffer-segment-unused", "a segment without an intact header or frame is removed",
              {{"segment", newest.path}});
    if (auto s = fs_.remove(newest.path); !s) {
      return s;
    }
    damage_.skipped_bytes += newest.bytes;
    bytes_ -= newest.bytes;
    segments_.pop_back();
  }
  return {};
}

// The newest header is gone: take the table of the segment before, then what the frames themselves
// say.
Status SegmentLog::rebuild_from_damaged(const std::string& path) {
  places_unsure_ = true;
  for (const std::string& each :
       {segments_.size() > 1 ? segments_[segments_.size() - 2].path : std::string(), path}) {
    if (each.empty()) {
      continue;
    }
    auto segment = Segment::open(fs_, each, OpenMode::read);
    if (!segment && segment.error().code == Errc::corrupt) {
      segment = Segment::open_damaged(fs_, each);
    }
    if (!segment) {
      return segment.error();
    }
    const SegmentHeader& header = (*segment)->header();
    if (header.buffer != BufferId{}) {
      options_.new_id = header.buffer;
      table_ = header.table;
      ledger_ = header.ledger;
    }
    if (auto s = replay(**segment, header.size, false); !s) {
      return s;
    }
  }
  return {};  // active_ stays empty: a new segment follows
}

// Goes through the frames from offset. Strict: cut at the first frame that is damaged or does not
// join (B1), unless all that is damaged was settled. Not strict: take what is intact.
Status SegmentLog::replay(Segment& segment, std::uint64_t offset, bool strict) {
  while (offset < segment.size()) {
    auto entry = segment.intact(offset);
    if (entry && (!*entry || (strict && !joins_last(**entry)))) {
      entry = pass_damage(segment, offset, strict);
    }
    if (!entry) {
      return entry.error();
    }
    if (!*entry) {
      return {};
    }
    advance(table_, (*entry)->meta.batch);
    ledger_ = (*entry)->meta.batch.ledger;
    last_ = (*entry)->head.id;
    offset = (*entry)->end();
  }
  return {};
}

bool SegmentLog::joins_last(const Segment::Entry& entry) const {
  return entry.head.id == last_ + 1 && joins(table_, entry.meta.batch);
}

// The frame that replay goes on with, as the bytes at offset are no frame to be taken; nullopt:
// there is none, and nothing of the segment is left to be looked at.
Result<std::optional<Segment::Entry>> SegmentLog::pass_damage(Segment& segment,
                                                              std::uint64_t offset, bool strict) {
  auto found = segment.search(offset + 1);
  if (!found) {
    return found;
  }
  const bool settled =
      *found && (*found)->head.id > last_ && (*found)->head.id <= ack_.state().settled + 1;
  if (strict && !settled) {
    if (auto s = cut_end(segment, offset); !s) {
      return s.error();
    }
    return std::optional<Segment::Entry>();
  }
  places_unsure_ = true;
  damage_.skipped_bytes += (*found ? (*found)->at : segment.size()) - offset;
  return found;
}

Status SegmentLog::cut_end(Segment& newest, std::uint64_t offset) {
  const std::uint64_t bytes = newest.size() - offset;
  log_.warn("buffer-cut",
            "the end of the newest segment was not whole and is read again from the source",
            {{"segment", newest.path()}, {"bytes", bytes}});
  damage_.cut_bytes += bytes;
  bytes_ -= bytes;
  segments_.back().bytes -= bytes;
  return newest.cut(offset);
}

}  // namespace auditship::buffer
