// Which file is which: the same generation under other names, and other generations that look the
// same.
#include "agent/base/compression/packer.h"
#include "agent/input/file/follow/file_source.h"
#include "tests/support/catch.h"
#include "tests/support/file_source_rig.h"

using namespace auditship;
using namespace auditship::test;

namespace {

const std::string kLive = "/var/log/app.log";

}  // namespace

TEST_CASE("a constant header: three rotations in a row get three collision_index numbers",
          "[file_source]") {
  const bool restarts = GENERATE(false, true);
  const std::size_t lines = GENERATE(0u, 1u, 4u);  // 0: the checkpoint is right behind the header
  const auto codec = GENERATE(Codec::none, Codec::gzip);
  FileSourceRig rig;
  rig.writer.set_header("# time level message");
  rig.start();
  for (int round = 0; round < 4; ++round) {
    rig.writer.line();
    if (lines == 0) {  // only the header in this generation
      rig.fs.truncate(kLive, 21);
      rig.writer.written.pop_back();
    } else {
      rig.writer.lines(lines - 1);
    }
    rig.drain();
    if (restarts) {
      rig.restart();
    }
    rig.writer.rotate_numbers(9, codec);
  }
  rig.writer.line();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.keys() == 5);
  REQUIRE(rig.got.back().begin.file.collision_index == 4);
  REQUIRE(rig.ids_unique());
}

TEST_CASE("a constant header and several rotations while the agent was down", "[file_source]") {
  const bool behind_header = GENERATE(false, true);
  const auto codec = GENERATE(Codec::none, Codec::gzip);
  FileSourceRig rig;
  rig.writer.set_header("# header");
  rig.writer.line();
  rig.writer.rotate_numbers(9);
  rig.writer.line();
  rig.writer.rotate_numbers(9);
  rig.start();
  rig.drain();
  if (behind_header) {
    rig.fs.append(kLive, "# header\n");
    rig.writer.written.emplace_back("# header");
  } else {
    rig.writer.lines(2);
  }
  rig.drain();
  rig.stop();
  for (int round = 0; round < 3; ++round) {
    rig.writer.lines(2);
    rig.writer.rotate_numbers(9, codec);
  }
  rig.writer.lines(2);
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.keys() == 6);
}

TEST_CASE("a generation seen again gzipped, renamed or copied goes on at the right offset",
          "[file_source]") {
  const int how = GENERATE(0, 1, 2, 3, 4);
  FileSourceRig rig;
  rig.writer.lines(5);
  rig.start();
  rig.poll(15);  // in the middle
  const input::file::generations::FileKey key = rig.got.front().begin.file;
  rig.stop();
  const std::size_t before = rig.got.size();
  REQUIRE(before < 5);
  if (how == 0) {
    rig.writer.rotate_numbers(9, Codec::gzip);
  } else if (how == 1) {
    rig.writer.rotate_numbers(9, Codec::zstd);
  } else if (how == 2) {
    rig.fs.move(kLive, kLive + "-20261123");
  } else if (how == 3) {  // restored from a backup: another inode
    const std::string bytes = rig.fs.get(kLive);
    rig.fs.unlink(kLive);
    rig.fs.append("/tmp-restore", bytes);
    rig.fs.move("/tmp-restore", kLive);
  } else {
    rig.fs.hard_link(kLive, kLive + ".1");
  }
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.keys() == 1);
  REQUIRE(rig.got.back().begin.file == key);
  REQUIRE(rig.source->progress().lost_ranges == 0);
}

TEST_CASE("plain and compressed forms of one generation are read once", "[file_source]") {
  const bool other_number = GENERATE(false, true);
  const bool down = GENERATE(false, true);
  FileSourceRig rig;
  rig.writer.lines(4);
  rig.start();
  rig.drain();
  rig.writer.lines(2);
  if (down) {
    rig.stop();
  }
  rig.writer.rotate_numbers(9);
  const std::string whole = pack(Codec::gzip, rig.fs.get(kLive + ".1"));
  const std::string packed = kLive + (other_number ? ".2.gz" : ".1.gz");
  rig.writer.lines(2);
  if (!other_number) {
    rig.fs.append(packed, std::string_view(whole).substr(0, whole.size() / 2));  // gzip is at work
  } else {
    rig.fs.append(packed, whole);
  }
  if (down) {
    rig.start();
  }
  rig.drain();
  rig.fs.put(packed, whole);
  rig.fs.unlink(kLive + ".1");
  rig.drain();
  rig.restart();
  rig.writer.lines(2);
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.ids_unique());
  REQUIRE(rig.keys() == 2);
}

TEST_CASE("an inode number that is used again is another file", "[file_source]") {
  const bool down = GENERATE(false, true);
  const bool header = GENERATE(false, true);
  FileSourceRig rig;
  rig.fs.set_reuse_inodes(true);
  if (header) {
    rig.writer.set_header("# header");
  }
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  const auto inode = rig.fs.inode_of(kLive);
  if (down) {
    rig.stop();
    rig.fs.unlink(kLive);
  } else {
    rig.writer.rotate_numbers(1);
    rig.fs.unlink(kLive + ".1");
  }
  rig.writer.lines(6);
  if (down) {
    REQUIRE(rig.fs.inode_of(kLive) == inode);
    rig.start();
  }
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.keys() == 2);
}

TEST_CASE("a clock that was set back does not hide a file of which only the first line was read",
          "[file_source]") {
  const bool more = GENERATE(false, true);
  FileSourceRig rig;
  rig.writer.lines(1);
  rig.start();
  rig.drain();
  rig.stop();
  rig.clock.jump_wall(-std::int64_t{3600} * 1'000'000'000);
  rig.writer.lines(3);
  rig.writer.rotate_numbers(9, Codec::gzip);  // another inode, with the time of the last line
  if (more) {
    rig.writer.lines(2);
    rig.writer.rotate_numbers(9, Codec::gzip);
  }
  rig.writer.lines(2);
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.source->progress().lost_ranges == 0);
}

TEST_CASE("an older file with the same constant header is not the one that vanished",
          "[file_source]") {
  FileSourceRig rig;
  rig.writer.set_header("# header");
  rig.writer.lines(2);
  rig.start();
  rig.drain();
  rig.writer.rotate_numbers(9, Codec::gzip);
  rig.writer.piece("");  // nothing but the header
  rig.drain();
  rig.stop();
  rig.fs.unlink(kLive);
  rig.start();
  rig.drain();
  rig.writer.lines(2);
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.ids_unique());
}

TEST_CASE("a file replaced while the agent was down by another one is read from its start",
          "[file_source]") {
  const bool longer = GENERATE(false, true);
  FileSourceRig rig;
  rig.writer.lines(10);
  rig.start();
  rig.drain();
  rig.stop();
  rig.fs.unlink(kLive);
  rig.writer.line("quite another first line");
  rig.writer.lines(longer ? 30 : 1);
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.keys() == 2);
  REQUIRE(rig.source->progress().lost_ranges == 1);  // nobody knows whether the old one had more
  REQUIRE(rig.log.find("generation-vanished")->value("from_offset") == "71");
}

TEST_CASE("a shorter backup that is restored keeps its key, so that no document is made twice",
          "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(200);
  rig.start();
  rig.drain();
  const std::string backup = rig.fs.get(kLive);
  rig.writer.lines(50);
  rig.drain();
  rig.stop();
  rig.fs.unlink(kLive);
  rig.fs.append(kLive, backup);
  rig.fs.append(kLive, "after the restore\n");
  rig.start();
  rig.drain();
  REQUIRE(rig.keys() == 1);
  std::set<std::pair<input::file::generations::FilePosition, std::string>> ids;
  for (const auto& got : rig.got) {
    ids.insert({got.begin, got.text});
  }
  REQUIRE(ids.size() == 251);  // the lines read again have the ids they had
  REQUIRE(rig.got.back().text == "after the restore");
  REQUIRE(rig.log.count("restored-shorter") == 1);
}

TEST_CASE("a shorter backup that is restored while the log is followed is not doubled",
          "[file_source]") {
  // Of few lines nobody knows whether a program writes them at each start: they have the same ids.
  const std::size_t lines = GENERATE(200u, 800u);
  FileSourceRig rig;
  rig.writer.lines(lines);
  rig.start();
  rig.drain();
  const std::string backup = rig.fs.get(kLive);
  rig.writer.lines(50);
  rig.drain();
  rig.fs.unlink(kLive);
  rig.fs.append(kLive, backup);
  rig.fs.append(kLive, "after the restore\n");
  rig.drain();
  REQUIRE(rig.got.size() == (lines == 200 ? 451 : 851));
  std::set<std::pair<input::file::generations::FilePosition, std::string>> ids;
  for (const auto& got : rig.got) {
    ids.insert({got.begin, got.text});
  }
  REQUIRE(ids.size() == lines + 51);
  REQUIRE(rig.got.back().text == "after the restore");
}

TEST_CASE("generations that share a long header are all read", "[file_source]") {
  const bool down = GENERATE(false, true);
  const bool longer = GENERATE(false, true);
  FileSourceRig rig;
  rig.writer.set_header("# " + std::string(1200, 'h'));
  rig.writer.lines(10);
  rig.start();
  rig.drain();
  if (down) {
    rig.stop();
  }
  for (int round = 0; round < 3; ++round) {
    rig.writer.rotate_numbers(2);
    rig.writer.lines(longer ? 12 : 3);
  }
  if (down) {
    rig.start();
  }
  rig.drain();
  std::set<std::string> got;
  for (const std::string& text : rig.texts()) {
    got.insert(text);
  }
  const std::set<std::string> wanted(rig.writer.written.begin(), rig.writer.written.end());
  std::set<std::string> missing;
  std::set_difference(wanted.begin(), wanted.end(), got.begin(), got.end(),
                      std::inserter(missing, missing.end()));
  CHECK(missing.empty());
  // Nobody knows whether the one that is gone had more.
  CHECK(rig.source->progress().lost_ranges == (down ? 1 : 0));
}

TEST_CASE("a log that was edited and rotated before it was opened again is read", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(200);
  rig.start();
  rig.drain();
  std::string bytes = rig.fs.get(kLive);
  bytes.replace(bytes.size() - 200, 4, "EDIT");
  rig.fs.unlink(kLive);
  rig.fs.append(kLive, bytes);
  rig.writer.lines(20);
  rig.writer.rotate_numbers(5);
  rig.writer.lines(1);
  rig.drain();
  const std::vector<std::string> texts = rig.texts();
  const std::set<std::string> got(texts.begin(), texts.end());
  for (const std::string& line : rig.writer.written) {
    INFO(line);
    CHECK(got.contains(line));
  }
}

TEST_CASE("rotated files older than the checkpoint are never read again", "[file_source]") {
  const auto codec = GENERATE(Codec::none, Codec::gzip);
  FileSourceRig rig;
  rig.start();
  for (int round = 0; round < 70; ++round) {  // more than a Checkpoint remembers
    rig.writer.lines(1);
    rig.drain();
    rig.writer.rotate_numbers(100, codec);
  }
  rig.writer.lines(1);
  rig.drain();
  rig.restart();
  rig.writer.lines(1);
  rig.drain();
  REQUIRE(rig.saved->finished.size() == 64);
  REQUIRE(rig.texts() == rig.writer.written);
}

TEST_CASE("a generation that vanished while the agent was down is a gap, and what is left is read",
          "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.stop();
  rig.writer.lines(3);
  rig.writer.rotate_numbers(1);
  rig.writer.line("second");
  rig.writer.rotate_numbers(1);  // the first is deleted
  rig.writer.line("third");
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == std::vector<std::string>{"line 1", "line 2", "line 3", "second", "third"});
  REQUIRE(rig.source->progress().lost_ranges == 1);
  REQUIRE(rig.log.find("generation-vanished")->value("from_offset") == "21");
}

TEST_CASE("with everything gone the place is kept until something is there", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.stop();
  const std::string bytes = rig.fs.get(kLive);
  rig.fs.unlink(kLive);
  rig.start();
  rig.drain();
  REQUIRE(rig.source->progress().lost_ranges == 0);
  rig.restart();
  rig.fs.append(kLive, bytes + "line 4\n");  // the volume is mounted again
  rig.drain();
  REQUIRE(rig.got.size() == 4);
  REQUIRE(rig.keys() == 1);
}

TEST_CASE("a damaged compressed generation is a gap and not the end", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.stop();
  rig.writer.rotate_numbers(9);
  rig.writer.line("lost in part");
  rig.writer.rotate_numbers(9, Codec::gzip);
  const std::string packed = rig.fs.get(kLive + ".1.gz");
  rig.fs.put(kLive + ".1.gz", packed.substr(0, packed.size() - 9));
  rig.writer.line("last");
  rig.clock.advance(std::chrono::minutes(5));
  rig.start();
  rig.drain();
  REQUIRE(rig.got.back().text == "last");
  REQUIRE(rig.source->progress().lost_ranges == 1);
  REQUIRE(rig.log.count("compressed-damaged") == 1);
}

TEST_CASE("a hard link in place of a copy is not read twice", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.fs.hard_link(kLive, kLive + ".1");
  rig.writer.lines(1);
  rig.drain();
  rig.fs.unlink(kLive);
  rig.writer.lines(2);
  rig.drain();
  rig.restart();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.keys() == 2);
}
