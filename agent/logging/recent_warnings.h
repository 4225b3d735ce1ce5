// RecentWarnings: a Logger that passes everything on and remembers the last warnings and errors,
// for the status page.
//
//   RecentWarnings log(agent_log, clock);
//
// The same words in a row are one entry with a count. Bounded: kMost entries of kMaxBytes. Loop
// thread only. next and clock must outlive it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/logger.h"

namespace auditship::logging {

struct Warning {
  std::int64_t first_ns = 0, last_ns = 0;
  std::uint64_t count = 1;
  LogLevel level = LogLevel::warn;
  std::string code, text;
  std::string values;  // "key=value, key=value" of the last time
};

class RecentWarnings final : public Logger {
 public:
  static constexpr std::size_t kMost = 20;
  static constexpr std::size_t kMaxBytes = 1000;  // of values

  RecentWarnings(Logger& next, const Clock& clock) : next_(next), clock_(clock) {}
  void write(LogLevel level, std::string_view code, std::string_view text, Values values) override;
  [[nodiscard]] const std::deque<Warning>& all() const { return all_; }  // oldest first

 private:
  Logger& next_;
  const Clock& clock_;
  std::deque<Warning> all_;
};

}  // namespace auditship::logging
