#include "agent/delivery/target_resolver.h"

#include <utility>

#include "agent/buffer/ack_slot.h"
#include "agent/delivery/delivery_context_internal.h"
#include "agent/delivery/target_pin.h"

namespace auditship::delivery {

bool TargetResolver::fresh(TimePoint now) const {
  return known_ && now - known_at_ <= context_.options.target_fresh;
}

void TargetResolver::ask(TimePoint now) {
  if (asking_ || now < retry_at_) {
    return;
  }
  asking_ = true;
  sink_.resolve([this, alive = context_.alive](Result<std::string> index) {
    if (*alive) {
      learn(std::move(index));
      context_.wake();
    }
  });
}

void TargetResolver::learn(Result<std::string> index) {
  const TimePoint now = context_.clock.now();
  asking_ = false;
  if (index && (index->size() >= buffer::AckState::kMaxTargetBytes ||
                index->starts_with(TargetPin::kMovedMark))) {
    index = Error{Errc::refused, "the server named an index that cannot be one"};
  }
  if (index) {
    index_ = std::move(*index);
    known_ = true;
    known_at_ = context_.answered_at = now;
    failures_ = 0;
    return;
  }
  known_ = false;
  retry_at_ = now + context_.rate.jitter(failures_++, false);
  const std::string why = sink_.trouble();
  const std::string code = why.empty() ? "target-unknown" : why;
  context_.reporter.report_unknown_target(code, index.error(), sink_.trouble_blocks(), now);
}

}  // namespace auditship::delivery
