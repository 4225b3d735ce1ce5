// A log whose format nobody knows is said aloud, but not again and again.
#include "agent/pipeline/records/unparsed_watch.h"

#include <string>

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

namespace auditship {
namespace {

using pipeline::records::UnparsedWatch;

struct Lab {
  test::LogCapture log;
  UnparsedWatch watch;
  TimePoint now{std::chrono::hours(1)};
  std::uint64_t lines = 0, unparsed = 0;

  // More of them, a while later.
  void step(Duration later, std::uint64_t more_lines, std::uint64_t more_unparsed,
            std::string_view message = "text") {
    event::Record record;
    record.add("message", message);
    for (std::uint64_t i = 0; i < more_unparsed; ++i) {
      watch.note(record);
    }
    lines += more_lines;
    unparsed += more_unparsed;
    now += later;
    watch.step(now, lines, unparsed, log, "authlog");
  }
};

}  // namespace

TEST_CASE("a share of unparsed lines is said once an hour, with an example", "[pipeline]") {
  Lab lab;
  lab.step({}, 0, 0);
  lab.step(std::chrono::seconds(30), 100, 50, "Password for root is somewhere behind these words");
  CHECK(lab.log.count("unparsed-records") == 0);
  CHECK(*lab.watch.share() == 0.5);
  CHECK(lab.watch.example() == "Password for root is somewhere behind");
  lab.step(std::chrono::seconds(31), 100, 0);
  CHECK(lab.log.count("unparsed-records") == 1);
  lab.step(std::chrono::minutes(30), 100, 90);
  CHECK(lab.log.count("unparsed-records") == 1);
  lab.step(std::chrono::minutes(30), 0, 0);
  lab.step(std::chrono::minutes(2), 10, 1, "other");
  CHECK(lab.log.count("unparsed-records") == 2);
  CHECK(lab.watch.example() == "other");
}

TEST_CASE("a few odd lines among many are not said, but shown", "[pipeline]") {
  Lab lab;
  lab.step({}, 0, 0);
  lab.step(std::chrono::minutes(10), 10'000, 99);
  CHECK(lab.log.count("unparsed-records") == 0);
  CHECK(*lab.watch.share() == 0.0099);
}

TEST_CASE("lines that are counted again are no share", "[pipeline]") {
  Lab lab;
  lab.step({}, 1000, 500);
  CHECK_FALSE(lab.watch.share());
  lab.watch.step(lab.now, 10, 0, lab.log, "authlog");
  CHECK_FALSE(lab.watch.share());
}

}  // namespace auditship
