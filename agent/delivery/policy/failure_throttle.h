// FailureThrottle: when a failure of delivery is worth a line, so that a target that is down for a night
// does not fill the node's log.
//
//   report(code, now) → the failures since the last line, to be said now; nothing: only counted
//   recovered(now)  → everything worked: since when it did not, where that was said
//
// A code is reported when it first comes, then every kAgain while it lasts; when it comes back after
// everything worked, again, but not within kQuiet. Plain arithmetic over the times it is given. Not
// thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agent/base/clock.h"

namespace auditship::delivery::policy {

class FailureThrottle {
 public:
  static constexpr std::chrono::seconds kQuiet{60};
  static constexpr std::chrono::minutes kAgain{10};

  std::optional<std::uint64_t> report(std::string_view code, TimePoint now,
                                      std::uint64_t count = 1);
  std::optional<Duration> recovered(TimePoint now);
  // Failures that were only counted so far, of a code that has been quiet: to be said now.
  std::optional<std::pair<std::string, std::uint64_t>> rest(TimePoint now);

 private:
  struct Entry {
    TimePoint reported;
    // Failures since.
    std::uint64_t held = 0;
    // Everything worked since.
    bool over = false;
  };
  // Codes are few: a fixed set.
  std::map<std::string, Entry, std::less<>> entries_;
  // The first line of a trouble that lasts.
  std::optional<TimePoint> since_;
};

}  // namespace auditship::delivery::policy
