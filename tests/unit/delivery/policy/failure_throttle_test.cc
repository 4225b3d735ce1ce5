#include "agent/delivery/policy/failure_throttle.h"

#include "tests/support/catch.h"

using namespace auditship;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kStart = TimePoint() + 1h;

}  // namespace

TEST_CASE("a failure is told when it begins, every ten minutes, and when it comes back",
          "[failure_throttle]") {
  delivery::policy::FailureThrottle throttle;
  CHECK_FALSE(throttle.recovered(kStart));
  CHECK(throttle.report("down", kStart) == 1);
  for (int i = 1; i < 599; ++i) {
    REQUIRE_FALSE(throttle.report("down", kStart + i * 1s));
  }
  CHECK(throttle.report("busy", kStart + 30s, 7) == 7);  // another code, at once
  CHECK(throttle.report("down", kStart + 10min) == 599);
  CHECK(throttle.recovered(kStart + 11min) == 11min);
  CHECK_FALSE(throttle.recovered(kStart + 11min));
  CHECK(throttle.report("down", kStart + 12min) == 1);
}

TEST_CASE("what comes and goes all the time is told once a minute", "[failure_throttle]") {
  delivery::policy::FailureThrottle throttle;
  int told = 0;
  std::uint64_t counted = 0;
  for (int i = 0; i < 600; ++i) {
    const auto count = throttle.report("busy", kStart + i * 1s);
    told += count ? 1 : 0;
    counted += count.value_or(0);
    (void)throttle.recovered(kStart + i * 1s);
  }
  CHECK(told == 10);
  CHECK(counted == 541);  // the last 59 wait for their line
}
