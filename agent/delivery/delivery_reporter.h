// DeliveryReporter: says in log and statistics how delivery is going, once and not at each retry.
//
// The one place where delivery writes to the log. What is said how often is FailureThrottle's.
// Not thread-safe; logger must outlive it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "agent/base/clock.h"
#include "agent/base/compression/codec.h"
#include "agent/base/logger.h"
#include "agent/delivery/delivery_options.h"
#include "agent/delivery/policy/failure_throttle.h"
#include "agent/event/batch.h"

namespace auditship::delivery {

class DeliveryReporter {
 public:
  DeliveryReporter(Logger& logger, std::string stream)
      : logger_(logger), stream_(std::move(stream)) {}

  [[nodiscard]] DeliveryStats& stats() { return stats_; }
  [[nodiscard]] const DeliveryStats& stats() const { return stats_; }

  // A whole request was not taken.
  void report_failed_request(event::FrameId frame, const event::Outcome& outcome, TimePoint now);
  // Some documents of a request were not taken; this is the most severe of their outcomes.
  void report_failed_items(event::FrameId frame, const event::ItemOutcome& most_severe,
                           std::size_t documents, TimePoint now);
  void report_unknown_target(const std::string& code, const Error& error, bool blocks,
                             TimePoint now);
  void report_failed_look_up(event::FrameId frame, const std::string& why, bool blocks,
                             TimePoint now);
  void report_look_up(event::FrameId frame, const std::string& from, const std::string& to,
                      std::size_t missing);
  // Documents were rejected for their content: said once a minute at most.
  void report_rejected(std::string_view code, std::string_view text, std::size_t documents,
                       const event::ItemOutcome& why, TimePoint now);
  void report_unwritten_dead_letters(const Error& error, TimePoint now);
  void report_full_disk(const Error& error, TimePoint now);
  void report_refused_codec(Codec now);
  void report_unbalanced(event::FrameId frame, std::uint64_t read, std::uint64_t settled);
  // Nothing waits any more for whatever was wrong.
  void report_recovery(TimePoint now);
  // Counts of rejected documents that were held back, when it has become quiet.
  void report_held_back(TimePoint now);

 private:
  void note_blocked(event::Verdict verdict);

  Logger& logger_;
  std::string stream_;
  policy::FailureThrottle failure_throttle_;
  policy::FailureThrottle rejection_throttle_;
  DeliveryStats stats_;
};

}  // namespace auditship::delivery
