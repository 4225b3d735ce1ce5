// Documents of a pipeline are told apart by their ids alone: none may take that of another.
#include <string>

#include "tests/support/catch.h"
#include "tests/support/stream_rig.h"

using namespace auditship;
using namespace auditship::test;

namespace {

const std::string kLines =
    "2026-11-23T04:12:08.167484Z web1 sshd[1]: Server listening on 0.0.0.0 port 22.\n"
    "2026-11-23T04:12:09.167484Z web1 sshd[1]: Server listening on :: port 22.\n";

}  // namespace

TEST_CASE("two files with the same lines give all their documents", "[pipeline]") {
  StreamRig rig(1);
  rig.paths = {"/var/log/a.log", "/var/log/b.log"};
  rig.fs.append("/var/log/a.log", kLines);
  rig.fs.append("/var/log/b.log", kLines);
  rig.start();
  rig.run(5, true);
  CHECK(rig.store.wrong.empty());
  CHECK(rig.store.documents.size() == 4);
  CHECK(rig.store.count("\"log.file.path\":\"/var/log/a.log\"") == 2);
  CHECK(rig.store.count("\"log.file.path\":\"/var/log/b.log\"") == 2);
  CHECK(rig.stream->stats().delivered.duplicate == 0);
}

TEST_CASE("two streams of one file and one target give all their documents", "[pipeline]") {
  StreamRig rig(1);
  rig.fs.append(StreamRig::kLog, kLines);
  rig.start();
  rig.run(5, true);
  REQUIRE(rig.store.documents.size() == 2);
  rig.die(false);
  rig.adjust = [](pipeline::PipelineSettings& s) {
    s.name = s.encoder.stream = "ssh";
    s.buffer.directory = "/data/ssh/buffer";
  };
  rig.start();
  rig.run(5, true);
  CHECK(rig.store.documents.size() == 4);
  CHECK(rig.stream->stats().delivered.duplicate == 0);
}

TEST_CASE("documents of a container have the path and the ids that they have on the host",
          "[pipeline]") {
  StreamRig host(1);
  host.fs.append(StreamRig::kLog, kLines);
  host.start();
  host.run(5, true);
  StreamRig container(1);
  container.host_root = "/host";
  container.paths = {"/host/var/log/auth.log"};
  (void)container.fs.make_dirs("/host/var/log");
  container.fs.append("/host/var/log/auth.log", kLines);
  container.start();
  container.run(5, true);
  REQUIRE(container.store.documents.size() == 2);
  CHECK(container.store.count("\"log.file.path\":\"/var/log/auth.log\"") == 2);
  for (const auto& [id, document] : host.store.documents) {
    CHECK(container.store.documents.contains(id));
  }
}
