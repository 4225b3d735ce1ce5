#include "agent/logging/log_deduplicator.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace auditship::logging {

bool LogDeduplicator::fresh(const LogLine& line, TimePoint now) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.line == line; });
  if (found == entries_.end()) {
    return true;
  }
  if (now - found->since >= window_ && found->times == 0) {
    entries_.erase(found);
    return true;
  }
  ++found->times;
  return false;
}

std::vector<RepeatedLine> LogDeduplicator::said(LogLine line, TimePoint now) {
  std::vector<RepeatedLine> forgotten;
  if (line.head.size() + line.tail.size() > kMostBytes) {
    return forgotten;
  }
  if (entries_.size() == kMostLines) {
    Entry& oldest = entries_.front();
    if (oldest.times > 0) {
      forgotten.push_back(RepeatedLine{std::move(oldest.line), oldest.times});
    }
    entries_.pop_front();
  }
  entries_.push_back(Entry{std::move(line), now});
  return forgotten;
}

std::vector<RepeatedLine> LogDeduplicator::take(TimePoint now) {
  std::vector<RepeatedLine> taken;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    if (now - entry->since >= window_) {
      if (entry->times == 0) {
        entries_.erase(entry);
      } else {
        taken.push_back(take_entry(entry, now));
      }
    }
    entry = next;
  }
  return taken;
}

std::vector<RepeatedLine> LogDeduplicator::take_all(TimePoint now) {
  std::vector<RepeatedLine> taken;
  std::size_t left = entries_.size();  // those taken go to the end
  for (auto entry = entries_.begin(); left > 0; --left) {
    const auto next = std::next(entry);
    if (entry->times > 0) {
      taken.push_back(take_entry(entry, now));
    }
    entry = next;
  }
  return taken;
}

// Its window begins anew.
RepeatedLine LogDeduplicator::take_entry(std::list<Entry>::iterator entry, TimePoint now) {
  entry->since = now;
  entries_.splice(entries_.end(), entries_, entry);
  return RepeatedLine{entry->line, std::exchange(entry->times, 0)};
}

TimePoint LogDeduplicator::next() const {
  TimePoint next = TimePoint::max();
  for (const Entry& entry : entries_) {
    if (entry.times > 0) {
      next = std::min(next, entry.since + window_);
    }
  }
  return next;
}

}  // namespace auditship::logging
