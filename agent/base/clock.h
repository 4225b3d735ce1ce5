// Clock and Rng: the only sources of time and chance. Tests replay them from a seed.
#pragma once

#include <chrono>
#include <cstdint>

namespace auditship {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;         // never jumps
  [[nodiscard]] virtual std::int64_t wall_ns() const = 0;  // UTC, ns since the epoch; may jump
};

class Rng {
 public:
  Rng() = default;
  Rng(const Rng&) = delete;
  Rng& operator=(const Rng&) = delete;
  virtual ~Rng() = default;
  virtual std::uint64_t next() = 0;  // uniform over 64 bits; not for secrets
};

}  // namespace auditship
