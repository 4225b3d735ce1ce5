// Small stand-ins for the ports around a sink: a clock that is set, a seeded Rng, a queue for
// posted tasks, a Logger that remembers codes, and a temporary directory.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <stdlib.h>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/logger.h"

namespace auditship::test {

class StepClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return now_; }
  [[nodiscard]] std::int64_t wall_ns() const override {
    return kStartNs + std::chrono::nanoseconds(now_.time_since_epoch()).count();
  }
  void set(TimePoint now) { now_ = now; }
  void advance(Duration by) { now_ += by; }

 private:
  static constexpr std::int64_t kStartNs = 1'790'000'000'000'000'000;
  TimePoint now_{std::chrono::hours(1)};
};

class SeedRng final : public Rng {
 public:
  explicit SeedRng(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override {  // splitmix64
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
    return z ^ z >> 31U;
  }

 private:
  std::uint64_t state_;
};

class TaskQueue {
 public:
  [[nodiscard]] std::function<void(std::function<void()>)> post() {
    return [this](std::function<void()> task) { tasks_.push_back(std::move(task)); };
  }
  void run() {
    while (!tasks_.empty()) {
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }

 private:
  std::deque<std::function<void()>> tasks_;
};

class MemoryLogger final : public Logger {
 public:
  void write(LogLevel, std::string_view code, std::string_view text, Values values) override {
    codes.emplace_back(code);
    lines.emplace_back(text);
    for (const LogValue& value : values) {
      lines.back() += ' ' + std::string(value.key) + '=' + value.value;
    }
  }
  std::vector<std::string> codes, lines;
};

class TempDir {
 public:
  TempDir() {
    // In memory where that is to be had: thousands of syncs to a busy disk take minutes.
    const bool memory = access("/dev/shm", W_OK) == 0;
    const std::filesystem::path base = memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string name = (base / "auditship-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      abort();
    }
    path_ = name;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace auditship::test
