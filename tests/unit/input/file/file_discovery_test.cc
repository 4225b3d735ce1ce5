#include "agent/input/file/file_discovery.h"

#include "agent/base/glob.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("plain paths are sources whether they exist or not", "[source_set]") {
  SimClock clock;
  SimFs fs(clock);
  LogCapture log;
  input::file::FileDiscovery set(fs, log,
                                 {"/var/log/auth.log", "/var/log/secure", "/var/log/auth.log"});
  REQUIRE(set.scan() == std::vector<std::string>{"/var/log/auth.log", "/var/log/secure"});
  REQUIRE(set.directories() == std::vector<std::string>{"/var/log"});
}

TEST_CASE("globs find files as they come, in any component, and never a rotated one",
          "[source_set]") {
  SimClock clock;
  SimFs fs(clock);
  LogCapture log;
  input::file::FileDiscovery set(fs, log, {"/var/log/*/audit*.log"});
  REQUIRE(set.scan().empty());
  (void)fs.make_dirs("/var/log/kube-apiserver");
  (void)fs.make_dirs("/var/log/oauth-server");
  fs.append("/var/log/kube-apiserver/audit.log", "x\n");
  fs.append("/var/log/kube-apiserver/audit-2026-01-01T00-00-00.000.log", "x\n");
  fs.append("/var/log/kube-apiserver/audit-20260101.log", "x\n");
  fs.append("/var/log/kube-apiserver/audit.log.1", "x\n");
  fs.append("/var/log/other.log", "x\n");
  REQUIRE(set.scan() == std::vector<std::string>{"/var/log/kube-apiserver/audit.log"});
  fs.append("/var/log/oauth-server/audit.log", "x\n");
  REQUIRE(set.scan().size() == 2);
  // Once a source, always one: between rename and create there is no file.
  fs.unlink("/var/log/kube-apiserver/audit.log");
  REQUIRE(set.scan().size() == 2);
  const auto directories = set.directories();
  REQUIRE(std::count(directories.begin(), directories.end(), "/var/log") == 1);
  REQUIRE(std::count(directories.begin(), directories.end(), "/var/log/oauth-server") == 1);
}

TEST_CASE("a dated name is a live file of its own only where nothing is rotated to it",
          "[source_set]") {
  SimClock clock;
  SimFs fs(clock);
  LogCapture log;
  (void)fs.make_dirs("/l");
  fs.append("/l/app-20260101.log", "x\n");
  fs.append("/l/app-20260102.log", "x\n");
  fs.append("/l/app-2026-01-01T00-00-00.000.log", "x\n");
  input::file::FileDiscovery set(fs, log, {"/l/*.log"});
  REQUIRE(set.scan() == std::vector<std::string>{"/l/app-20260101.log", "/l/app-20260102.log"});
}

TEST_CASE("what is not a regular file is told once and left out", "[source_set]") {
  SimClock clock;
  SimFs fs(clock);
  LogCapture log;
  (void)fs.make_dirs("/l/dir.log");
  fs.make_fifo("/l/pipe.log");
  fs.symlink("/nowhere", "/l/dangling.log");
  input::file::FileDiscovery set(fs, log, {"/l/*.log"});
  set.scan();
  REQUIRE(set.scan().empty());
  REQUIRE(log.count("input-not-regular") == 1);
}
