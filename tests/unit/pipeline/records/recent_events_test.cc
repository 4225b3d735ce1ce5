#include "agent/pipeline/records/recent_events.h"

#include "tests/support/catch.h"

using namespace auditship;
using std::chrono::seconds;

TEST_CASE("the last lines of a read are shown as text, and few a second", "[recent]") {
  pipeline::records::RecentEvents events;
  TimePoint now{seconds(10)};
  CHECK_FALSE(events.wants(pipeline::records::RecentEvents::kMost, now));  // so many come behind it
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
  REQUIRE(events.lines().size() == pipeline::records::RecentEvents::kMost);
  CHECK(events.lines().back().ends_with("line 19"));  // the rest of this second is not shown
  CHECK_FALSE(events.wants(0, now));
  CHECK(events.wants(0, now + seconds(1)));
  record.clear();
  record.add("message", "a\x1b[2J\nb");
  events.add(record, 0);
  CHECK(events.lines().size() == pipeline::records::RecentEvents::kMost);
  CHECK(events.lines().back().find_first_of("\x1b\n") == std::string::npos);
}
