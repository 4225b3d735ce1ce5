#include "agent/buffer/segment_replay.h"

#include <string>
#include <utility>

namespace auditship::buffer {
namespace {

// One replay, from the newest segment's file to what is known of it.
class Replay {
 public:
  Replay(Fs& fs, Logger& log, SegmentList& segments, event::FrameId settled)
      : fs_(fs), log_(log), segments_(segments), settled_(settled) {}

  Result<Replayed> run();

 private:
  Status open_newest();
  Status rebuild_from_damaged(const std::string& path);
  Status replay(Segment& segment, std::uint64_t offset, bool strict);
  [[nodiscard]] bool joins_last(const Segment::Entry& entry) const;
  Result<std::optional<Segment::Entry>> pass_damage(Segment& segment, std::uint64_t offset,
                                                    bool strict);
  Status cut_end(Segment& newest, std::uint64_t offset);

  Fs& fs_;
  Logger& log_;
  SegmentList& segments_;
  event::FrameId settled_;
  Replayed out_;
};

Result<Replayed> Replay::run() {
  if (auto s = open_newest(); !s) {
    return s.error();
  }
  return std::move(out_);
}

// Opens the newest segment and replays its frames, so that table, ledger and last frame are known.
Status Replay::open_newest() {
  while (!segments_.empty()) {
    const SegmentFile newest = segments_.back();
    auto segment = Segment::open(fs_, newest.path, OpenMode::write);
    if (segment) {
      out_.active = std::move(*segment);
      out_.buffer = out_.active->header().buffer;
      out_.state.table = out_.active->header().table;
      out_.state.ledger = out_.active->header().ledger;
      out_.state.last = out_.active->header().first - 1;
      return replay(*out_.active, out_.active->header().size, true);
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
    if (auto s = segments_.remove_back(); !s) {
      return s;
    }
    out_.skipped_bytes += newest.bytes;
  }
  return {};
}

// The newest header is gone: take the table of the segment before, then what the frames themselves
// say.
Status Replay::rebuild_from_damaged(const std::string& path) {
  out_.places_unsure = true;
  for (const std::string& each :
       {segments_.size() > 1 ? segments_.at(segments_.size() - 2).path : std::string(), path}) {
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
      out_.buffer = header.buffer;
      out_.state.table = header.table;
      out_.state.ledger = header.ledger;
    }
    if (auto s = replay(**segment, header.size, false); !s) {
      return s;
    }
  }
  return {};  // out_.active stays empty: a new segment follows
}

// Goes through the frames from offset. Strict: cut at the first frame that is damaged or does not
// join (B1), unless all that is damaged was settled. Not strict: take what is intact.
Status Replay::replay(Segment& segment, std::uint64_t offset, bool strict) {
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
    advance(out_.state.table, (*entry)->meta.batch);
    out_.state.ledger = (*entry)->meta.batch.ledger;
    out_.state.last = (*entry)->head.id;
    offset = (*entry)->end();
  }
  return {};
}

bool Replay::joins_last(const Segment::Entry& entry) const {
  return entry.head.id == out_.state.last + 1 && joins(out_.state.table, entry.meta.batch);
}

// The frame that replay goes on with, as the bytes at offset are no frame to be taken; nullopt:
// there is none, and nothing of the segment is left to be looked at.
Result<std::optional<Segment::Entry>> Replay::pass_damage(Segment& segment, std::uint64_t offset,
                                                          bool strict) {
  auto found = segment.search(offset + 1);
  if (!found) {
    return found;
  }
  const bool settled =
      *found && (*found)->head.id > out_.state.last && (*found)->head.id <= settled_ + 1;
  if (strict && !settled) {
    if (auto s = cut_end(segment, offset); !s) {
      return s.error();
    }
    return std::optional<Segment::Entry>();
  }
  out_.places_unsure = true;
  out_.skipped_bytes += (*found ? (*found)->at : segment.size()) - offset;
  return found;
}

Status Replay::cut_end(Segment& newest, std::uint64_t offset) {
  const std::uint64_t bytes = newest.size() - offset;
  log_.warn("buffer-cut",
            "the end of the newest segment was not whole and is read again from the source",
            {{"segment", newest.path()}, {"bytes", bytes}});
  out_.cut_bytes += bytes;
  segments_.resize_back(segments_.back().bytes - bytes);
  return newest.cut(offset);
}

}  // namespace

Result<Replayed> replay_newest(Fs& fs, Logger& log, SegmentList& segments, event::FrameId settled) {
  return Replay(fs, log, segments, settled).run();
}

}  // namespace auditship::buffer
