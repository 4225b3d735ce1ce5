// The input of log files by its port, as the pipeline uses it.
#include "agent/input/file/file_input.h"

#include "agent/input/file/host_path.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/log_writer.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;
using namespace auditship::input::file;
using namespace auditship::input::file::follow;

namespace {

using Names = std::vector<std::string>;
using Texts = std::vector<std::string>;

const std::string kLog = "/host/var/log/app.log";

struct Rig {
  explicit Rig(Names paths = {kLog}, const std::string& root = "/host")
      : fs(clock), writer(fs, clock, kLog) {
    (void)fs.make_dirs("/host/var/log");
    options.paths = std::move(paths);
    options.host_root = root;
    options.source.scope = {"c", "n", "app"};
    options.source.backfill_ns = std::nullopt;
    input = std::make_unique<FileInput>(fs, clock, log, options);
  }

  SimClock clock;
  SimFs fs;
  LogCapture log;
  LogWriter writer;
  FileInputOptions options;
  std::unique_ptr<FileInput> input;
};

// All that a reader has now.
Texts read_all(input::RecordReader& reader, SimClock& clock, std::size_t max_bytes = 1 << 20) {
  Texts texts;
  std::vector<event::RawLine> lines;
  for (int idle = 0; idle < 8; ++idle) {
    auto count = reader.read(lines, max_bytes);
    REQUIRE(count.ok());
    for (const event::RawLine& line : lines) {
      texts.emplace_back(line.text);
      idle = -1;
    }
    clock.advance(std::chrono::milliseconds(500));
  }
  return texts;
}

}  // namespace

TEST_CASE("the path of the host is without the place where a container has it", "[file_input]") {
  CHECK(host_path("/host/var/log/a.log", "/host") == "/var/log/a.log");
  CHECK(host_path("/var/log/a.log", "/host") == "/var/log/a.log");
  CHECK(host_path("/hosts/a.log", "/host") == "/hosts/a.log");
  CHECK(host_path("/host", "/host") == "/host");
  CHECK(host_path("/var/log/a.log", "") == "/var/log/a.log");
}

TEST_CASE("a log below host_root has the name, the ids and the path that the host knows",
          "[file_input]") {
  Rig rig({"/host/var/log/*.log"});
  rig.writer.lines(2);
  CHECK(rig.input->scan() == Names{"/var/log/app.log"});
  CHECK(rig.input->watch_directories() == Names{"/host/var/log"});
  auto source = rig.input->open("/var/log/app.log", std::nullopt);
  REQUIRE(source.ok());
  std::vector<event::RawLine> lines;
  REQUIRE(*(*source)->read(lines, 1 << 20) == 2);
  CHECK(lines[0].origin->name == "/var/log/app.log");
  const std::pair<std::string, std::string> member{"log.file.path", "/var/log/app.log"};
  CHECK(lines[0].origin->members.at(0) == member);
  CHECK((*source)->survey()->file->read_path == "/var/log/app.log");
  const event::RecordId in_container = lines[1].id;

  SimFs host(rig.clock);
  (void)host.make_dirs("/var/log");
  host.put("/var/log/app.log", rig.fs.get(kLog));
  FileInputOptions options = rig.options;
  options.paths = {"/var/log/app.log"};
  options.host_root.clear();
  FileInput outside(host, rig.clock, rig.log, options);
  CHECK(outside.scan() == Names{"/var/log/app.log"});
  auto same = outside.open("/var/log/app.log", std::nullopt);
  REQUIRE(*(*same)->read(lines, 1 << 20) == 2);
  CHECK(lines[1].id == in_container);
}

TEST_CASE("two files that are one path to the host are told, and one of them is read",
          "[file_input]") {
  Rig rig({kLog, "/var/log/app.log"});
  CHECK(rig.input->scan() == Names{"/var/log/app.log"});
  CHECK(rig.input->scan() == Names{"/var/log/app.log"});
  CHECK(rig.log.count("input-ambiguous") == 1);
  rig.writer.lines(1);
  auto source = rig.input->open("/var/log/app.log", std::nullopt);
  CHECK(read_all(**source, rig.clock).size() == 1);
}

TEST_CASE("a log goes on from the checkpoint of an earlier run", "[file_input]") {
  Rig rig;
  rig.writer.lines(3);
  auto first = rig.input->open("/var/log/app.log", std::nullopt);
  CHECK((*first)->position().empty());
  CHECK(read_all(**first, rig.clock).size() == 3);
  const event::Checkpoint place = (*first)->checkpoint();
  CHECK(place.position == (*first)->position());
  CHECK(rig.input->can_resume(place));
  CHECK(rig.input->describe(place.position) == "offset " + std::to_string(rig.fs.get(kLog).size()));
  rig.writer.lines(2);
  auto second = rig.input->open("/var/log/app.log", place);
  REQUIRE(second.ok());
  CHECK((*second)->position() == place.position);
  CHECK(read_all(**second, rig.clock) == Texts{rig.writer.written[3], rig.writer.written[4]});
}

TEST_CASE("bytes that are no checkpoint of log files are refused", "[file_input]") {
  Rig rig;
  event::Checkpoint other;
  other.position.bytes = "s=7e5d;i=1f";
  CHECK_FALSE(rig.input->can_resume(other));
  CHECK(rig.input->open("/var/log/app.log", other).error().code == Errc::corrupt);
  CHECK(rig.input->open_range("/var/log/app.log", other, {}).error().code == Errc::corrupt);
  CHECK(rig.input->open_range("/var/log/app.log", {}, other.position).error().code ==
        Errc::corrupt);
  CHECK(rig.input->describe(other.position) == "unknown");
}

TEST_CASE("a range gives the lines between two places once more, and nothing else",
          "[file_input]") {
  const bool rotated = GENERATE(false, true);
  const std::size_t at_a_time = GENERATE(std::size_t{1}, std::size_t{1} << 20);
  Rig rig;
  auto source = rig.input->open("/var/log/app.log", std::nullopt);
  rig.writer.lines(3);
  CHECK(read_all(**source, rig.clock).size() == 3);
  const event::Checkpoint from = (*source)->checkpoint();
  rig.writer.lines(2);
  if (rotated) {
    rig.writer.rotate_numbers(9, Codec::gzip);
  }
  rig.writer.lines(2);
  CHECK(read_all(**source, rig.clock).size() == 4);
  const event::Cursor to = (*source)->position();
  rig.writer.lines(4);
  auto range = rig.input->open_range("/var/log/app.log", from, to);
  REQUIRE(range.ok());
  CHECK(read_all(**range, rig.clock, at_a_time) ==
        Texts(rig.writer.written.begin() + 3, rig.writer.written.begin() + 7));
  CHECK((*range)->progress().lost_ranges == 0);
}

TEST_CASE("of a range whose end is gone, only the generation that it begins in is given",
          "[file_input]") {
  Rig rig;
  auto source = rig.input->open("/var/log/app.log", std::nullopt);
  rig.writer.lines(3);
  CHECK(read_all(**source, rig.clock).size() == 3);
  rig.writer.rotate_numbers(9);
  rig.writer.lines(2);
  CHECK(read_all(**source, rig.clock).size() == 2);
  const event::Cursor to = (*source)->position();
  rig.fs.unlink(kLog);
  rig.fs.append(kLog, "of another generation\n");
  auto range = rig.input->open_range("/var/log/app.log", {}, to);
  REQUIRE(range.ok());
  CHECK(read_all(**range, rig.clock).empty());  // from is unknown: nothing is surely within

  event::Checkpoint begin = (*rig.input->open("/var/log/app.log", std::nullopt))->checkpoint();
  CHECK(begin.position.empty());
}

TEST_CASE("a log that no pattern names any more can still be read again", "[file_input]") {
  Rig rig({"/host/var/log/other.log"});
  rig.writer.lines(2);
  auto range = rig.input->open_range("/var/log/app.log", {}, {});
  REQUIRE(range.ok());
  auto source = rig.input->open("/var/log/app.log", std::nullopt);
  CHECK(read_all(**source, rig.clock).size() == 2);
}
