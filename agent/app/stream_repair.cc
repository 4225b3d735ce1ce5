// The part of a Stream that makes up for damage: lines of lost frames are read again, and while it is not known
// which lines were sent before, frames are in doubt.
#include <algorithm>

#include "agent/app/stream.h"

namespace auditship {
namespace {

// Tells which lines of a source lie in a hole. Lines come in order; the generations between its ends were finished.
class HoleRange {
 public:
  HoleRange(const Hole& hole, const std::vector<FileKey>& finished) : hole_(hole), finished_(finished), met_end_(false) {}

  bool holds(const RawLine& line) {
    const FileKey& file = line.begin.file;
    if (file == hole_.to.file) {
      met_end_ = true;
      return line.end.offset <= hole_.to.offset;
    }
    if (met_end_) {
      return false;
    }
    if (file == hole_.from.pos.file) {
      return true;
    }
    const auto at = std::find(finished_.begin(), finished_.end(), file);
    return at != finished_.end() && at < std::find(finished_.begin(), finished_.end(), hole_.to.file);
  }

 private:
  const Hole& hole_;
  const std::vector<FileKey>& finished_;
  bool met_end_;
};

}  // namespace

void Stream::measure_limit() {
  if (!settings_.buffer_max_percent || !log_) {
    return;
  }
  if (auto free = env_.fs.free_bytes(settings_.buffer.directory)) {
    log_->set_max_bytes((*free + log_->bytes()) / 100 * *settings_.buffer_max_percent);
  }
}

// When all that was there has been read once more, nothing that comes now can have been sent before.
Status Stream::end_doubt() {
  if (delivery_->ack().doubted != AckState::kAllDoubted || !at_end_ || pending_ || !delivery_->holes().empty()) {
    return {};
  }
  for (const auto& [name, source] : sources_) {
    if (source.failing || source.tail->stats().unread_bytes > source.tail->stats().unterminated_bytes) {
      return {};
    }
  }
  if (!builder_.empty()) {
    if (auto s = close_batch(); !s || pending_) {
      return s;
    }
  }
  delivery_->doubt_up_to(log_->last());
  return {};
}

// A full disk puts it off; whatever else goes wrong with the source is told, and what cannot be read stays lost.
Status Stream::read_holes_again() {
  while (true) {
    const std::vector<Hole> holes = delivery_->holes();
    if (holes.empty()) {
      return {};
    }
    if (!pending_ && !builder_.empty()) {
      if (auto s = close_batch(); !s) {
        return s;
      }
    }
    if (pending_) {
      return {};
    }
    const bool doubted = delivery_->ack().doubted == AckState::kAllDoubted;
    Status status = delivery_->doubt_all();
    for (std::size_t i = 0; status && i < holes.size(); ++i) {
      status = read_again(holes[i]);
    }
    status = status ? log_->sync() : status;
    if (!status) {
      return status.error().code == Errc::no_space ? Status() : status;
    }
    delivery_->repaired();
    if (!doubted) {
      delivery_->doubt_up_to(log_->last());
    }
  }
}

Status Stream::read_again(const Hole& hole) {
  TailOptions options = settings_.tail;
  options.path = hole.source;
  options.final_pass = true;
  options.backfill_ns = std::nullopt;
  const bool known = hole.from.pos != SourcePos{};
  Tail tail(env_.fs, env_.clock, env_.log, std::move(options), known ? std::optional<Checkpoint>(hole.from) : std::nullopt);
  Source source;
  source.parser = make_parser_();
  const auto stands = log_->table().find(hole.source);
  HoleRange range(hole, stands == log_->table().end() ? std::vector<FileKey>{} : stands->second.finished);
  BatchBuilder builder(settings_.codec, settings_.batch);
  const std::uint64_t before = ledger_.reread;
  bool inside = true;
  while (inside) {
    auto count = tail.read(lines_, kReadBytes);
    if (!count || *count == 0) {
      break;
    }
    bulk_.clear();
    bulk_documents_ = 0;
    bulk_oldest_ns_ = 0;
    for (const RawLine& line : lines_) {
      inside = inside && range.holds(line);
      if (!inside) {
        break;
      }
      take(line, source, env_.clock.wall_ns());
      ++ledger_.reread;
    }
    if (bulk_documents_ > 0) {
      builder.add_documents(bulk_, bulk_documents_, bulk_oldest_ns_, env_.clock.now());
    }
    if (builder.full()) {
      if (auto s = append_repair(builder); !s) {
        return s;
      }
    }
  }
  ledger_.gaps += tail.stats().gaps;
  ledger_.gap_bytes += tail.stats().gap_bytes;
  env_.log.warn("buffer-repaired", "lines of damaged frames were read again from the log file",
                {{"stream", settings_.name}, {"file", hole.source}, {"lines", ledger_.reread - before}, {"from", hole.from.pos.offset}, {"to", hole.to.offset}});
  return builder.empty() ? Status() : append_repair(builder);
}

// No room: the lines are uncounted and come again.
Status Stream::append_repair(BatchBuilder& builder) {
  auto id = log_->append(builder.close(ledger_), Room::beyond);
  if (!id) {
    ledger_ = log_->ledger();
    return id.error();
  }
  return {};
}

}  // namespace auditship
