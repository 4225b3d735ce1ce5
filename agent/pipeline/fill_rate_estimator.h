// FillRateEstimator: how fast something grows, over the last minutes.
//
//   meter.add(now, log.bytes());               // every few seconds
//   auto left = meter.seconds_until(limit);    // nullopt: it does not grow
//
// Looks back kWindow, so that a buffer whose segments come and go does not seem to fill up.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "agent/base/clock.h"

namespace auditship::pipeline {

class FillRateEstimator {
 public:
  static constexpr Duration kEvery = std::chrono::seconds(15);
  static constexpr Duration kWindow = std::chrono::minutes(10);
  static constexpr Duration kLeast = std::chrono::seconds(30);  // less says nothing

  // A call that comes sooner than kEvery after the one before only replaces the newest value.
  void add(TimePoint now, std::uint64_t value);
  // 0 when it is there already; nullopt when it does not grow, or nobody can say yet.
  [[nodiscard]] std::optional<double> seconds_until(std::uint64_t limit) const;

 private:
  struct Sample {
    TimePoint at;
    std::uint64_t value;
  };
  std::deque<Sample> samples_;  // oldest first
  Sample newest_{};
};

}  // namespace auditship::pipeline
