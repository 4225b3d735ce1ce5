#include "agent/delivery/policy/failure_throttle.h"

#include <utility>

namespace auditship::delivery::policy {

std::optional<std::uint64_t> FailureThrottle::report(std::string_view code, TimePoint now,
                                                     std::uint64_t count) {
  const auto found = entries_.find(code);
  if (found == entries_.end()) {
    entries_.emplace(code, Entry{now});
  } else {
    Entry& entry = found->second;
    const bool again = now - entry.reported >= (entry.over ? Duration(kQuiet) : Duration(kAgain));
    if (!again) {
      entry.held += count;
      return std::nullopt;
    }
    count += std::exchange(entry.held, 0);
    entry.reported = now;
    entry.over = false;
  }
  if (!since_) {
    since_ = now;
  }
  return count;
}

std::optional<std::pair<std::string, std::uint64_t>> FailureThrottle::rest(TimePoint now) {
  for (auto& [code, entry] : entries_) {
    if (entry.held > 0 && now - entry.reported >= kQuiet) {
      entry.reported = now;
      return std::pair(code, std::exchange(entry.held, 0));
    }
  }
  return std::nullopt;
}

std::optional<Duration> FailureThrottle::recovered(TimePoint now) {
  if (!since_) {
    return std::nullopt;
  }
  for (auto& [code, entry] : entries_) {
    entry.over = true;
  }
  return now - *std::exchange(since_, std::nullopt);
}

}  // namespace auditship::delivery::policy
