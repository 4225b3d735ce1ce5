// LogDeduplicator: which lines of the agent log are said, and which are only counted.
//
//   fresh(line, now)  → true: say it; false: it was said within the window, and is counted
//   take(now)         → the counted lines whose window has ended, to be said once with their count
//   take_all(now)     → every counted line: before another message is said, and at the end
//
// A line is never late when it first appears, whatever its level. A line that was counted is taken
// exactly once; its window begins anew then. At most kMostLines lines of kMostBytes are remembered:
// of more, the oldest is forgotten once its count is taken; longer ones are always said. Plain
// arithmetic over the times it is given. Not thread-safe.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/logger.h"

namespace auditship::logging {

// A rendered line without its time: what stands before and behind the place of the count.
struct LogLine {
  LogLevel level = LogLevel::info;
  std::string head, tail;
  bool operator==(const LogLine&) const = default;
};

struct RepeatedLine {
  LogLine line;
  // Not said so far.
  std::uint64_t times = 0;
};

class LogDeduplicator {
 public:
  static constexpr std::size_t kMostLines = 32;
  static constexpr std::size_t kMostBytes = 4096;

  explicit LogDeduplicator(Duration window) : window_(window) {}

  [[nodiscard]] bool fresh(const LogLine& line, TimePoint now);
  // Remembers a line that has just been said. Returns what was counted of one that is forgotten
  // for it.
  [[nodiscard]] std::vector<RepeatedLine> said(LogLine line, TimePoint now);
  [[nodiscard]] std::vector<RepeatedLine> take(TimePoint now);
  [[nodiscard]] std::vector<RepeatedLine> take_all(TimePoint now);
  // When take() has something next; TimePoint::max() while nothing is counted.
  [[nodiscard]] TimePoint next() const;

 private:
  struct Entry {
    LogLine line;
    // When it was last said.
    TimePoint since;
    std::uint64_t times = 0;
  };

  RepeatedLine take_entry(std::list<Entry>::iterator entry, TimePoint now);

  Duration window_;
  // The line said longest ago first.
  std::list<Entry> entries_;
};

}  // namespace auditship::logging
