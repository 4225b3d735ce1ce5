#include "agent/buffer/segment_reader.h"

#include <utility>

namespace auditship::buffer {
namespace {

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

Result<std::unique_ptr<SegmentReader>> SegmentReader::open(Fs& fs, Logger& log,
                                                           const SegmentWriter& writer,
                                                           event::FrameId settled,
                                                           std::uint64_t accounted) {
  std::unique_ptr<SegmentReader> reader(new SegmentReader(fs, log, writer, settled, accounted));
  if (auto s = reader->open_segment(); !s) {
    return s.error();
  }
  return reader;
}

// Opens the segment that reading goes on in: the one that holds next_ at first, then one after the
// other.
Status SegmentReader::open_segment() {
  const SegmentList& segments = writer_.segments();
  const bool at_start = segment_first_ == 0;
  const SegmentFile& file = segments.at(segments.index_of(at_start ? next_ : segment_first_));
  auto segment = Segment::open(fs_, file.path, OpenMode::read);
  const bool damaged = !segment && segment.error().code == Errc::corrupt;
  if (damaged) {
    log_.error("buffer-damaged", "the header of a segment is damaged, its frames are kept",
               {{"segment", file.path}});
    segment = Segment::open_damaged(fs_, file.path);
  }
  if (!segment) {
    return segment.error();
  }
  segment_ = std::move(*segment);
  segment_first_ = file.first;
  at_ = segment_->header().size;
  const SegmentHeader& header = segment_->header();
  header_is_news_ = !damaged && header.first > next_;
  if (at_start && !damaged && !header_is_news_) {
    table_ = header.table;
    bytes_ = header.ledger.bytes;
  }
  return {};
}

Result<std::optional<StoredFrame>> SegmentReader::next() {
  if (next_ > writer_.synced()) {
    return std::optional<StoredFrame>();
  }
  auto found = find_next();
  if (!found) {
    return found.error();
  }
  if (header_is_news_) {
    // Frames in front of this segment are gone; its header says what they moved.
    header_is_news_ = false;
    const SegmentHeader& header = segment_->header();
    return std::optional(lost_up_to(header.first - 1, header.table, documents_made(header.ledger)));
  }
  const event::FrameId synced = writer_.synced();
  const LogState& end = writer_.state();
  if (!*found || peeked_->entry.head.id > synced) {
    if (synced < end.last) {
      // The table stands behind frames that are not synced: later.
      return std::optional<StoredFrame>();
    }
    return std::optional(lost_up_to(synced, end.table, documents_made(end.ledger)));
  }
  const Segment::Entry& entry = peeked_->entry;
  if (entry.head.id > next_) {
    CheckpointTable ends = table_;
    if (auto s = find_ends(ends); !s) {
      return s.error();
    }
    const event::Batch& batch = entry.meta.batch;
    return std::optional(
        lost_up_to(entry.head.id - 1, ends, documents_made(batch.ledger) - batch.documents));
  }
  return std::optional(hand_out());
}

// The frame in peeked_.
StoredFrame SegmentReader::hand_out() {
  const Segment::Entry& entry = peeked_->entry;
  const event::Batch& batch = entry.meta.batch;
  StoredFrame frame;
  frame.id = entry.head.id;
  frame.bytes_before = bytes_;
  bytes_ = batch.ledger.bytes;
  advance(table_, batch);
  documents_ = documents_made(batch.ledger);
  next_ = frame.id + 1;
  at_ = entry.end();
  frame.batch = std::move(peeked_->entry.meta.batch);
  frame.batch.body = std::move(peeked_->body);
  peeked_.reset();
  return frame;
}

// Sets peeked_ to the first intact frame from next_ on. False: there is none up to the end of the
// log. Stops in front of a segment whose header says that frames before it are gone.
Result<bool> SegmentReader::find_next() {
  while (!peeked_) {
    if (!segment_) {
      if (auto s = open_segment(); !s) {
        return s.error();
      }
    }
    if (header_is_news_) {
      return false;
    }
    auto entry = segment_->front(at_);
    if (entry && !*entry) {
      if (!read_further()) {
        return false;
      }
    } else if (entry && (*entry)->head.id < next_) {  // settled
      advance(table_, (*entry)->meta.batch);
      bytes_ = (*entry)->meta.batch.ledger.bytes;
      at_ = (*entry)->end();
    } else if (auto s = peek(std::move(entry)); !s) {
      return s.error();
    }
  }
  return true;
}

// A segment goes when all of it is settled, and what is settled was handed out.
void SegmentReader::release_removed() {
  if (segment_ && writer_.segments().front().first > segment_first_) {
    segment_.reset();
    segment_first_ = writer_.segments().front().first;
  }
}

// Where segment_ seemed to end: goes on in what was appended, or in the next segment. False: there
// is no more.
bool SegmentReader::read_further() {
  const SegmentList& segments = writer_.segments();
  const std::size_t index = segments.index_of(segment_first_);
  if (segment_->size() < segments.at(index).bytes) {
    segment_->see_growth(segments.at(index).bytes);  // appended since it was opened
    return true;
  }
  if (index + 1 < segments.size()) {
    segment_first_ = segments.at(index + 1).first;
    segment_.reset();
    return true;
  }
  return false;
}

// Sets peeked_ to the frame found at at_, or goes behind what is damaged of it.
Status SegmentReader::peek(Result<std::optional<Segment::Entry>> entry) {
  Result<std::string> body = entry ? segment_->body(**entry) : Result<std::string>(entry.error());
  if (body) {
    peeked_ = Peeked{std::move(**entry), std::move(*body)};
    return {};
  }
  return body.error().code == Errc::corrupt ? search_on(body.error().message) : body.error();
}

// Moves behind damaged bytes: to the next intact frame, or to the end of the segment.
Status SegmentReader::search_on(const std::string& why) {
  auto found = segment_->search(at_ + 1);
  if (!found) {
    return found.error();
  }
  const std::uint64_t to = *found ? (*found)->at : segment_->size();
  log_.error("buffer-damaged", "bytes of a segment are damaged; the frames behind them are kept",
             {{"segment", segment_->path()}, {"offset", at_}, {"bytes", to - at_}, {"error", why}});
  damage_.skipped_bytes += to - at_;
  at_ = to;
  return {};
}

// Stands for the frames from next_ to id. table and made: how things stood behind them.
StoredFrame SegmentReader::lost_up_to(event::FrameId id, const CheckpointTable& table,
                                      std::uint64_t made) {
  StoredFrame lost;
  lost.id = id;
  lost.lost_documents = made > documents_ ? made - documents_ : 0;
  for (const auto& [source, then] : table) {
    const auto at = table_.find(source);
    const event::Checkpoint from = at == table_.end() ? event::Checkpoint{} : at->second;
    if (from.position != then.position) {
      lost.lost_ranges.push_back(LostRange{source, from, then.position});
    }
  }
  if (lost.lost_documents > 0 || !lost.lost_ranges.empty()) {  // else only numbers were left out
    damage_.lost_documents += lost.lost_documents;
    damage_.lost_frames += id + 1 - next_;
  }
  for (const auto& [source, then] : table) {
    table_[source] = then;
  }
  documents_ = made;
  next_ = id + 1;
  return lost;
}

// Where each source stood before the peeked frame: the next span of a source says where it begins.
// Sources that move no more in this segment stand where the next header says, or the table.
Status SegmentReader::find_ends(CheckpointTable& table) {
  const SegmentList& segments = writer_.segments();
  const std::size_t index = segments.index_of(segment_first_);
  segment_->see_growth(segments.at(index).bytes);
  auto ends = begins_from(*segment_, peeked_->entry.at);
  if (!ends) {
    return ends.error();
  }
  CheckpointTable then = writer_.state().table;
  if (index + 1 < segments.size()) {
    auto after = Segment::open(fs_, segments.at(index + 1).path, OpenMode::read);
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
