// TargetResolver: which concrete index new documents go to, asked of the sink and believed for a
// while.
//
// Asks once at a time, and after a failure again with a growing pause. Loop thread only. What it
// borrows must outlive it.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/clock.h"
#include "sinks/targeted_sink.h"

namespace auditship::delivery {

struct DeliveryContext;

class TargetResolver {
 public:
  TargetResolver(sinks::TargetedSink& sink, DeliveryContext& context)
      : sink_(sink), context_(context) {}

  [[nodiscard]] bool fresh(TimePoint now) const;
  // Of the last answer. Only when fresh().
  [[nodiscard]] const std::string& index() const { return index_; }
  // The answer is no longer believed.
  void forget() { known_ = false; }
  // Asks the sink, unless it is being asked, or has just failed. Its answer wakes the delivery.
  void ask(TimePoint now);
  [[nodiscard]] bool asking() const { return asking_; }
  // Not asked before.
  [[nodiscard]] TimePoint retry_at() const { return retry_at_; }

 private:
  void learn(Result<std::string> index);

  sinks::TargetedSink& sink_;
  DeliveryContext& context_;
  std::string index_;
  bool known_ = false, asking_ = false;
  TimePoint known_at_{}, retry_at_{};
  std::uint32_t failures_ = 0;
};

}  // namespace auditship::delivery
