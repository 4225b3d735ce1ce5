#include "agent/input/file/rotation/rotation_scanner.h"

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;
using namespace auditship::input::file;
using namespace auditship::input::file::rotation;

namespace {

struct ScannerRig {
  ScannerRig() : fs(clock), context(fs, clock, log, options()), scanner(context) {
    (void)fs.make_dirs("/var/log");
  }
  static FileSourceOptions options() {
    FileSourceOptions options;
    options.path = "/var/log/app.log";
    return options;
  }
  std::vector<std::string> names() {
    std::vector<std::string> out;
    const auto found = scanner.scan();
    REQUIRE(found.ok());
    REQUIRE(found->has_value());
    for (const ChainEntry& entry : **found) {
      out.push_back(entry.path.substr(9));
    }
    return out;
  }

  SimClock clock;
  SimFs fs;
  LogCapture log;
  SourceContext context;
  RotationScanner scanner;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("rotated files come oldest first and the live file last", "[rotation]") {
  ScannerRig rig;
  for (const char* name : {"app.log", "app.log.1", "app.log.10", "app.log.2", "other.log.1"}) {
    rig.fs.put(std::string("/var/log/") + name, "line\n");
  }
  CHECK(rig.names() == Names{"app.log.10", "app.log.2", "app.log.1", "app.log"});
}

TEST_CASE("a compressed file counts only when its plain form is gone", "[rotation]") {
  ScannerRig rig;
  rig.fs.put("/var/log/app.log.1", "line\n");
  rig.fs.put("/var/log/app.log.1.gz", "unfinished");
  rig.fs.put("/var/log/app.log.2.gz", "whole");
  CHECK(rig.names() == Names{"app.log.2.gz", "app.log.1"});
}

TEST_CASE("empty rotated files are left out, an empty live file is not", "[rotation]") {
  ScannerRig rig;
  rig.fs.put("/var/log/app.log", "");
  rig.fs.put("/var/log/app.log.1", "");
  CHECK(rig.names() == Names{"app.log"});
}

TEST_CASE("what is no regular file is told once and not read", "[rotation]") {
  ScannerRig rig;
  (void)rig.fs.make_dirs("/var/log/app.log");
  CHECK(rig.names().empty());
  CHECK(rig.names().empty());
  CHECK(rig.log.count("input-not-regular") == 1);
}
