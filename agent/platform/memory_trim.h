// Gives memory back to the system when there is nothing to do: an agent is idle most of the time,
// and on every node.
//
//   if (quiet.due(now, bytes_read)) give_back_memory();
#pragma once

#include <cstdint>

#include "agent/base/clock.h"

namespace auditship::platform {

// Says once that a time of quiet has begun.
class Quiet {
 public:
  static constexpr Duration kAfter = std::chrono::seconds(20);

  // work: any number that changes when something is done.
  [[nodiscard]] bool due(TimePoint now, std::uint64_t work) {
    if (work != work_ || !begun_) {
      work_ = work;
      since_ = now;
      begun_ = true;
      told_ = false;
    }
    const bool yes = !told_ && now - since_ >= kAfter;
    told_ = told_ || yes;
    return yes;
  }

 private:
  std::uint64_t work_ = 0;
  TimePoint since_{};
  bool begun_ = false, told_ = false;
};

// Returns free heap, and unmaps the pages of code and constants that only the start or the work
// needed. They stay in the page cache: one that is used again is mapped again, without reading.
// Any thread.
void give_back_memory();

}  // namespace auditship::platform
