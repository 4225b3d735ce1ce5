#include "agent/app/identity.h"

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("the node name is frozen at the first start and wins over a new one", "[identity]") {
  const SimClock clock;
  SimFs fs(clock);
  LogCapture log;
  auto first = app::load_identity(fs, "/data", "node-a", log);
  REQUIRE(first.ok());
  CHECK(first->node == "node-a");
  auto second = app::load_identity(fs, "/data", "renamed", log);
  REQUIRE(second.ok());
  CHECK(second->node == "node-a");
  CHECK(log.count("node-renamed") == 1);
}

TEST_CASE("an identity file that cannot be understood is refused with its path", "[identity]") {
  const SimClock clock;
  SimFs fs(clock);
  LogCapture log;
  REQUIRE(fs.make_dirs("/data").ok());
  fs.put("/data/identity", "garbage\n");
  auto identity = app::load_identity(fs, "/data", "node-a", log);
  REQUIRE_FALSE(identity.ok());
  CHECK(identity.error().code == Errc::corrupt);
  CHECK(identity.error().message.find("/data/identity") != std::string::npos);
}
