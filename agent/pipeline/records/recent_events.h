// RecentEvents: the last few records of a stream in words, for people who look at the status page.
//
//   if (events.wants(lines_left, now)) …events.add(record, now_ns);
//
// Costs nothing on a busy stream: only the last lines of a read are put into words, and no more
// than kMost a second. A quiet stream shows every one. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "agent/base/clock.h"
#include "agent/event/event.h"

namespace auditship::pipeline::records {

class RecentEvents {
 public:
  static constexpr std::size_t kMost = 20;

  // Whether a line is to be shown that has so many behind it in this read.
  [[nodiscard]] bool wants(std::size_t lines_behind, TimePoint now) {
    if (lines_behind >= kMost) {
      return false;
    }
    if (now - since_ >= std::chrono::seconds(1)) {
      since_ = now;
      left_ = kMost;
    }
    return left_ > 0;
  }
  void add(const event::Record& record, std::int64_t now_ns);
  // Oldest first, each a line without its newline; safe for a terminal, not for HTML.
  [[nodiscard]] const std::deque<std::string>& lines() const { return lines_; }

 private:
  std::deque<std::string> lines_;
  TimePoint since_{};
  std::size_t left_ = kMost;
};

}  // namespace auditship::pipeline::records
