// The part of a Stream that makes up for damage: lines of lost frames are read again, and while it
// is not known which lines were sent before, frames are in doubt.
#include <algorithm>

#include "agent/pipeline/pipeline.h"

namespace auditship::pipeline {
namespace {

// Tells which lines lie in a lost range. They come in order from its beginning. Where its end is not
// there any more, only the file that it begins in is surely within.
class LostLines {
 public:
  LostLines(const event::SourcePos& from, const event::SourcePos& to, bool end_is_there)
      : from_(from), to_(to), end_is_there_(end_is_there) {}

  bool holds(const event::RawLine& line) {
    const event::FileKey& file = line.begin.file;
    if (file == to_.file) {
      met_end_ = true;
      return line.end.offset <= to_.offset;
    }
    return !met_end_ && (file == from_.file || (end_is_there_ && from_.file != to_.file));
  }

 private:
  event::SourcePos from_, to_;
  bool end_is_there_, met_end_ = false;
};

}  // namespace

// The disk failed us: forget all that is not on it, and recover from it later. The sink stays:
// requests are under way.
void Stream::close_all(const Error& why, TimePoint now) {
  env_.log.error("stream-reopen", "the buffer failed; it is closed and recovered",
                 {{"stream", settings_.name}, {"error", why.message}});
  delivery_.reset();
  log_.reset();
  sources_.clear();
  pending_.reset();
  builder_ = buffer::BatchBuilder(settings_.codec, settings_.batch);
  rules_recorded_ = false;
  at_end_ = false;
  problem_ = why.message;
  poll_at_ = rescan_at_ = repair_at_ = TimePoint{};
  reopen_failures_ = std::min(reopen_failures_ + 1, 6u);
  reopen_at_ = now + std::chrono::milliseconds(500) * (1u << reopen_failures_);
}

void Stream::measure_limit() {
  if (!settings_.buffer_max_percent || !log_) {
    return;
  }
  if (auto free = env_.fs.free_bytes(settings_.buffer.directory)) {
    log_->set_max_bytes((*free + log_->bytes()) / 100 * *settings_.buffer_max_percent);
  }
}

// When all that was there has been read once more, nothing that comes now can have been sent
// before.
Status Stream::end_doubt() {
  if (delivery_->ack().doubted != buffer::AckState::kAllDoubted || !at_end_ || pending_ ||
      !delivery_->lost_ranges().empty()) {
    return {};
  }
  if (unread()) {
    return {};
  }
  if (!builder_.empty()) {
    if (auto s = close_batch(); !s || pending_) {
      return s;
    }
  }
  delivery_->doubt_up_to(log_->last());
  return {};
}

// A full disk puts it off; whatever else goes wrong with the source is told, and what cannot be
// read stays lost.
Status Stream::reread_lost_ranges() {
  while (true) {
    const std::vector<buffer::LostRange> lost_ranges = delivery_->lost_ranges();
    if (lost_ranges.empty()) {
      return {};
    }
    // What is read already goes first, even into a full buffer: the lost range keeps it from
    // getting empty.
    Status closed = pending_           ? append_pending(buffer::Room::beyond)
                    : builder_.empty() ? Status()
                                       : close_batch(buffer::Room::beyond);
    if (!closed || pending_) {
      return closed;
    }
    const bool doubted = delivery_->ack().doubted == buffer::AckState::kAllDoubted;
    if (auto s = reread(lost_ranges); !s) {
      return s.error().code == Errc::no_space ? Status() : s;
    }
    delivery_->repaired();
    if (!doubted) {
      delivery_->doubt_up_to(log_->last());
    }
  }
}

// Each of them, durably.
Status Stream::reread(const std::vector<buffer::LostRange>& lost_ranges) {
  Status status = delivery_->doubt_all();
  for (std::size_t i = 0; status && i < lost_ranges.size(); ++i) {
    status = reread(lost_ranges[i]);
  }
  return status ? log_->sync() : status;
}

// A reader of the file from a place on.
std::unique_ptr<input::file::FileSource> Stream::tail_from(
    const std::string& file, const input::file::FileCheckpoint& from) const {
  input::file::FileSourceOptions options = settings_.tail;
  options.path = file;
  options.final_pass = true;
  options.backfill_ns = std::nullopt;
  const bool known = from.pos != event::SourcePos{};
  return std::make_unique<input::file::FileSource>(env_.fs, env_.clock, env_.log,
                                                   std::move(options),
                                                   known ? std::optional(from) : std::nullopt);
}

// Whether the generation that a lost range ends in can still be read.
bool Stream::end_is_there(const std::string& file, const input::file::FileCheckpoint& from,
                          const event::SourcePos& to) {
  if (from.pos.file == to.file) {
    return true;
  }
  const std::unique_ptr<input::file::FileSource> tail = tail_from(file, from);
  while (true) {
    auto count = tail->read(lines_, kReadBytes);
    if (!count || *count == 0) {
      return false;
    }
    if (std::any_of(lines_.begin(), lines_.end(),
                    [&](const event::RawLine& line) { return line.begin.file == to.file; })) {
      return true;
    }
  }
}

Status Stream::reread(const buffer::LostRange& range) {
  if (range.source == kRulesSource) {
    env_.log.warn(
        "rules-record-lost",
        "the record of a change of filter rules was in a damaged frame; no log has it",
        {{"stream", settings_.name}, {"change", rule_change_number(range.from.position)}});
    return {};
  }
  const auto from = input::file::decode_checkpoint(range.from);
  const auto to = input::file::decode_position(range.to);
  if (!from || !to) {
    env_.log.error("buffer-not-repaired",
                   "lines of damaged frames cannot be read again: their position cannot be read",
                   {{"stream", settings_.name},
                    {"file", range.source},
                    {"error", from ? to.error().message : from.error().message}});
    return {};
  }
  return reread(range.source, *from, *to);
}

Status Stream::reread(const std::string& file, const input::file::FileCheckpoint& from,
                      const event::SourcePos& to) {
  LostLines range(from.pos, to, end_is_there(file, from, to));
  const std::unique_ptr<input::file::FileSource> tail = tail_from(file, from);
  Source source;
  source.parser = make_parser_();
  buffer::BatchBuilder builder(settings_.codec, settings_.batch);
  const std::uint64_t before = ledger_.reread;
  bool inside = true;
  while (inside) {
    auto count = tail->read(lines_, kReadBytes);
    if (!count || *count == 0) {
      break;
    }
    for (const event::RawLine& line : lines_) {
      inside = inside && range.holds(line);
      if (!inside) {
        break;
      }
      take(line, source, env_.clock.wall_ns());
      ++ledger_.reread;
    }
    if (bulk_documents_ > 0) {
      builder.add_documents(bulk_, bulk_documents_, bulk_oldest_ns_, env_.clock.now());
      clear_bulk();  // else the next read put them into its batch once more
    }
    if (builder.full()) {
      if (auto s = append_repair(builder); !s) {
        return s;
      }
    }
  }
  ledger_.gaps += tail->stats().gaps;
  ledger_.gap_bytes += tail->stats().gap_bytes;
  env_.log.warn("buffer-repaired", "lines of damaged frames were read again from the log file",
                {{"stream", settings_.name},
                 {"file", file},
                 {"lines", ledger_.reread - before},
                 {"from", from.pos.offset},
                 {"to", to.offset}});
  return builder.empty() ? Status() : append_repair(builder);
}

// No room: the lines are uncounted and come again.
Status Stream::append_repair(buffer::BatchBuilder& builder) {
  auto id = log_->append(builder.close(ledger_), buffer::Room::beyond);
  if (!id) {
    ledger_ = log_->ledger();
    return id.error();
  }
  return {};
}

}  // namespace auditship::pipeline
