#include "agent/pipeline/look_budget.h"

#include <algorithm>

namespace auditship::pipeline {

bool LookBudget::begin(std::size_t sources) {
  slice_ = clock_.now();
  if (slice_ < due_) {
    return false;
  }
  if (left_ == 0) {
    left_ = sources;
    round_ = slice_;
  }
  left_ = std::min(left_, sources);
  return true;
}

bool LookBudget::next() {
  const TimePoint now = clock_.now();
  if (left_ > 0 && now - slice_ < kSlice) {
    --left_;
    return true;
  }
  due_ = now + kPause * (now - slice_);
  if (left_ == 0) {
    due_ = std::max<TimePoint>(due_, round_ + kApart);
  }
  return false;
}

}  // namespace auditship::pipeline
