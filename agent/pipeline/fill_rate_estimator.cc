#include "agent/pipeline/fill_rate_estimator.h"

namespace auditship::pipeline {

void FillRateEstimator::add(TimePoint now, std::uint64_t value) {
  newest_ = Sample{now, value};
  if (!samples_.empty() && now - samples_.back().at < kEvery) {
    return;
  }
  samples_.push_back(newest_);
  while (now - samples_.front().at > kWindow) {
    samples_.pop_front();
  }
}

std::optional<double> FillRateEstimator::seconds_until(std::uint64_t limit) const {
  if (samples_.empty()) {
    return std::nullopt;
  }
  if (newest_.value >= limit) {
    return 0.0;
  }
  const Duration over = newest_.at - samples_.front().at;
  if (over < kLeast || newest_.value <= samples_.front().value) {
    return std::nullopt;
  }
  const double rate = static_cast<double>(newest_.value - samples_.front().value) /
                      std::chrono::duration<double>(over).count();
  return static_cast<double>(limit - newest_.value) / rate;
}

}  // namespace auditship::pipeline
