// The reading half of SegmentLog: hands out synced frames in order, each once.
#include "agent/buffer/segment_log.h"

namespace auditship::buffer {
namespace {

std::uint64_t made(const event::ReadLedger& ledger) { return ledger.documents + ledger.derived; }

// Where the first span of each source begins, in the frames of segment from offset on.
Result<CheckpointTable> begins_from(const Segment& segment, std::uint64_t offset) {
  CheckpointTable begins;
  while (true) {
    auto entry = segment.front(offset);
    if (!entry && entry.error().code == Errc::corrupt) {
      entry = segment.search(offset + 1);
    }
    if (!entry) {
      return entry.error();
    }
    if (!*entry) {
      return begins;
    }
    for (const event::SourceSpan& span : (*entry)->meta.batch.spans) {
      if (!begins.contains(span.source)) {
        begins[span.source].position = span.before;
      }
    }
    offset = (*entry)->end();
  }
}

}  // namespace

// Opens the segment that reading goes on in: the one that holds next_read_ at first, then one after
// the other.
Status SegmentLog::open_reading() {
  const bool at_start = read_at_ == 0;
  while (at_start && reading_index_ + 1 < segments_.size() &&
         segments_[reading_index_ + 1].first <= next_read_) {
    ++reading_index_;
  }
  const std::string& path = segments_[reading_index_].path;
  auto segment = Segment::open(fs_, path, OpenMode::read);
  const bool damaged = !segment && segment.error().code == Errc::corrupt;
  if (damaged) {
    log_.error("buffer-damaged", "the header of a segment is damaged, its frames are kept",
               {{"segment", path}});
    segment = Segment::open_damaged(fs_, path);
  }
  if (!segment) {
    return segment.error();
  }
  reading_ = std::move(*segment);
  read_at_ = reading_->header().size;
  const SegmentHeader& header = reading_->header();
  header_is_news_ = !damaged && header.first > next_read_;
  if (at_start) {
    read_documents_ =
        ack_.state().ledger.accounted();  // what is settled is all that was made before
    if (!damaged && !header_is_news_) {
      read_table_ = header.table;
      read_bytes_ = header.ledger.bytes;
    }
  }
  return {};
}

Result<std::optional<StoredFrame>> SegmentLog::next() {
  if (next_read_ > synced_) {
    return std::optional<StoredFrame>();
  }
  auto found = next_intact();
  if (!found) {
    return found.error();
  }
  if (header_is_news_) {  // frames in front of this segment are gone; its header says what they
                          // moved
    header_is_news_ = false;
    const SegmentHeader header = reading_->header();
    auto lost = lost_up_to(header.first - 1, header.table, made(header.ledger));
    return lost ? Result<std::optional<StoredFrame>>(std::move(*lost)) : lost.error();
  }
  if (!*found || peeked_->entry.head.id > synced_) {
    if (synced_ < last_) {
      return std::optional<StoredFrame>();  // the table stands behind frames that are not synced:
                                            // later
    }
    auto lost = lost_up_to(synced_, table_, made(ledger_));
    return lost ? Result<std::optional<StoredFrame>>(std::move(*lost)) : lost.error();
  }
  const Segment::Entry& entry = peeked_->entry;
  const event::Batch& batch = entry.meta.batch;
  if (entry.head.id > next_read_) {
    CheckpointTable ends = read_table_;
    if (auto s = find_ends(ends); !s) {
      return s.error();
    }
    auto lost = lost_up_to(entry.head.id - 1, ends, made(batch.ledger) - batch.documents);
    return lost ? Result<std::optional<StoredFrame>>(std::move(*lost)) : lost.error();
  }
  StoredFrame frame;
  frame.id = entry.head.id;
  frame.bytes_before = read_bytes_;
  read_bytes_ = batch.ledger.bytes;
  advance(read_table_, batch);
  read_documents_ = made(batch.ledger);
  next_read_ = frame.id + 1;
  read_at_ = entry.end();
  frame.batch = std::move(peeked_->entry.meta.batch);
  frame.batch.body = std::move(peeked_->body);
  peeked_.reset();
  return std::optional<StoredFrame>(std::move(frame));
}

// Sets peeked_ to the first intact frame from next_read_ on. False: there is none up to the end of
// the log. Stops in front of a segment whose header says that frames before it are gone.
Result<bool> SegmentLog::next_intact() {
  while (!peeked_) {
    if (!reading_) {
      if (auto s = open_reading(); !s) {
        return s.error();
      }
    }
    if (header_is_news_) {
      return false;
    }
    auto entry = reading_->front(read_at_);
    if (entry && !*entry) {
      if (!read_further()) {
        return false;
      }
    } else if (entry && (*entry)->head.id < next_read_) {  // settled
      advance(read_table_, (*entry)->meta.batch);
      read_bytes_ = (*entry)->meta.batch.ledger.bytes;
      read_at_ = (*entry)->end();
    } else if (auto s = peek(std::move(entry)); !s) {
      return s.error();
    }
  }
  return true;
}

// Where reading_ seemed to end: goes on in what was appended, or in the next segment. False: there
// is no more.
bool SegmentLog::read_further() {
  if (reading_->size() < segments_[reading_index_].bytes) {
    reading_->see_growth(segments_[reading_index_].bytes);  // appended since it was opened
    return true;
  }
  if (reading_index_ + 1 < segments_.size()) {
    ++reading_index_;
    reading_.reset();
    return true;
  }
  return false;
}

// Sets peeked_ to the frame found at read_at_, or goes behind what is damaged of it.
Status SegmentLog::peek(Result<std::optional<Segment::Entry>> entry) {
  Result<std::string> body = entry ? reading_->body(**entry) : Result<std::string>(entry.error());
  if (body) {
    peeked_ = Peeked{std::move(**entry), std::move(*body)};
    return {};
  }
  return body.error().code == Errc::corrupt ? search_on(body.error().message) : body.error();
}

// Moves the reader behind damaged bytes: to the next intact frame, or to the end of the segment.
Status SegmentLog::search_on(const std::string& why) {
  auto found = reading_->search(read_at_ + 1);
  if (!found) {
    return found.error();
  }
  const std::uint64_t to = *found ? (*found)->at : reading_->size();
  log_.error("buffer-damaged", "bytes of a segment are damaged; the frames behind them are kept",
             {{"segment", reading_->path()},
              {"offset", read_at_},
              {"bytes", to - read_at_},
              {"error", why}});
  damage_.skipped_bytes += to - read_at_;
  read_at_ = to;
  return {};
}

// Stands for the frames from next_read_ to id. table and made_then: how things stood behind them.
Result<StoredFrame> SegmentLog::lost_up_to(event::FrameId id, const CheckpointTable& table,
                                           std::uint64_t made_then) {
  StoredFrame lost;
  lost.id = id;
  lost.lost_documents = made_then > read_documents_ ? made_then - read_documents_ : 0;
  for (const auto& [source, then] : table) {
    const auto at = read_table_.find(source);
    const event::Checkpoint from = at == read_table_.end() ? event::Checkpoint{} : at->second;
    if (from.position != then.position) {
      lost.lost_ranges.push_back(LostRange{source, from, then.position});
    }
  }
  if (lost.lost_documents > 0 || !lost.lost_ranges.empty()) {  // else only numbers were left out
    damage_.lost_documents += lost.lost_documents;
    damage_.lost_frames += id + 1 - next_read_;
  }
  for (const auto& [source, then] : table) {
    read_table_[source] = then;
  }
  read_documents_ = made_then;
  next_read_ = id + 1;
  return lost;
}

// Where each source stood before the peeked frame: the next span of a source says where it begins.
// Sources that move no more in this segment stand where the next header says, or the table.
Status SegmentLog::find_ends(CheckpointTable& table) {
  reading_->see_growth(segments_[reading_index_].bytes);
  auto ends = begins_from(*reading_, peeked_->entry.at);
  if (!ends) {
    return ends.error();
  }
  CheckpointTable then = table_;
  if (reading_index_ + 1 < segments_.size()) {
    auto after = Segment::open(fs_, segments_[reading_index_ + 1].path, OpenMode::read);
    if (!after && after.error().code != Errc::corrupt) {
      return after.error();
    }
    then = after ? (*after)->header().table : table;
  }
  for (const auto& [source, stands] : then) {
    const auto next = ends->find(source);
    const auto known = table.find(source);
    if (next != ends->end()) {
      // Only the place is new. What the input knew before it is better than nothing.
      event::Checkpoint moved = known == table.end() ? next->second : known->second;
      moved.position = next->second.position;
      table[source] = std::move(moved);
    } else {
      table[source] = stands;
    }
  }
  return {};
}

}  // namespace auditship::buffer
