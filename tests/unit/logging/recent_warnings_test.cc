#include "agent/logging/recent_warnings.h"

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/sim_clock.h"

using namespace auditship;
using namespace auditship::test;
using std::chrono::seconds;

TEST_CASE("the last warnings are kept, alike ones as one with a count", "[recent]") {
  LogCapture next;
  SimClock clock;
  logging::RecentWarnings log(next, clock);
  log.info("start", "starts");
  log.warn(LogCode::at_run_time("a"), "first", {{"n", 1}});
  clock.advance(seconds(5));
  log.warn(LogCode::at_run_time("a"), "first", {{"n", 2}, {"m", "x"}});
  log.error(LogCode::at_run_time("a"), "first");
  CHECK(next.messages.size() == 4);
  REQUIRE(log.all().size() == 2);
  CHECK(log.all()[0].count == 2);
  CHECK(log.all()[0].values == "n=2, m=x");
  CHECK(log.all()[0].last_ns - log.all()[0].first_ns == 5'000'000'000);
  CHECK(log.all()[1].level == LogLevel::error);
  for (int i = 0; i < 100; ++i) {
    log.warn(LogCode::at_run_time("b" + std::to_string(i)), "other",
             {{"long", std::string(5000, 'x')}});
  }
  CHECK(log.all().size() == logging::RecentWarnings::kMost);
  CHECK(log.all().back().code == "b99");
  CHECK(log.all().back().values.size() <= logging::RecentWarnings::kMaxBytes);
}
