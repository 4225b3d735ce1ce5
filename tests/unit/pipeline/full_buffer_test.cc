// What happens in the log's directory while the buffer is full and reading waits.
#include "tests/support/catch.h"
#include "tests/support/log_writer.h"
#include "tests/support/stream_rig.h"

using namespace auditship;
using namespace auditship::test;

namespace {

struct FullRig : StreamRig {
  FullRig() : StreamRig(1), writer(fs, clock, kLog) {
    adjust = [](pipeline::PipelineSettings& s) {
      s.make_deriver = {};
      s.buffer.max_bytes = 60'000;
      s.batch.max_bytes = 10'000;
    };
    start();
  }
  void write(int n) {
    for (int i = 0; i < n; ++i) {
      writer.line("Nov 29 10:00:00 h app: line " + std::to_string(++lines) + " of many");
    }
  }

  LogWriter writer;
  std::size_t lines = 0;
};

}  // namespace

TEST_CASE("rotations while the buffer is full lose nothing that could be taken hold of",
          "[pipeline]") {
  FullRig rig;
  rig.write(1500);
  rig.run(20, false);
  REQUIRE(rig.stream->stats().full);
  // `rotate 2`, six times: what was not read yet is deleted.
  for (int i = 0; i < 6; ++i) {
    rig.writer.rotate_numbers(2);
    rig.write(500);
    rig.run(4, false);
  }
  rig.run(200, true);
  CHECK(rig.stream->delivered());
  CHECK(rig.store.documents.size() == rig.lines);
  CHECK(rig.stream->stats().read.gaps == 0);
}

TEST_CASE("what vanishes while the buffer is full is a told gap", "[pipeline]") {
  FullRig rig;
  rig.write(1500);
  rig.run(20, false);
  REQUIRE(rig.stream->stats().full);
  rig.writer.rotate_numbers(9);
  rig.write(500);
  rig.run(4, false);
  rig.writer.rotate_numbers(9);
  rig.write(500);
  rig.run(4, false);
  // Emptied before it is read: nobody can have it.
  const std::uint64_t size = rig.fs.get(std::string(StreamRig::kLog) + ".1").size();
  rig.fs.truncate(std::string(StreamRig::kLog) + ".1", 0);
  rig.run(200, true);
  CHECK(rig.store.documents.size() == rig.lines - 500);
  CHECK(rig.stream->stats().read.gaps == 1);
  CHECK(rig.stream->stats().read.gap_bytes == size);
}
