#include "agent/input/file/rotation/rotation_chain.h"

#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/log_writer.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;
using namespace auditship::input::file::rotation;

namespace {

struct ChainRig {
  explicit ChainRig(std::optional<std::int64_t> backfill_ns = std::nullopt)
      : fs(clock),
        writer(fs, clock, kPath),
        context(fs, clock, log, options(backfill_ns)),
        chain(context) {
    (void)fs.make_dirs("/var/log");
  }
  static FileSourceOptions options(std::optional<std::int64_t> backfill_ns) {
    FileSourceOptions options;
    options.path = kPath;
    options.backfill_ns = backfill_ns;
    return options;
  }
  bool due() {
    RotationChain::Look look;
    const auto due = chain.front_is_due(look);
    REQUIRE(due.ok());
    return *due;
  }
  // What NextRotation does with the front, were it taken.
  ChainEntry take() {
    REQUIRE(due());
    ChainEntry entry = std::move(chain.front());
    chain.pop_front();
    return entry;
  }

  static constexpr const char* kPath = "/var/log/app.log";
  SimClock clock;
  SimFs fs;
  LogCapture log;
  LogWriter writer;
  SourceContext context;
  RotationChain chain;
};

}  // namespace

TEST_CASE("nothing is due where nothing is, or no line is complete", "[rotation]") {
  ChainRig rig;
  CHECK_FALSE(rig.due());
  rig.writer.piece("half a line");
  // The live file may be taken: whoever opens it waits for its line.
  CHECK(rig.due());
}

TEST_CASE("the oldest generation is due first", "[rotation]") {
  ChainRig rig;
  for (int i = 0; i < 2; ++i) {
    rig.writer.lines(2);
    rig.writer.rotate_numbers(5);
  }
  rig.writer.lines(2);
  for (const char* path : {"/var/log/app.log.2", "/var/log/app.log.1"}) {
    const ChainEntry entry = rig.take();
    CHECK(entry.path == path);
    rig.chain.pass(entry.stat);
  }
  CHECK(rig.take().path == ChainRig::kPath);
}

TEST_CASE("a file that waits is held when it is deleted", "[rotation]") {
  ChainRig rig;
  rig.writer.lines(2);
  rig.writer.rotate_numbers(5);
  rig.writer.lines(2);
  REQUIRE(rig.due());
  REQUIRE(rig.chain.waiting().size() == 2);
  REQUIRE(rig.fs.remove("/var/log/app.log.1").ok());
  REQUIRE(rig.chain.refresh(nullptr).ok());
  REQUIRE(rig.chain.waiting().size() == 2);
  CHECK(rig.chain.front().file != nullptr);
  CHECK(rig.context.progress.lost_ranges == 0);
}

TEST_CASE("the file that is being read learns its new name, and what is newer waits",
          "[rotation]") {
  ChainRig rig;
  rig.writer.lines(2);
  ChainEntry current = rig.take();
  REQUIRE(current.live());
  rig.writer.rotate_numbers(5);
  rig.writer.lines(2);
  REQUIRE(*rig.chain.refresh(&current));
  CHECK(current.path == "/var/log/app.log.1");
  CHECK_FALSE(current.live());
  REQUIRE(rig.chain.waiting().size() == 1);
  CHECK(rig.chain.front().live());
}

TEST_CASE("at the first look, what is older than the backfill time is left out and counted",
          "[rotation]") {
  ChainRig rig(std::int64_t{3600} * 1'000'000'000);
  rig.writer.lines(2);
  rig.writer.rotate_numbers(5);
  rig.clock.advance(std::chrono::hours(2));
  rig.writer.lines(2);
  CHECK(rig.take().path == ChainRig::kPath);
  CHECK(rig.context.progress.skipped_files == 1);
  CHECK(rig.log.count("rotated-file-skipped") == 1);
}

TEST_CASE("a file that is done with does not wait again", "[rotation]") {
  ChainRig rig;
  rig.writer.lines(2);
  rig.writer.rotate_numbers(5);
  const ChainEntry first = rig.take();
  rig.chain.pass(first.stat);
  REQUIRE(rig.chain.refresh(nullptr).ok());
  CHECK(rig.chain.waiting().empty());
}
