#include "agent/platform/memory_trim.h"

#include "agent/platform/posix_filesystem.h"
#include "agent/platform/process_stats.h"
#include "tests/support/catch.h"

using namespace auditship;
using std::chrono::seconds;

TEST_CASE("an idle time is reported once, when it has lasted", "[process]") {
  platform::IdleDetector idle;
  TimePoint now{seconds(100)};
  CHECK_FALSE(idle.due(now, 7));
  CHECK_FALSE(idle.due(now + seconds(19), 7));
  CHECK_FALSE(idle.due(now + seconds(20), 8));  // something was done
  CHECK_FALSE(idle.due(now + seconds(39), 8));
  CHECK(idle.due(now + seconds(40), 8));
  CHECK_FALSE(idle.due(now + seconds(60), 8));
  CHECK_FALSE(idle.due(now + seconds(61), 9));
  CHECK(idle.due(now + seconds(90), 9));
}

TEST_CASE("memory that is trimmed is not resident, and is what it was when it is used again",
          "[process]") {
  platform::PosixFs fs;
  static const char kConstant[] = "what is constant stays";
  const auto before = platform::read_process_stats(fs);
  platform::trim_memory();
  const auto after = platform::read_process_stats(fs);
  REQUIRE((before.ok() && after.ok()));
  CHECK(after->resident_bytes < before->resident_bytes);
  CHECK(std::string(kConstant) == "what is constant stays");
}
