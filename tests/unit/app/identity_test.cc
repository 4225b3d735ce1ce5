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
  SimRng rng(1);
  LogCapture log;
  auto first = app::load_identity(fs, "/data", "node-a", rng, log);
  REQUIRE(first.ok());
  CHECK(first->node == "node-a");
  CHECK(first->agent_id.size() == 36);
  auto second = app::load_identity(fs, "/data", "renamed", rng, log);
  REQUIRE(second.ok());
  CHECK(second->node == "node-a");
  CHECK(second->agent_id == first->agent_id);
  CHECK(log.count("node-renamed") == 1);
}

TEST_CASE("an identity file that cannot be understood is refused with its path", "[identity]") {
  const SimClock clock;
  SimFs fs(clock);
  SimRng rng(1);
  LogCapture log;
  REQUIRE(fs.make_dirs("/data").ok());
  fs.put("/data/identity", "garbage\n");
  auto identity = app::load_identity(fs, "/data", "node-a", rng, log);
  REQUIRE_FALSE(identity.ok());
  CHECK(identity.error().code == Errc::corrupt);
  CHECK(identity.error().message.find("/data/identity") != std::string::npos);
}

TEST_CASE("identifiers are UUIDs of version 4, each another", "[identity]") {
  SimRng rng(5);
  const std::string one = app::random_uuid(rng);
  CHECK(one[14] == '4');
  CHECK(std::string("89ab").find(one[19]) != std::string::npos);
  CHECK(one != app::random_uuid(rng));
}
