// LookBudget spreads the looks at the logs, while a full buffer stops reading, so that they never
// keep delivery waiting: however many logs there are, looks take at most about a tenth of the time.
//
//   if (looks.begin(sources)) {
//     while (looks.next()) …            // a look at the next source in turn
//   }
//
// A round looks at each source once; it may take several steps. Not thread-safe.
#pragma once

#include <chrono>
#include <cstddef>

#include "agent/base/clock.h"

namespace auditship::pipeline {

class LookBudget {
 public:
  // Of one step, unless a single look takes longer.
  static constexpr Duration kSlice = std::chrono::milliseconds(20);
  // Between the beginnings of two rounds.
  static constexpr Duration kApart = std::chrono::milliseconds(500);
  // The time between two slices, by what the first took.
  static constexpr int kPause = 9;

  // clock must outlive it.
  explicit LookBudget(const Clock& clock) : clock_(clock) {}

  // Whether looks may be made now, at so many sources.
  [[nodiscard]] bool begin(std::size_t sources);
  // After begin(), until it says false: one more look is to be made.
  [[nodiscard]] bool next();

 private:
  const Clock& clock_;
  TimePoint due_{}, slice_{}, round_{};
  // Of the round.
  std::size_t left_ = 0;
};

}  // namespace auditship::pipeline
