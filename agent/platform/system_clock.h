// The real Clock and Rng, and what the process finds around it: variables and the host's name.
//
//   SystemClock clock;
//   SystemRng rng;
//   config::load_config(fs, path, system_environment);
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "agent/base/clock.h"

namespace auditship::platform {

// Thread-safe.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] std::int64_t wall_ns() const override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

// Seeded by the kernel. Not thread-safe.
class SystemRng final : public Rng {
 public:
  SystemRng();
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

// Before any thread is started: another one may change the environment.
[[nodiscard]] std::optional<std::string> system_environment(const std::string& name);
// Empty when it cannot be told.
[[nodiscard]] std::string system_host_name();

}  // namespace auditship::platform
