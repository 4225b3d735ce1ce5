#include "agent/pipeline/fill_rate_estimator.h"

#include "tests/support/catch.h"

using namespace auditship;
using std::chrono::seconds;

TEST_CASE("time to full follows the growth of the last minutes", "[fill_rate]") {
  pipeline::FillRateEstimator estimator;
  TimePoint now{};
  CHECK_FALSE(estimator.seconds_until(100));
  estimator.add(now, 1000);
  CHECK_FALSE(estimator.seconds_until(10'000));  // one value says nothing
  for (int i = 1; i <= 60; ++i) {
    now += seconds(5);
    estimator.add(now, 1000 + 50u * static_cast<unsigned>(i));  // 10 a second
  }
  REQUIRE(estimator.seconds_until(10'000));
  CHECK(*estimator.seconds_until(10'000) == Approx((10'000 - 4000) / 10.0));
  CHECK(*estimator.seconds_until(4000) == 0);
  for (int i = 0; i < 200; ++i) {  // it stands still: after a while it does not grow
    now += seconds(5);
    estimator.add(now, 4000);
  }
  CHECK_FALSE(estimator.seconds_until(10'000));
}

TEST_CASE("a buffer that is emptied now and then is not said to fill up", "[fill_rate]") {
  pipeline::FillRateEstimator estimator;
  TimePoint now{};
  for (std::uint64_t i = 0; i <= 240; ++i, now += seconds(5)) {
    estimator.add(now, i % 24 * 1000);  // as segments do
  }
  estimator.add(now, 0);
  CHECK_FALSE(estimator.seconds_until(1'000'000));
}
