// What a stream tells of itself: lag, growth, rotation, unknown messages, the last events.
#include "agent/base/encoding/json_writer.h"
#include "tests/support/catch.h"
#include "tests/support/stream_rig.h"

using namespace auditship;
using namespace auditship::test;
using std::chrono::seconds;

namespace {

constexpr const char* kLog = StreamRig::kLog;

std::string stamp(std::int64_t ns) {
  std::string text;
  append_rfc3339(text, ns);
  return text;
}

// A line of a known form, written now.
std::string known(const SimClock& clock) {
  return stamp(clock.wall_ns()) +
         " h sshd[7]: Accepted password for ann from 192.0.2.7 port 4711 ssh2\n";
}

struct Rig : StreamRig {
  Rig() : StreamRig(1) {}
  pipeline::PipelineStats survey() {
    logs.clear();
    return stream->survey(logs);
  }
  std::vector<pipeline::SourceStatus> logs;
};

}  // namespace

TEST_CASE("lag is nothing while all is settled, and grows while it is not", "[view]") {
  Rig rig;
  rig.start();
  rig.fs.append(kLog, known(rig.clock));
  rig.run(10, true);
  CHECK(rig.survey().lag_bytes == 0);
  CHECK(rig.survey().lag_seconds == 0);
  const std::string line = known(rig.clock);
  const std::int64_t written = rig.clock.wall_ns();
  rig.fs.append(kLog, line);
  CHECK(rig.survey().lag_bytes == line.size());  // unread
  rig.run(100, false);                           // read, and never answered
  const auto view = rig.survey();
  CHECK(view.unread_bytes == 0);
  CHECK(view.lag_bytes == line.size());
  CHECK(view.lag_seconds ==
        Approx(static_cast<double>(rig.clock.wall_ns() - written) / 1e9).margin(0.01));
  CHECK(view.batches > view.settled_batches);
  rig.run(10, true);
  CHECK(rig.survey().lag_bytes == 0);
  CHECK(rig.survey().lag_seconds == 0);
  CHECK(rig.survey().batches == rig.survey().settled_batches);
}

TEST_CASE("lag in bytes is the same after a restart", "[view]") {
  Rig rig;
  rig.start();
  for (int i = 0; i < 30; ++i) {
    rig.fs.append(kLog, known(rig.clock));
    rig.run(3, i < 10);
  }
  rig.run(5, false);
  const std::uint64_t lag = rig.survey().lag_bytes;
  CHECK(lag > 0);
  rig.stream->flush();
  rig.die(false);
  rig.start();
  rig.run(3, false);
  CHECK(rig.survey().lag_bytes == lag);
}

TEST_CASE("while a full buffer stops reading, what waits is still measured", "[view]") {
  Rig rig;
  rig.adjust = [](pipeline::PipelineSettings& s) { s.buffer.max_bytes = 16'000; };
  rig.start();
  for (int i = 0; i < 200 && !rig.survey().full; ++i) {
    rig.fs.append(kLog, known(rig.clock) + known(rig.clock));
    rig.run(2, false);
  }
  REQUIRE(rig.survey().full);
  CHECK(*rig.survey().buffer_full_seconds == 0);
  const auto before = rig.survey();
  const std::string more = known(rig.clock);
  rig.fs.append(kLog, more);
  rig.run(20, false);
  CHECK(rig.survey().unread_bytes == before.unread_bytes + more.size());
  CHECK(rig.survey().lag_seconds >= 14);
  CHECK(rig.logs.at(0).progress.backlog_bytes == rig.survey().unread_bytes);
  rig.run(300, true);
  CHECK_FALSE(rig.survey().full);
  CHECK(rig.survey().lag_bytes == 0);
}

TEST_CASE("messages of no known form are counted, and the last events are in words", "[view]") {
  Rig rig;
  rig.start();
  rig.fs.append(kLog, known(rig.clock) + stamp(rig.clock.wall_ns()) +
                          " h sshd[7]: Something else entirely\n");
  rig.run(10, true);
  CHECK(rig.survey().unknown == 1);
  CHECK(rig.survey().read.lines == 2);
  const auto& lines = rig.stream->recent_events().lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].find("ann") != std::string::npos);
  CHECK(lines[1].find("Something else entirely") != std::string::npos);
}

TEST_CASE("a buffer that fails says why it is not open", "[view]") {
  Rig rig;
  rig.start();
  rig.fs.append(kLog, known(rig.clock));
  rig.run(3, true);
  CHECK(rig.survey().open);
  CHECK(rig.survey().problem.empty());
  rig.fs.append(kLog, stamp(rig.clock.wall_ns()) + " h sshd[7]: Something else entirely\n");
  rig.run(1, true);  // it is in the open batch
  rig.fs.fail_calls_from(1);
  rig.run(10, true);
  CHECK_FALSE(rig.stream->stats().open);
  CHECK_FALSE(rig.stream->stats().problem.empty());
  rig.fs.clear_faults();
  rig.run(100, true);
  CHECK(rig.stream->stats().open);
  CHECK(rig.stream->stats().problem.empty());
}
