// SendRate decides how much is sent at once and how long to wait: fewer and smaller requests
// when the server pushes back or is slow, slowly more when it is content, exponential back-off with
// full jitter when it fails.
//
// Plain arithmetic over what it is told; rng must outlive it. Not thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "agent/base/clock.h"

namespace auditship::delivery::policy {

class SendRate {
 public:
  static constexpr std::size_t kMostRequests = 4;
  static constexpr std::uint64_t kLeastBytes = 64 << 10;

  SendRate(Rng& rng, std::chrono::milliseconds backoff_first,
           std::chrono::milliseconds backoff_most)
      : rng_(rng), first_(backoff_first), most_(backoff_most) {}

  // Requests under way at once. While everything fails, one is enough to see when it is over.
  [[nodiscard]] std::size_t requests() const { return failed_ > 0 ? 1 : window_; }
  [[nodiscard]] std::size_t window() const { return window_; }
  // A body of more bytes than this, before compression, is cut first; 0: no limit known.
  [[nodiscard]] std::uint64_t part_bytes() const { return part_bytes_; }
  // Nothing is to be sent before.
  [[nodiscard]] TimePoint resume_at() const { return resume_at_; }

  // A request was answered by items, whatever they say.
  void answered() { failed_ = 0; }
  // Everything was taken.
  void content(Duration took);
  // 429, of the whole or of items.
  void pushed_back(std::uint64_t raw_bytes);
  // 413, or over the limit of indexing pressure.
  void too_large(std::uint64_t raw_bytes);
  // A whole request failed. least: what the server asked for.
  void failed(TimePoint now, bool blocked, Duration least);

  // Full jitter: anything between nothing and a limit that doubles with each attempt, so that many
  // agents do not come back at once.
  [[nodiscard]] Duration jitter(std::uint32_t attempt, bool blocked);

 private:
  Rng& rng_;
  std::chrono::milliseconds first_, most_;
  std::size_t window_ = 2;
  // Contented answers since the last change.
  std::uint32_t quiet_ = 0;
  // Times pushed back in a row.
  std::uint32_t pushed_ = 0;
  // Whole requests in a row that failed.
  std::uint32_t failed_ = 0;
  std::uint64_t part_bytes_ = 0;
  TimePoint resume_at_{};
};

}  // namespace auditship::delivery::policy
