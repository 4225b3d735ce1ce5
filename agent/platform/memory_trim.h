// Returns memory to the system when there is nothing to do: an agent is idle most of the time, and
// it runs on every node.
//
//   if (idle.due(now, bytes_read)) trim_memory();
#pragma once

#include <chrono>
#include <cstdint>

#include "agent/base/clock.h"

namespace auditship::platform {

// Says once that an idle time has begun. Not thread-safe.
class IdleDetector {
 public:
  static constexpr Duration kAfter = std::chrono::seconds(20);

  // work: any number that changes when something is done. True at the first call after kAfter
  // without a change.
  [[nodiscard]] bool due(TimePoint now, std::uint64_t work) {
    if (work != work_ || !begun_) {
      work_ = work;
      since_ = now;
      begun_ = true;
      reported_ = false;
    }
    const bool yes = !reported_ && now - since_ >= kAfter;
    reported_ = reported_ || yes;
    return yes;
  }

 private:
  std::uint64_t work_ = 0;
  TimePoint since_{};
  bool begun_ = false, reported_ = false;
};

// Returns free heap, and unmaps the pages of code and constants that only the start or the work
// needed. They stay in the page cache: one that is used again is mapped again, without reading. May
// be called from any thread.
void trim_memory();

}  // namespace auditship::platform
