#include "agent/input/joined/joined_source.h"

#include <utility>

namespace auditship::input::joined {

JoinedSource::JoinedSource(std::unique_ptr<Source> log, const Clock& clock,
                           const JoinOptions& options)
    : log_(std::move(log)),
      clock_(clock),
      patience_(options.patience),
      joiner_(options.line_max_bytes) {}

Result<std::size_t> JoinedSource::read(std::vector<event::RawLine>& records,
                                       std::size_t max_bytes) {
  if (!keeping_) {
    kept_.clear();
    texts_.clear();
    remember_place();
    auto count = log_->read(records, max_bytes);
    if (!count) {
      return count;
    }
    joiner_.join(records);
    if (!joiner_.waits()) {
      return records.size();
    }
    keeping_ = true;
    at_end_ = false;
    keep(records);
  }
  // One by one, until nothing waits: only there is a place to go on from.
  while (joiner_.waits()) {
    auto more = read_more(records);
    if (!more || !*more) {
      records.clear();
      shown_ = without_kept(log_->progress());
      return more ? Result<std::size_t>(std::size_t{0}) : more.error();
    }
  }
  keeping_ = false;
  records = kept_;
  return records.size();
}

// False: the log has no more now.
Result<bool> JoinedSource::read_more(std::vector<event::RawLine>& records) {
  auto count = log_->read(records, 1);
  if (!count) {
    return count.error();
  }
  if (*count == 0) {
    const TimePoint now = clock_.now();
    if (!at_end_) {
      at_end_ = true;
      at_end_since_ = now;
    }
    if (now - at_end_since_ < patience_) {
      return false;
    }
    joiner_.take_rest(records);
    keep(records);
    return true;
  }
  const std::uint64_t parts = joiner_.parts();
  joiner_.join(records);
  keep(records);
  if (joiner_.parts() != parts) {
    at_end_ = false;
  }
  return true;
}

void JoinedSource::remember_place() {
  if (!placed_ || log_->position() != place_.position) {
    place_ = log_->checkpoint();
    placed_ = true;
  }
  counted_ = log_->progress();
}

void JoinedSource::keep(const std::vector<event::RawLine>& records) {
  for (const event::RawLine& record : records) {
    event::RawLine& kept = kept_.emplace_back(record);
    kept.text = texts_.emplace_back(record.text);
    if (!record.tail.empty()) {
      kept.tail = texts_.emplace_back(record.tail);
    }
  }
}

// What is kept is still ahead, for whoever looks at the position.
SourceProgress JoinedSource::without_kept(const SourceProgress& progress) const {
  SourceProgress out = progress;
  out.records = counted_.records;
  out.empty_records = counted_.empty_records;
  out.bytes = counted_.bytes;
  out.cut_records = counted_.cut_records;
  out.lost_ranges = counted_.lost_ranges;
  out.lost_bytes = counted_.lost_bytes;
  out.backlog_bytes += progress.bytes - counted_.bytes;
  return out;
}

const SourceProgress& JoinedSource::progress() const {
  return keeping_ ? shown_ : log_->progress();
}

event::Cursor JoinedSource::position() const {
  return keeping_ ? place_.position : log_->position();
}

event::Checkpoint JoinedSource::checkpoint() const {
  return keeping_ ? place_ : log_->checkpoint();
}

Result<SourceProgress> JoinedSource::survey() {
  auto survey = log_->survey();
  return survey && keeping_ ? Result<SourceProgress>(without_kept(*survey)) : survey;
}

Result<std::size_t> JoinedRange::read(std::vector<event::RawLine>& records, std::size_t max_bytes) {
  for (;;) {
    auto count = range_->read(records, max_bytes);
    if (!count) {
      return count;
    }
    if (*count == 0) {
      joiner_.take_rest(records);
      return records.size();
    }
    joiner_.join(records);
    if (!records.empty()) {
      return records.size();
    }
  }
}

}  // namespace auditship::input::joined
