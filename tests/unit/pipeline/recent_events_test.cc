// What is remembered for people: growth of a buffer, the last events, the last warnings.
#include "agent/pipeline/recent_events.h"

#include "agent/logging/recent_warnings.h"
#include "agent/pipeline/fill_rate_estimator.h"
#include "agent/platform/memory_trim.h"
#include "agent/platform/posix_filesystem.h"
#include "agent/platform/process_stats.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/sim_clock.h"

using namespace auditship;
using namespace auditship::test;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("time to full follows the growth of the last minutes", "[growth]") {
  pipeline::FillRateEstimator meter;
  TimePoint now{};
  CHECK_FALSE(meter.seconds_until(100));
  meter.add(now, 1000);
  CHECK_FALSE(meter.seconds_until(10'000));  // one value says nothing
  for (int i = 1; i <= 60; ++i) {
    now += seconds(5);
    meter.add(now, 1000 + 50u * static_cast<unsigned>(i));  // 10 a second
  }
  REQUIRE(meter.seconds_until(10'000));
  CHECK(*meter.seconds_until(10'000) == Approx((10'000 - 4000) / 10.0));
  CHECK(*meter.seconds_until(4000) == 0);
  for (int i = 0; i < 200; ++i) {  // it stands still: after a while it does not grow
    now += seconds(5);
    meter.add(now, 4000);
  }
  CHECK_FALSE(meter.seconds_until(10'000));
}

TEST_CASE("a buffer that is emptied now and then is not said to fill up", "[growth]") {
  pipeline::FillRateEstimator meter;
  TimePoint now{};
  for (std::uint64_t i = 0; i <= 240; ++i, now += seconds(5)) {
    meter.add(now, i % 24 * 1000);  // as segments do
  }
  meter.add(now, 0);
  CHECK_FALSE(meter.seconds_until(1'000'000));
}

TEST_CASE("the last lines of a read are put into words, and few a second", "[recent]") {
  pipeline::RecentEvents events;
  TimePoint now{seconds(10)};
  CHECK_FALSE(events.wants(pipeline::RecentEvents::kMost, now));  // so many come behind it
  event::Record record;
  record.raw = "line";
  for (std::size_t i = 0; i < 100; ++i) {
    if (events.wants(0, now)) {
      record.clear();
      const std::string text = "line " + std::to_string(i);
      record.add("message", record.keep(text));
      events.add(record, 0);
    }
  }
  REQUIRE(events.lines().size() == pipeline::RecentEvents::kMost);
  CHECK(events.lines().back().ends_with("line 19"));  // the rest of this second is not shown
  CHECK_FALSE(events.wants(0, now));
  CHECK(events.wants(0, now + seconds(1)));
  record.clear();
  record.add("message", "a\x1b[2J\nb");
  events.add(record, 0);
  CHECK(events.lines().size() == pipeline::RecentEvents::kMost);
  CHECK(events.lines().back().find_first_of("\x1b\n") == std::string::npos);
}

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

TEST_CASE("the system says what this process uses", "[process]") {
  platform::PosixFs fs;
  const auto figures = platform::read_process_figures(fs);
  REQUIRE(figures.ok());
  const double before = figures->cpu_seconds;
  volatile unsigned long sum = 0;
  double now = before;
  for (int i = 0; i < 10'000 && now <= before; ++i) {  // until the system counts a tick more
    for (unsigned long k = 0; k < 1'000'000; ++k) {
      sum = sum + k;
    }
    now = platform::read_process_figures(fs)->cpu_seconds;
  }
  CHECK(now > before);
  CHECK(figures->resident_bytes > 1'000'000);
  CHECK(figures->virtual_bytes >= figures->resident_bytes);
  CHECK(figures->threads >= 1);
  CHECK(figures->open_fds >= 3);
  auto held = fs.open("/proc/self/stat", OpenMode::read);
  REQUIRE(held.ok());
  CHECK(platform::read_process_figures(fs)->open_fds == figures->open_fds + 1);
}

TEST_CASE("quiet is told once, when it has lasted", "[process]") {
  platform::Quiet quiet;
  TimePoint now{seconds(100)};
  CHECK_FALSE(quiet.due(now, 7));
  CHECK_FALSE(quiet.due(now + seconds(19), 7));
  CHECK_FALSE(quiet.due(now + seconds(20), 8));  // something was done
  CHECK_FALSE(quiet.due(now + seconds(39), 8));
  CHECK(quiet.due(now + seconds(40), 8));
  CHECK_FALSE(quiet.due(now + seconds(60), 8));
  CHECK_FALSE(quiet.due(now + seconds(61), 9));
  CHECK(quiet.due(now + seconds(90), 9));
}

TEST_CASE("memory that is given back is not resident, and is what it was when it is used again",
          "[process]") {
  platform::PosixFs fs;
  static const char kConstant[] = "what is constant stays";
  const auto before = platform::read_process_figures(fs);
  platform::give_back_memory();
  const auto after = platform::read_process_figures(fs);
  REQUIRE((before.ok() && after.ok()));
  CHECK(after->resident_bytes < before->resident_bytes);
  CHECK(std::string(kConstant) == "what is constant stays");
}
