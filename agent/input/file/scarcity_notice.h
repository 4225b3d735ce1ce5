// ScarcityNotice tells, once a minute, how many logs of a stream found no descriptor.
//
// FileInput makes one and all its sources share it. Bounded by the number of logs. Not thread-safe.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/logger.h"

namespace auditship::input::file {

class ScarcityNotice {
 public:
  static constexpr Duration kApart = std::chrono::minutes(1);

  // clock and log must outlive it.
  ScarcityNotice(const Clock& clock, Logger& log) : clock_(clock), log_(log) {}

  // The log was not opened, or lost a turn, as no descriptor was left.
  void refused(const std::string& log_name);

 private:
  const Clock& clock_;
  Logger& log_;
  // Since it was told last.
  std::set<std::string> logs_;
  std::optional<TimePoint> told_;
};

}  // namespace auditship::input::file
