#include "agent/platform/process_stats.h"

#include "agent/platform/posix_filesystem.h"
#include "tests/support/catch.h"

using namespace auditship;

TEST_CASE("the system says what this process uses", "[process]") {
  platform::PosixFs fs;
  const auto stats = platform::read_process_stats(fs);
  REQUIRE(stats.ok());
  const double before = stats->cpu_seconds;
  volatile unsigned long sum = 0;
  double now = before;
  for (int i = 0; i < 10'000 && now <= before; ++i) {  // until the system counts a tick more
    for (unsigned long k = 0; k < 1'000'000; ++k) {
      sum = sum + k;
    }
    now = platform::read_process_stats(fs)->cpu_seconds;
  }
  CHECK(now > before);
  CHECK(stats->resident_bytes > 1'000'000);
  CHECK(stats->virtual_bytes >= stats->resident_bytes);
  CHECK(stats->threads >= 1);
  CHECK(stats->open_fds >= 3);
  auto held = fs.open("/proc/self/stat", OpenMode::read);
  REQUIRE(held.ok());
  CHECK(platform::read_process_stats(fs)->open_fds == stats->open_fds + 1);
}
