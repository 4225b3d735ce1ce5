#include "agent/input/file/parking_source.h"

#include <map>

#include "agent/input/file/file_input.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;

namespace {

// Many logs of one directory, with fewer descriptors.
struct ScarceRig {
  explicit ScarceRig(std::size_t logs, std::uint64_t descriptors) : fs(clock) {
    (void)fs.make_dirs("/var/log");
    for (std::size_t i = 0; i < logs; ++i) {
      paths.push_back("/var/log/app" + std::to_string(i) + ".log");
    }
    fs.set_max_followed(descriptors);
    files.paths = paths;
    files.source.backfill_ns = std::nullopt;
  }
  void write(std::size_t i) {
    const std::string line = paths[i] + " line " + std::to_string(++written[paths[i]]);
    fs.append(paths[i], line + "\n");
    ++wanted[line];
  }
  void open() {
    input = std::make_unique<input::file::FileInput>(fs, clock, log, files);
    sources.clear();
    for (const std::string& name : input->scan()) {
      const auto known = saved.find(name);
      auto opened =
          input->open(name, known == saved.end() ? std::nullopt : std::optional(known->second));
      REQUIRE(opened);
      sources[name] = std::move(*opened);
    }
  }
  void restart() {
    for (auto& [name, source] : sources) {
      saved[name] = source->checkpoint();
    }
    sources.clear();
    fs.restart();
    open();
  }
  // One turn of each.
  void turn() {
    std::vector<event::RawLine> lines;
    for (auto& [name, source] : sources) {
      const auto count = source->read(lines, 1000);
      REQUIRE(count);
      for (const auto& line : lines) {
        ++got[std::string(line.text)];
      }
    }
    clock.advance(std::chrono::milliseconds(250));
  }
  std::uint64_t lost() {
    std::uint64_t lost = 0;
    for (auto& [name, source] : sources) {
      lost += source->progress().lost_ranges;
    }
    return lost;
  }

  SimClock clock;
  SimFs fs;
  LogCapture log;
  std::vector<std::string> paths;
  input::file::FileInputOptions files;
  std::unique_ptr<input::file::FileInput> input;
  std::map<std::string, std::unique_ptr<input::Source>> sources;
  std::map<std::string, event::Checkpoint> saved;
  std::map<std::string, int> written, wanted, got;
};

}  // namespace

TEST_CASE("more logs than descriptors are all read, in turn", "[parking_source]") {
  ScarceRig rig(300, 20);
  for (std::size_t i = 0; i < 300; ++i) {
    rig.write(i);
    rig.write(i);
  }
  rig.open();
  for (int i = 0; i < 3; ++i) {
    rig.turn();
  }
  CHECK(rig.got == rig.wanted);
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < 300; i += 7) {
      rig.write(i);
    }
    rig.turn();
    rig.turn();
    CHECK(rig.got == rig.wanted);
  }
  rig.restart();
  rig.write(299);
  rig.turn();
  rig.turn();
  CHECK(rig.got == rig.wanted);
  CHECK(rig.lost() == 0);
  CHECK(rig.log.count("input-unreadable") == 0);
}

TEST_CASE("logs that rotate while descriptors are scarce are read to their ends",
          "[parking_source]") {
  ScarceRig rig(40, 6);
  for (std::size_t i = 0; i < 40; ++i) {
    rig.write(i);
  }
  rig.open();
  rig.turn();
  rig.turn();
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < 40; ++i) {
      rig.write(i);
      for (int n = 8; n > 0; --n) {
        const std::string from = rig.paths[i] + (n == 1 ? "" : "." + std::to_string(n - 1));
        if (rig.fs.exists(from)) {
          rig.fs.move(from, rig.paths[i] + "." + std::to_string(n));
        }
      }
      rig.write(i);
    }
    rig.turn();
  }
  for (int i = 0; i < 200; ++i) {
    rig.turn();
  }
  CHECK(rig.got == rig.wanted);
  CHECK(rig.lost() == 0);
}

TEST_CASE("a held file that was deleted is read before its log is closed", "[parking_source]") {
  const bool current_too = GENERATE(false, true);
  ScarceRig rig(2, 8);
  for (int i = 0; i < 300; ++i) {
    rig.write(0);
  }
  rig.open();
  rig.turn();
  for (int n = 0; n < 2; ++n) {
    if (rig.fs.exists(rig.paths[0] + ".1")) {
      rig.fs.move(rig.paths[0] + ".1", rig.paths[0] + ".2");
    }
    rig.fs.move(rig.paths[0], rig.paths[0] + ".1");
    for (int i = 0; i < 100; ++i) {
      rig.write(0);
    }
    rig.clock.advance(std::chrono::seconds(2));
    rig.turn();  // takes hold of them
  }
  rig.fs.unlink(rig.paths[0] + ".1");
  if (current_too) {
    rig.fs.unlink(rig.paths[0] + ".2");
  }
  rig.fs.set_max_followed(0);
  rig.write(1);
  rig.turn();  // refused: descriptors are scarce from now on
  rig.fs.set_max_followed(8);
  for (int i = 0; i < 100; ++i) {
    rig.turn();
  }
  CHECK(rig.got == rig.wanted);
  CHECK(rig.lost() == 0);
}

TEST_CASE("deleted logs do not keep the descriptors that others need", "[parking_source]") {
  ScarceRig rig(40, 10);
  for (std::size_t i = 0; i < 10; ++i) {
    rig.write(i);
  }
  rig.open();
  rig.turn();
  for (std::size_t i = 0; i < 10; ++i) {
    rig.fs.unlink(rig.paths[i]);
  }
  for (std::size_t i = 10; i < 40; ++i) {
    rig.write(i);
  }
  rig.turn();
  CHECK(rig.log.count("descriptors-scarce") >= 1);
  rig.clock.advance(std::chrono::hours(2));
  for (int i = 0; i < 20; ++i) {
    rig.turn();
  }
  CHECK(rig.got == rig.wanted);
  rig.write(3);  // a new one with the old name
  for (int i = 0; i < 20; ++i) {
    rig.turn();
  }
  CHECK(rig.got == rig.wanted);
  CHECK(rig.lost() == 0);
}

TEST_CASE("logs that are all renamed at once with no descriptor left are read on",
          "[parking_source]") {
  const bool successor = GENERATE(true, false);
  ScarceRig rig(8, 8);
  for (std::size_t i = 0; i < 8; ++i) {
    rig.write(i);
  }
  rig.open();
  rig.turn();
  for (std::size_t i = 0; i < 8; ++i) {
    rig.write(i);
    rig.fs.move(rig.paths[i], rig.paths[i] + ".1");
    if (successor) {
      rig.write(i);
    }
  }
  for (int i = 0; i < 60; ++i) {
    rig.turn();
  }
  CHECK(rig.got == rig.wanted);
  CHECK(rig.lost() == 0);
}

TEST_CASE("that descriptors are scarce is told once a minute", "[parking_source]") {
  ScarceRig rig(30, 0);
  for (std::size_t i = 0; i < 30; ++i) {
    rig.write(i);
  }
  rig.open();
  for (int i = 0; i < 4 * 61; ++i) {
    rig.turn();
  }
  CHECK(rig.log.count("descriptors-scarce") == 2);
}

TEST_CASE("three hundred rotated files leave descriptors to others", "[parking_source]") {
  ScarceRig rig(1, 12);
  for (int n = 300; n > 0; --n) {
    rig.write(0);
    rig.fs.move(rig.paths[0], rig.paths[0] + "." + std::to_string(n));
  }
  rig.write(0);
  rig.open();
  for (int i = 0; i < 400; ++i) {
    rig.turn();
  }
  CHECK(rig.got == rig.wanted);
  CHECK(rig.lost() == 0);
}
