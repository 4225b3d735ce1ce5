#include "agent/input/file/follow/live_log.h"

#include "tests/support/catch.h"

using namespace auditship::input::file;
using namespace auditship::input::file::follow;
using auditship::input::FilePlace;

namespace {

using Answer = std::optional<std::string>;
const std::vector<std::string> kPaths{"/var/log/auth.log", "/var/log/kube/*.log"};

Answer beside(const std::string& file) { return live_log_of(file, kPaths, FilePlace::beside_log); }
Answer anywhere(const std::string& file) { return live_log_of(file, kPaths, FilePlace::anywhere); }

}  // namespace

TEST_CASE("a live log and its rotated files belong to its path", "[live_log]") {
  for (const char* name : {"", ".1", ".2.gz", "-20260131", "-20260131.zst"}) {
    INFO(name);
    CHECK(beside(std::string("/var/log/auth.log") + name) == Answer("/var/log/auth.log"));
  }
  CHECK(beside("/var/log/other.log") == Answer());
}

TEST_CASE("of a pattern with wildcards the live name is taken from the rotated one", "[live_log]") {
  CHECK(beside("/var/log/kube/audit.log") == Answer("/var/log/kube/audit.log"));
  CHECK(beside("/var/log/kube/audit-2026-01-31T00-00-00.000.log.gz") ==
        Answer("/var/log/kube/audit.log"));
  CHECK(beside("/var/log/kube/deeper/audit.log") == Answer());
}

TEST_CASE("a copy somewhere else belongs to the one path whose name it has", "[live_log]") {
  CHECK(beside("/tmp/auth.log.1") == Answer());
  CHECK(anywhere("/tmp/auth.log.1") == Answer("/var/log/auth.log"));
  CHECK(anywhere("/tmp/audit.log") == Answer());
  CHECK(live_log_of("/tmp/auth.log", {"/var/log/auth.log", "/srv/auth.log"}, FilePlace::anywhere) ==
        Answer());
  CHECK(live_log_of("/srv/auth.log.3", {"/var/log/auth.log", "/srv/auth.log"},
                    FilePlace::anywhere) == Answer("/srv/auth.log"));
}
