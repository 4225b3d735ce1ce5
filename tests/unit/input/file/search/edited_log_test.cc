// A log that was edited after it had been read, while the agent follows it and while it is down.
#include "agent/input/file/search/edited_log.h"

#include <map>

#include "tests/support/catch.h"
#include "tests/support/file_source_rig.h"

using namespace auditship;
using namespace auditship::test;

namespace {

constexpr const char* kLog = "/var/log/app.log";

std::string long_line(int n) {
  return "entry " + std::to_string(n) + " of a log that is long enough to be known again, " +
         "also where nothing but its beginning is left";
}

struct EditRig : FileSourceRig {
  EditRig() {
    for (int i = 1; i <= 60; ++i) {
      writer.line(long_line(i));
    }
    start();
    drain();
    REQUIRE(got.size() == 60);
  }

  // As `sed -i` does: a new file takes the place of the old one.
  void edit(const std::string& from, const std::string& to) {
    std::string bytes = fs.get(kLog);
    const std::size_t at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    bytes.replace(at, from.size(), to);
    fs.put("/var/log/sedXYZ", bytes);
    fs.move("/var/log/sedXYZ", kLog);
  }
  [[nodiscard]] std::map<std::string, int> counts() const {
    std::map<std::string, int> counts;
    for (const auto& each : got) {
      ++counts[each.text];
    }
    return counts;
  }
  // Each line of the log as it first was, and `later` ones, once.
  void check_once(int later) const {
    const auto count = counts();
    for (int i = 1; i <= 60 + later; ++i) {
      INFO(long_line(i));
      CHECK((count.contains(long_line(i)) ? count.at(long_line(i)) : 0) == 1);
    }
  }
};

}  // namespace

TEST_CASE("a line that was read is deleted from the log: nothing comes again", "[edited_log]") {
  const int line = GENERATE(1, 30, 60);
  const bool down = GENERATE(false, true);
  // The beginning or the end of what was read is gone: a restart knows the place by both.
  if (down && line != 30) {
    return;
  }
  INFO("line " << line << (down ? ", down" : ""));
  EditRig rig;
  if (down) {
    rig.stop();
  }
  rig.edit(long_line(line) + "\n", "");
  for (int i = 61; i <= 65; ++i) {
    rig.writer.line(long_line(i));
  }
  if (down) {
    rig.start();
  }
  rig.drain();
  rig.check_once(5);
  CHECK(rig.got.size() == 65);
  CHECK(rig.ids_unique());
  CHECK(rig.log.count("log-edited") == 1);
  CHECK(rig.source->progress().lost_ranges == 0);
  rig.restart();
  rig.writer.line(long_line(66));
  rig.drain();
  CHECK(rig.got.size() == 66);
}

TEST_CASE("a word of a line that was read is replaced: that line comes, no other one does",
          "[edited_log]") {
  const int line = GENERATE(1, 30, 60);
  EditRig rig;
  rig.edit(long_line(line), "REDACTED " + long_line(line));
  rig.writer.line(long_line(61));
  rig.drain();
  rig.check_once(1);
  CHECK(rig.counts().at("REDACTED " + long_line(line)) == 1);
  CHECK(rig.got.size() == 62);
  CHECK(rig.ids_unique());
}

TEST_CASE("the first line is edited while the agent is down: in doubt all lines come",
          "[edited_log]") {
  EditRig rig;
  rig.stop();
  rig.edit("entry 1 ", "redacted 1 ");
  rig.writer.line(long_line(61));
  rig.start();
  rig.drain();
  CHECK(rig.got.size() == 60 + 61);
  CHECK(rig.ids_unique());
  CHECK(rig.log.count("generation-vanished") == 1);
}

TEST_CASE("a long line that ends as the last one read does is not taken for it", "[edited_log]") {
  FileSourceRig rig;
  rig.writer.line("first " + std::string(3000, 'x'));
  rig.start();
  rig.drain();
  rig.stop();
  rig.fs.unlink(kLog);
  rig.writer.line("second");
  rig.writer.line("third " + std::string(3500, 'x'));
  rig.start();
  rig.drain();
  CHECK(rig.texts() == rig.writer.written);
}

TEST_CASE("the log is edited while lines at its end are unread: they come", "[edited_log]") {
  const bool down = GENERATE(false, true);
  EditRig rig;
  if (down) {
    rig.stop();
  }
  for (int i = 61; i <= 70; ++i) {
    rig.writer.line(long_line(i));
  }
  rig.edit(long_line(20) + "\n", "");
  for (int i = 71; i <= 75; ++i) {
    rig.writer.line(long_line(i));
  }
  if (down) {
    rig.start();
  }
  rig.drain();
  rig.check_once(15);
  CHECK(rig.got.size() == 75);
}

TEST_CASE("what was read before an edit stays left out after a restart before it", "[edited_log]") {
  const bool edited_again = GENERATE(false, true);
  EditRig rig;
  rig.edit(long_line(30), "REDACTED " + long_line(30));
  rig.writer.line(long_line(61));
  for (int i = 0; i < 20 && rig.got.size() == 60; ++i) {
    rig.poll();
    rig.clock.advance(std::chrono::milliseconds(250));
  }
  REQUIRE(rig.got.size() == 61);  // the changed line; the part behind it is still to come
  rig.stop();
  if (edited_again) {
    rig.edit(long_line(60), "REDACTED " + long_line(60));
  }
  rig.start();
  rig.drain();
  CHECK(rig.counts().at("REDACTED " + long_line(30)) == 1);
  CHECK(rig.counts().at(long_line(61)) == 1);
  CHECK(rig.counts().at(long_line(59)) == (edited_again ? 2 : 1));
  CHECK(rig.got.size() == (edited_again ? 92 : 62));
}

TEST_CASE("an old file that cannot be read any more does not stand in the log's way",
          "[edited_log]") {
  EditRig rig;
  rig.fs.spoil(kLog, 10);
  const std::string bytes = rig.fs.get(kLog);
  rig.fs.put("/var/log/sedXYZ", bytes.substr(bytes.find('\n') + 1));
  rig.fs.move("/var/log/sedXYZ", kLog);
  rig.writer.line(long_line(61));
  rig.drain();
  // What of the log is known already cannot be said.
  CHECK(rig.counts().at(long_line(61)) == 1);
  CHECK(rig.counts().at(long_line(60)) == 2);
}

TEST_CASE("a log of which only the end was kept does not come again", "[edited_log]") {
  const int kept = GENERATE(50, 300);  // of a thousand lines
  EditRig rig;
  for (int i = 61; i <= 1000; ++i) {
    rig.writer.line(long_line(i));
  }
  rig.drain();
  const std::string bytes = rig.fs.get(kLog);
  rig.fs.put("/var/log/t", bytes.substr(bytes.find(long_line(1001 - kept))));
  rig.fs.move("/var/log/t", kLog);
  rig.writer.line(long_line(1001));
  rig.drain();
  CHECK(rig.counts().at(long_line(1001)) == 1);
  // Few lines may be those that a program writes at each start.
  CHECK(rig.got.size() == (kept == 300 ? 1001 : 1051));
}

TEST_CASE("a new log with the same banner as the one before is new", "[edited_log]") {
  FileSourceRig rig;
  for (int start = 0; start < 2; ++start) {
    for (int i = 0; i < 12; ++i) {
      rig.writer.line("banner line " + std::to_string(i) + " that comes at each start of it");
    }
    rig.writer.line("start " + std::to_string(start) + " of the program, with a line of its own");
    if (start == 0) {
      rig.start();
      rig.drain();
      rig.fs.unlink(kLog);
    }
  }
  rig.drain();
  CHECK(rig.texts() == rig.writer.written);
}

TEST_CASE("a large log is not searched behind the place that was read", "[edited_log]") {
  EditRig rig;
  auto stat = rig.fs.stat(kLog);
  REQUIRE(stat.ok());
  input::file::rotation::ChainEntry old{kLog, {}, *stat, {}};
  REQUIRE(old.open(rig.fs).ok());
  rig.edit(long_line(60) + "\n", "");
  std::string more;
  while (more.size() < 64 * 1024) {
    more += "a line that came later\n";
  }
  for (int i = 0; i < 16 * 20; ++i) {
    rig.fs.append(kLog, more);
  }
  stat = rig.fs.stat(kLog);
  REQUIRE(stat.ok());
  input::file::rotation::ChainEntry edited{kLog, {}, *stat, {}};
  REQUIRE(edited.open(rig.fs).ok());
  const std::uint64_t calls = rig.fs.calls();
  const auto place = input::file::search::EditedLog::compare(old, old.stat.size, edited);
  REQUIRE(place.ok());
  REQUIRE(place->has_value());
  CHECK((*place)->offset < old.stat.size);
  CHECK(rig.fs.calls() - calls < 20);
}

TEST_CASE("an editor that writes the log anew in its own file is no rotation", "[edited_log]") {
  EditRig rig;
  std::string bytes = rig.fs.get(kLog);
  bytes.erase(bytes.find(long_line(30)), long_line(30).size() + 1);
  rig.fs.put(kLog, bytes);
  rig.writer.line(long_line(61));
  rig.drain();
  rig.check_once(1);
  CHECK(rig.got.size() == 61);
}

TEST_CASE("lines that were put before the place by more than a hand come all", "[edited_log]") {
  EditRig rig;
  rig.stop();
  std::string more;
  for (int i = 0; i < 200; ++i) {
    more += "restored " + std::to_string(i) + " from another file\n";
  }
  rig.edit(long_line(30), more + long_line(30));
  rig.start();
  rig.drain();
  CHECK(rig.counts().at("restored 0 from another file") == 1);
  CHECK(rig.counts().at("restored 199 from another file") == 1);
}

TEST_CASE("a new log whose lines repeat is no edited one", "[edited_log]") {
  FileSourceRig rig;
  for (int i = 0; i < 100; ++i) {
    rig.writer.line(i % 2 == 0 ? "service started" : "service stopped");
  }
  rig.start();
  rig.drain();
  rig.fs.unlink(kLog);
  for (int i = 0; i < 120; ++i) {
    rig.writer.line(i % 2 == 0 ? "service stopped" : "service started");
  }
  rig.drain();
  CHECK(rig.got.size() == 220);
}

TEST_CASE("a log that was emptied and begins with the same lines again is new", "[file_source]") {
  const bool seen_empty = GENERATE(true, false);
  FileSourceRig rig;
  for (int i = 0; i < 100; ++i) {
    rig.writer.line("entry " + std::to_string(i));
  }
  rig.start();
  rig.drain();
  rig.fs.truncate(kLog, 0);
  if (seen_empty) {
    rig.drain();
  }
  // Not seen empty, it is told by its content alone.
  for (int i = 0; i < 150; ++i) {
    rig.writer.line("entry " + std::to_string(i == 0 || seen_empty ? i : 1000 + i));
  }
  rig.drain();
  CHECK(rig.got.size() == 250);
  CHECK(rig.ids_unique());
}

TEST_CASE("an earlier generation that is moved back to the log's name does not come again",
          "[file_source]") {
  const bool down = GENERATE(false, true);
  FileSourceRig rig;
  rig.writer.lines(10);
  rig.start();
  rig.drain();
  rig.writer.rotate_numbers(5);
  rig.writer.lines(10);
  rig.drain();
  REQUIRE(rig.got.size() == 20);
  rig.restart();
  if (down) {
    rig.stop();
  } else {
    rig.drain();
  }
  rig.fs.move("/var/log/app.log.1", kLog);
  if (down) {
    rig.start();
  }
  rig.drain();
  CHECK(rig.got.size() == 20);
  rig.writer.lines(3);
  rig.drain();
  CHECK(rig.texts() == rig.writer.written);
}
