// SimClock and SimRng: time that moves only when told, and chance that a seed repeats.
#pragma once

#include <cstdint>

#include "agent/base/clock.h"

namespace auditship::test {

class SimClock final : public Clock {
 public:
  static constexpr std::int64_t kStartNs = 1'790'000'000'000'000'000;  // in September 2026

  [[nodiscard]] TimePoint now() const override { return TimePoint(Duration(steady_ns_)); }
  [[nodiscard]] std::int64_t wall_ns() const override { return wall_ns_; }

  void advance(Duration by) {
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(by).count();
    steady_ns_ += ns;
    wall_ns_ += ns;
  }
  // Only the wall clock: what NTP or an administrator does.
  void jump_wall(std::int64_t ns) { wall_ns_ += ns; }

 private:
  std::int64_t steady_ns_ = 1'000'000'000;
  std::int64_t wall_ns_ = kStartNs;
};

// splitmix64
class SimRng final : public Rng {
 public:
  explicit SimRng(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() override {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // 0 … n - 1; 0 for n = 0.
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : next() % n; }
  // True once in n times.
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace auditship::test
