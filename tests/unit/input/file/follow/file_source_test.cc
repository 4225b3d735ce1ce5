#include "agent/input/file/follow/file_source.h"

#include "agent/base/compression/packer.h"
#include "tests/support/catch.h"
#include "tests/support/file_source_rig.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("a plain file is read from its head and followed", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  rig.writer.lines(2);
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.got[0].begin.offset == 0);
  REQUIRE(rig.got[1].begin.offset == 7);
  REQUIRE(rig.source->file_position().offset == 35);
  REQUIRE(rig.source->progress().bytes == 35);
  REQUIRE(rig.source->progress().backlog_bytes == 0);
}

TEST_CASE("a file that does not exist yet is waited for", "[file_source]") {
  FileSourceRig rig;
  rig.start();
  REQUIRE(rig.poll() == 0);
  REQUIRE(rig.last_error.empty());
  REQUIRE_FALSE(rig.source->progress().present);
  rig.writer.lines(2);
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.source->progress().present);
}

TEST_CASE("a directory that does not exist yet is waited for", "[file_source]") {
  FileSourceRig rig;
  rig.options.path = "/srv/late/app.log";
  rig.start();
  REQUIRE(rig.poll() == 0);
  (void)rig.fs.make_dirs("/srv/late");
  rig.fs.append("/srv/late/app.log", "x\n");
  rig.drain();
  REQUIRE(rig.texts() == std::vector<std::string>{"x"});
}

TEST_CASE("a first line without a newline has no key and waits", "[file_source]") {
  FileSourceRig rig;
  rig.writer.piece("half");
  rig.start();
  rig.drain();
  REQUIRE(rig.got.empty());
  rig.writer.piece(" a line\n");
  rig.drain();
  REQUIRE(rig.texts() == std::vector<std::string>{"half a line"});
}

TEST_CASE("a partial last line waits for its newline, also over a restart", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(1);
  rig.writer.piece("be");
  rig.start();
  rig.drain();
  REQUIRE(rig.got.size() == 1);
  REQUIRE(rig.source->progress().incomplete_bytes == 2);
  rig.restart();
  rig.writer.piece("gin\n");
  rig.drain();
  REQUIRE(rig.got.size() == 2);
  REQUIRE(rig.got[1].text == "begin");
  REQUIRE_FALSE(rig.got[1].unterminated);
}

TEST_CASE("a partial last line of a file that was rotated away is given out marked",
          "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(1);
  rig.writer.piece("cut off");
  rig.start();
  rig.drain();
  rig.writer.rotate_numbers(3);
  rig.writer.line("next");
  rig.drain();
  REQUIRE(rig.texts() == std::vector<std::string>{"line 1", "cut off", "next"});
  REQUIRE(rig.got[1].unterminated);
  REQUIRE_FALSE(rig.got[2].unterminated);
}

TEST_CASE("reading with a small limit gives every line once", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(50);
  rig.start();
  for (int i = 0; i < 100; ++i) {
    REQUIRE(rig.poll(10) <= 2);
  }
  REQUIRE(rig.texts() == rig.writer.written);
}

TEST_CASE("a rename and a new file are followed in order", "[file_source]") {
  const auto codec = GENERATE(Codec::none, Codec::gzip, Codec::zstd);
  FileSourceRig rig;
  rig.start();
  for (int round = 0; round < 5; ++round) {
    rig.writer.lines(3);
    rig.drain();
    rig.writer.lines(2);
    rig.writer.rotate_numbers(4, codec, round % 2 == 0);
    rig.writer.lines(1);
    rig.drain();
  }
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.keys() == 6);
  REQUIRE(rig.source->progress().lost_ranges == 0);
  REQUIRE(rig.keys() == 6);
}

TEST_CASE("what is written to a renamed file within the grace is read", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(2);
  rig.start();
  rig.drain();
  rig.fs.move("/var/log/app.log", "/var/log/app.log.1");
  rig.fs.append("/var/log/app.log.1", "late 1\n");
  rig.poll();
  rig.fs.append("/var/log/app.log", "new 1\n");
  rig.poll();
  rig.fs.append("/var/log/app.log.1", "late 2\n");
  rig.drain();
  REQUIRE(rig.texts() == std::vector<std::string>{"line 1", "line 2", "late 1", "late 2", "new 1"});
}

TEST_CASE("a write to a renamed file after the grace is a counted gap", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(2);
  rig.start();
  rig.drain();
  rig.writer.rotate_numbers(3);
  rig.writer.lines(1);
  rig.drain();
  rig.fs.append("/var/log/app.log.1", "too late\n");
  rig.drain();
  REQUIRE(rig.source->progress().lost_ranges == 1);
  REQUIRE(rig.source->progress().lost_bytes == 9);
  REQUIRE(rig.log.find("write-after-rotation")->value("from_offset") == "14");
}

TEST_CASE("several rotations while the agent was down are read in order", "[file_source]") {
  const auto codec = GENERATE(Codec::none, Codec::gzip, Codec::zstd);
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.writer.lines(3);
  rig.stop();
  for (int round = 0; round < 4; ++round) {
    rig.writer.lines(2);
    rig.writer.rotate_numbers(9, codec, true);
    rig.writer.lines(2);
  }
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.ids_unique());
  REQUIRE(rig.source->progress().lost_ranges == 0);
}

TEST_CASE("kube-apiserver's backups are read in the order of their stamps", "[file_source]") {
  const auto path = GENERATE(as<std::string>{}, "/var/log/k/audit.log", "/var/log/k/audit.log.json",
                             "/var/log/k/audit");
  FileSourceRig rig(path);
  rig.start();
  rig.writer.lines(2);
  rig.drain();
  rig.stop();
  for (int round = 0; round < 5; ++round) {
    rig.writer.lines(2);
    const std::string backup = rig.writer.rotate_stamp();
    if (round % 2 == 0) {
      rig.writer.compress(backup, Codec::gzip);
    }
  }
  rig.writer.lines(1);
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
}

TEST_CASE("a burst of rotations with deleted backups loses nothing that was seen",
          "[file_source]") {
  FileSourceRig rig("/var/log/k/audit.log");
  rig.writer.lines(3);
  rig.start();
  rig.poll(1);  // holds the first file
  std::vector<std::string> backups;
  for (int round = 0; round < 6; ++round) {
    backups.push_back(rig.writer.rotate_stamp());
    rig.writer.lines(3);
    rig.poll(1);  // looks ahead, and takes hold of the new files
  }
  for (const std::string& backup : backups) {
    rig.fs.unlink(backup);
  }
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.source->progress().lost_ranges == 0);
}

TEST_CASE("a file deleted while open is finished before the next one", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(100);
  rig.start();
  rig.poll(20);
  rig.fs.unlink("/var/log/app.log");
  rig.writer.lines(2);
  rig.drain(20);
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.keys() == 2);
}

TEST_CASE("copytruncate: the unread rest comes from the copy, then the file from its start",
          "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.writer.lines(2);
  rig.writer.copytruncate();
  rig.writer.lines(20);
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.ids_unique());
  REQUIRE(rig.source->progress().lost_ranges == 0);
  REQUIRE(rig.log.count("copy-found") == 1);
}

TEST_CASE("whole generations that come and go between two looks, copied and truncated, are read",
          "[file_source]") {
  const auto before = GENERATE(as<std::string>(), "drained", "in the middle", "just truncated",
                               "in a copy", "not there yet");
  const std::size_t generations = GENERATE(1, 2, 5);
  FileSourceRig rig;
  if (before != "not there yet") {
    rig.writer.lines(9);
  }
  rig.start();
  if (before == "in the middle") {
    (void)rig.poll(1);
    REQUIRE(rig.got.size() < 9);
  } else {
    rig.drain();
  }
  if (before == "just truncated") {
    rig.fs.truncate("/var/log/app.log", 0);
    rig.drain();
  } else if (before == "in a copy") {
    rig.writer.lines(9);
    rig.writer.copytruncate();
    rig.writer.lines(9);
    (void)rig.poll(1);
  }
  for (std::size_t i = 0; i < generations; ++i) {
    rig.writer.lines(4 + i);
    rig.writer.copytruncate();
  }
  rig.writer.lines(3);
  rig.drain();
  INFO(before << ", generations " << generations);
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.ids_unique());
  REQUIRE(rig.source->progress().lost_ranges == 0);
}

TEST_CASE("a rotated file that gives nothing is looked at once, not at every poll",
          "[file_source]") {
  FileSourceRig rig;
  const auto live = GENERATE(as<std::string>(), "", "one line\n");
  SECTION("a broken one is one gap") {
    rig.fs.put("/var/log/app.log.1.gz", "this is not gzip");
    rig.fs.put("/var/log/app.log", live);
    rig.clock.advance(std::chrono::hours(1));
    rig.start();
    rig.drain();
    REQUIRE(rig.source->progress().lost_ranges == 1);
    REQUIRE(rig.log.count("compressed-damaged") == 1);
  }
  SECTION("an empty one is none") {
    for (const Codec codec : {Codec::gzip, Codec::zstd}) {
      Packer packer(codec);
      rig.fs.put(std::string("/var/log/app.log.1") + (codec == Codec::gzip ? ".gz" : ".zst"),
                 packer.finish());
      rig.fs.put("/var/log/app.log", live);
      rig.clock.advance(std::chrono::hours(1));
      rig.start();
      rig.drain();
      REQUIRE(rig.source->progress().lost_ranges == 0);
      REQUIRE(rig.source->progress().backlog_bytes == 0);
    }
  }
  REQUIRE(rig.got.size() >= (live.empty() ? 0 : 1));
}

TEST_CASE("copytruncate while the agent was down", "[file_source]") {
  const bool compressed = GENERATE(false, true);
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.stop();
  rig.writer.lines(2);
  rig.writer.copytruncate();
  if (compressed) {
    rig.writer.compress("/var/log/app.log.1", Codec::gzip);
  }
  rig.writer.lines(20);
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.source->progress().lost_ranges == 0);
}

TEST_CASE("truncation without a copy is a gap of known size, and reading goes on",
          "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.fs.truncate("/var/log/app.log", 0);
  rig.writer.lines(1);
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.source->progress().lost_ranges == 0);  // all had been read
  REQUIRE(rig.log.count("truncated") == 1);

  rig.writer.lines(400);
  rig.poll(100);
  rig.poll(100);  // the size is known, most is unread
  const auto read_up_to = rig.got.size();
  rig.fs.truncate("/var/log/app.log", 0);
  rig.fs.append("/var/log/app.log", "fresh\n");
  rig.drain(100);
  REQUIRE(rig.got.back().text == "fresh");
  REQUIRE(rig.source->progress().lost_ranges + rig.got.size() - read_up_to > 1);
}

TEST_CASE("a file rewritten to the same size is noticed by its content", "[file_source]") {
  FileSourceRig rig;
  rig.fs.append("/var/log/app.log", "aaaa\nbbbb\n");
  rig.start();
  rig.drain();
  rig.fs.put("/var/log/app.log", "cccc\ndddd\n");
  rig.drain();
  REQUIRE(rig.texts() == std::vector<std::string>{"aaaa", "bbbb", "cccc", "dddd"});
  REQUIRE(rig.keys() == 2);
}

TEST_CASE("the hole of NUL bytes behind a copytruncate is skipped, however large",
          "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.writer.copytruncate();
  const std::uint64_t hole = std::uint64_t{64} << 30;
  rig.fs.write("/var/log/app.log", hole, "behind the hole\nand more\n");
  rig.drain();
  REQUIRE(rig.texts() ==
          std::vector<std::string>{"line 1", "line 2", "line 3", "behind the hole", "and more"});
  REQUIRE(rig.got[3].begin.offset == hole);
  rig.restart();
  rig.fs.append("/var/log/app.log", "after\n");
  rig.drain();
  REQUIRE(rig.got.size() == 6);
}

TEST_CASE("a symlink that is flipped to another file is followed after the old file's end",
          "[file_source]") {
  FileSourceRig rig;
  rig.fs.append("/var/log/one", "1\n");
  rig.fs.append("/var/log/two", "2\n");
  rig.fs.symlink("/var/log/one", "/var/log/app.log");
  rig.start();
  rig.drain();
  rig.fs.append("/var/log/one", "1 more\n");
  rig.fs.symlink("two", "/var/log/app.log");
  rig.drain();
  REQUIRE(rig.texts() == std::vector<std::string>{"1", "1 more", "2"});
}

TEST_CASE("a directory that is replaced is followed", "[file_source]") {
  FileSourceRig rig("/srv/logs/app.log");
  rig.writer.lines(2);
  rig.start();
  rig.drain();
  rig.fs.move("/srv/logs", "/srv/old");
  (void)rig.fs.make_dirs("/srv/logs");
  rig.fs.append("/srv/old/app.log", "last words\n");
  rig.fs.append("/srv/logs/app.log", "new\n");
  rig.drain();
  REQUIRE(rig.texts() == std::vector<std::string>{"line 1", "line 2", "last words", "new"});
}

TEST_CASE("a FIFO in place of the log is refused with one message", "[file_source]") {
  FileSourceRig rig;
  rig.fs.make_fifo("/var/log/app.log");
  rig.start();
  rig.drain();
  REQUIRE(rig.got.empty());
  REQUIRE(rig.log.count("input-not-regular") == 1);
}

TEST_CASE("a failing read is told once and tried again", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(2);
  rig.start();
  rig.drain();
  rig.writer.lines(2);
  rig.fs.fail_calls_from(rig.fs.calls() + 1);
  rig.poll();
  rig.poll();
  REQUIRE_FALSE(rig.last_error.empty());
  REQUIRE(rig.log.count("input-unreadable") == 1);
  rig.fs.clear_faults();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
}

TEST_CASE("any one call that fails loses and doubles nothing", "[file_source]") {
  for (std::uint64_t failing = 1;; ++failing) {
    FileSourceRig rig;
    rig.writer.lines(2);
    rig.fs.fail_call(failing);
    rig.start();
    rig.drain();
    rig.writer.lines(1);
    rig.writer.rotate_numbers(3);
    rig.writer.lines(2);
    rig.drain();
    rig.writer.lines(1);
    rig.writer.copytruncate();
    rig.writer.lines(2);
    rig.drain();
    INFO("call " << failing);
    REQUIRE(rig.texts() == rig.writer.written);
    REQUIRE(rig.ids_unique());
    if (rig.fs.calls() < failing || failing > 400) {
      REQUIRE(failing > 50);
      break;
    }
  }
}

TEST_CASE("the first start reads rotated files back to the backfill time and says what is left out",
          "[file_source]") {
  FileSourceRig rig;
  rig.fs.append("/var/log/app.log.2", "ancient\n");
  rig.fs.append("/var/log/app.log.1", "recent\n");
  rig.fs.append("/var/log/app.log", "now\n");
  const std::int64_t day = std::int64_t{24} * 3600 * 1'000'000'000;
  rig.fs.set_modified("/var/log/app.log.2", SimClock::kStartNs - 8 * day);
  rig.fs.set_modified("/var/log/app.log.1", SimClock::kStartNs - 6 * day);
  SECTION("by default seven days") {
    rig.start();
    rig.drain();
    REQUIRE(rig.texts() == std::vector<std::string>{"recent", "now"});
    REQUIRE(rig.source->progress().skipped_files == 1);
    REQUIRE(rig.source->progress().skipped_bytes == 8);
    rig.restart();
    rig.writer.rotate_numbers(9);
    rig.writer.line("later");
    rig.drain();
    REQUIRE(rig.texts() == std::vector<std::string>{"recent", "now", "later"});
  }
  SECTION("all") {
    rig.options.backfill_ns.reset();
    rig.start();
    rig.drain();
    REQUIRE(rig.texts() == std::vector<std::string>{"ancient", "recent", "now"});
  }
  SECTION("none") {
    rig.options.backfill_ns = 0;
    rig.start();
    rig.drain();
    REQUIRE(rig.texts() == std::vector<std::string>{"now"});
  }
}

TEST_CASE("a final pass waits for nothing and leaves the unterminated line", "[file_source]") {
  FileSourceRig rig;
  rig.options.final_pass = true;
  rig.writer.lines(2);
  rig.writer.rotate_numbers(3);
  rig.writer.lines(2);
  rig.writer.piece("unfinished");
  rig.start();
  while (rig.poll() > 0) {
  }
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.source->progress().incomplete_bytes == 10);
}
