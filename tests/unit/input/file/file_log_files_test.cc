// Log files as commands read them.
#include "agent/input/file/file_log_files.h"

#include "agent/input/file/file_input.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/log_writer.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;
using namespace auditship::input;
using namespace auditship::input::file;
using namespace auditship::input::file::follow;

namespace {

const event::IdScope kScope{"c", "n", "app"};

struct Rig {
  explicit Rig(const std::string& root = {}) : fs(clock), writer(fs, clock, root + "/log/app.log") {
    (void)fs.make_dirs(root + "/log");
    options.paths = {root + "/log/app.log"};
    options.host_root = root;
  }
  // Ids and texts of a file; an empty line is "".
  std::vector<std::pair<std::uint64_t, std::string>> lines_of(const LogFileRequest& request) {
    std::vector<std::pair<std::uint64_t, std::string>> lines;
    const FileLogFiles files(fs, options);
    auto file = files.open(request);
    REQUIRE(file.ok());
    LineCalls calls;
    calls.each = [&](const event::RawLine& line) {
      lines.emplace_back(line.id.sequence, line.text);
      return Status();
    };
    calls.empty_line = [&] {
      lines.emplace_back(0, "");
      return Status();
    };
    REQUIRE((*file)->each_line(calls).ok());
    return lines;
  }

  SimClock clock;
  SimFs fs;
  LogCapture log;
  LogWriter writer;
  FileLogFilesOptions options;
};

using Lines = std::vector<std::pair<std::uint64_t, std::string>>;

}  // namespace

TEST_CASE("a command sees lines, empty lines, and the end without a newline if it wants",
          "[log_files]") {
  Rig rig;
  rig.fs.put("/log/x", "one\n\ntwo\nthree");
  CHECK(rig.lines_of({.file = "/log/x"}) == Lines{{0, "one"}, {0, ""}, {5, "two"}});
  CHECK(rig.lines_of({.file = "/log/x", .last = LastLine::take_unterminated}) ==
        Lines{{0, "one"}, {0, ""}, {5, "two"}, {9, "three"}});
}

TEST_CASE("lines of a compressed file have the ids that the agent gave them", "[log_files]") {
  const std::string root = GENERATE("", "/host");
  Rig rig(root);
  rig.writer.lines(3);
  FileInputOptions options;
  options.paths = rig.options.paths;
  options.host_root = root;
  options.source.scope = kScope;
  FileInput input(rig.fs, rig.clock, rig.log, options);
  REQUIRE(input.scan() == std::vector<std::string>{"/log/app.log"});
  auto source = input.open("/log/app.log", std::nullopt);
  std::vector<event::RawLine> lines;
  REQUIRE(*(*source)->read(lines, 1 << 20) == 3);
  std::vector<event::RecordId> read;
  for (const event::RawLine& line : lines) {
    read.push_back(line.id);
  }
  rig.writer.rotate_numbers(9, Codec::gzip);

  const FileLogFiles files(rig.fs, rig.options);
  const std::string name = root + "/log/app.log.1.gz";
  const auto owner = files.source_of(name, FilePlace::beside_log);
  REQUIRE(owner == std::optional<std::string>("/log/app.log"));
  auto file = files.open({.file = name, .source = *owner, .scope = kScope});
  REQUIRE(file.ok());
  std::vector<event::RecordId> ids;
  LineCalls calls;
  calls.each = [&](const event::RawLine& line) {
    CHECK(line.origin->members.at(0).second == "/log/app.log");
    CHECK(line.origin->written_until_ns.has_value());
    ids.push_back(line.id);
    return Status();
  };
  REQUIRE((*file)->each_line(calls).ok());
  CHECK(ids == read);
  CHECK((*file)->id_prefix(0) == read.front().prefix);
  CHECK((*file)->id_prefix(1) != read.front().prefix);
  CHECK((*file)->taken() == rig.fs.get(name).size());
}

TEST_CASE("a file belongs to its log by the path that the process or the host has for it",
          "[log_files]") {
  const Rig in_place;
  SimClock clock;
  SimFs fs(clock);
  const FileLogFiles files(fs, {{"/host/var/log/*.log"}, "/host"});
  using Source = std::optional<std::string>;
  CHECK(files.source_of("/host/var/log/a.log.1", FilePlace::beside_log) ==
        Source("/var/log/a.log"));
  CHECK(files.source_of("/var/log/a.log.1", FilePlace::beside_log) == Source("/var/log/a.log"));
  CHECK(files.source_of("/tmp/a.log", FilePlace::beside_log) == std::nullopt);
  CHECK(files.source_at("/host/var/log/a.log") == "/var/log/a.log");
  CHECK(files.source_at("/var/log/a.log") == "/var/log/a.log");
  CHECK(files.open({.file = "/none"}).error().code == Errc::not_found);
  CHECK(files.generations() == 64);
}

TEST_CASE("an error of a call ends the reading", "[log_files]") {
  Rig rig;
  rig.fs.put("/log/x", "one\ntwo\n");
  const FileLogFiles files(rig.fs, rig.options);
  auto file = files.open({.file = "/log/x", .time = FileTime::ignored});
  std::size_t calls_made = 0;
  LineCalls calls;
  calls.each = [&](const event::RawLine& line) -> Status {
    ++calls_made;
    CHECK_FALSE(line.origin->written_until_ns.has_value());
    return Error{Errc::io, "standard output is closed"};
  };
  CHECK((*file)->each_line(calls).error().message == "standard output is closed");
  CHECK(calls_made == 1);
}
