#include "agent/unwrap/record_joiner.h"

#include <algorithm>
#include <utility>

namespace auditship::unwrap {

void RecordJoiner::join(std::vector<event::RawLine>& lines) {
  given_out_.clear();
  const std::size_t begin = waits() ? 0 : first_part(lines);
  if (begin == lines.size()) {
    return;
  }
  // What stands before the first part stays as it is.
  std::vector<event::RawLine> whole(lines.begin(),
                                    lines.begin() + static_cast<std::ptrdiff_t>(begin));
  for (std::size_t i = begin; i < lines.size(); ++i) {
    event::RawLine joined;
    const bool complete = take(lines[i], joined);
    if (complete) {
      whole.push_back(joined);
    }
    waited_ += lines[i].size_in_log + (complete ? kRecordCost : 0);
    if (waits() && waited_ > 2 * max_bytes_) {
      take_rest(whole);
    }
  }
  lines.swap(whole);
}

// Nearly all logs have none: this is all that their lines cost.
std::size_t RecordJoiner::first_part(const std::vector<event::RawLine>& lines) {
  const auto found = std::find_if(lines.begin(), lines.end(), [this](const event::RawLine& line) {
    return !line.cut && unwrapper_.open(line.text).kind == Unwrapped::Kind::part;
  });
  return static_cast<std::size_t>(found - lines.begin());
}

// False: line was a part, and its record goes on.
bool RecordJoiner::take(const event::RawLine& line, event::RawLine& joined) {
  joined = line;
  if (line.cut) {
    return true;
  }
  const Unwrapped part = unwrapper_.open(line.text);
  if (!part.wrapped()) {
    return true;
  }
  Pending& record = pending_[part.stream == "stderr" ? 1 : 0];
  if (!record.open) {
    if (part.kind == Unwrapped::Kind::record) {
      return true;
    }
    if (!waits()) {
      waited_ = 0;
    }
    record.open = true;
    record.first = line;
    record.first.text = record.first.tail = {};
    record.first.size_in_log = 0;
    record.length = 0;
    record.head.clear();
    record.tail.clear();
    append(record, part.time);
    append(record, part.stream == "stderr" ? " stderr F " : " stdout F ");
  }
  ++parts_;
  append(record, part.text);
  record.first.size_in_log += line.size_in_log;
  record.first.unterminated = line.unterminated;
  if (part.kind == Unwrapped::Kind::part) {
    return false;
  }
  joined = finish(record);
  return true;
}

void RecordJoiner::append(Pending& record, std::string_view text) const {
  record.hash.update(text);
  record.length += text.size();
  const std::size_t room = max_bytes_ - record.head.size();
  record.head.append(text.substr(0, room));
  if (text.size() <= room) {
    return;
  }
  record.tail.append(text.substr(room));
  if (record.tail.size() > 2 * tail_bytes_ + 4096) {
    record.tail.erase(0, record.tail.size() - tail_bytes_);
  }
}

event::RawLine RecordJoiner::finish(Pending& record) {
  record.open = false;
  Joined& joined = given_out_.emplace_back();
  joined.head.swap(record.head);
  joined.tail.swap(record.tail);
  event::RawLine line = record.first;
  line.length = record.length;
  const Digest digest = record.hash.finish();
  line.text = joined.head;
  if (record.length > max_bytes_) {
    line.cut = true;
    line.digest = digest;
    // The end of the record may begin in the head.
    if (joined.tail.size() < tail_bytes_) {
      joined.tail.insert(0, joined.head, joined.head.size() - (tail_bytes_ - joined.tail.size()));
    }
    line.tail = std::string_view(joined.tail).substr(joined.tail.size() - tail_bytes_);
    line.text = line.text.substr(0, max_bytes_ - tail_bytes_);
  }
  return line;
}

void RecordJoiner::take_rest(std::vector<event::RawLine>& lines) {
  for (Pending& record : pending_) {
    if (record.open) {
      lines.push_back(finish(record));
    }
  }
}

}  // namespace auditship::unwrap
