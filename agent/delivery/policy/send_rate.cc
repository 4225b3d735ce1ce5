#include "agent/delivery/policy/send_rate.h"

#include <algorithm>

namespace auditship::delivery::policy {
namespace {

constexpr std::uint32_t kGrowAfter = 8;            // contented answers
constexpr std::uint32_t kShrinkAfter = 2;          // times pushed back in a row
constexpr std::uint64_t kNoLimitFrom = 64u << 20;  // no body is that large
constexpr std::chrono::seconds kSlow{10};

}  // namespace

void SendRate::content(Duration took) {
  failed_ = pushed_ = 0;
  if (took > kSlow) {
    quiet_ = 0;
    window_ = std::max<std::size_t>(1, window_ - 1);
    return;
  }
  if (++quiet_ < kGrowAfter) {
    return;
  }
  quiet_ = 0;
  window_ = std::min(window_ + 1, kMostRequests);
  part_bytes_ += part_bytes_ / 4;
  if (part_bytes_ >= kNoLimitFrom) {
    part_bytes_ = 0;
  }
}

void SendRate::pushed_back(std::uint64_t raw_bytes) {
  quiet_ = 0;
  window_ = std::max<std::size_t>(1, window_ / 2);
  if (++pushed_ >= kShrinkAfter) {
    pushed_ = 0;
    part_bytes_ = std::max(kLeastBytes,
                           (part_bytes_ == 0 ? raw_bytes : std::min(part_bytes_, raw_bytes)) / 2);
  }
}

void SendRate::too_large(std::uint64_t raw_bytes) {
  quiet_ = 0;
  const std::uint64_t half = std::max(kLeastBytes, raw_bytes / 2);
  part_bytes_ = part_bytes_ == 0 ? half : std::min(part_bytes_, half);
}

void SendRate::failed(TimePoint now, bool blocked, Duration least) {
  quiet_ = 0;
  resume_at_ = now + std::max(jitter(failed_, blocked), least);
  failed_ = std::min(failed_ + 1, 32u);
}

Duration SendRate::jitter(std::uint32_t attempt, bool blocked) {
  const auto most = std::chrono::duration_cast<std::chrono::microseconds>(most_).count();
  const auto first =
      std::chrono::duration_cast<std::chrono::microseconds>(blocked ? first_ * 10 : first_).count();
  const auto limit = static_cast<std::uint64_t>(
      std::min<std::int64_t>(most, first << std::min<std::uint32_t>(attempt, 16)));
  return std::chrono::microseconds(1000 + rng_.next() % (limit + 1));
}

}  // namespace auditship::delivery::policy
