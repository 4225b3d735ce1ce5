// Through FileSource, as a generation is searched for only when no rotation name is it.
#include "agent/input/file/search/generation_search.h"

#include "tests/support/catch.h"
#include "tests/support/file_source_rig.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("the rest of a renamed log is read, whatever its name is", "[file_search]") {
  for (const char* name : {"/var/log/app.log.old", "/var/log/@400000006915a1f3.s", "/var/log/x",
                           "/var/log/app.log.save.gz", "/var/log/archive/app.log-1"}) {
    FileSourceRig rig("/var/log/app.log");
    rig.writer.lines(3);
    rig.start();
    rig.drain();
    rig.stop();
    rig.writer.lines(2);
    (void)rig.fs.make_dirs("/var/log/archive");
    rig.fs.move(rig.writer.path(), name);
    rig.writer.lines(2);
    rig.start();
    rig.drain();
    CAPTURE(name);
    REQUIRE(rig.texts() == rig.writer.written);
    REQUIRE(rig.ids_unique());
    REQUIRE(rig.source->progress().lost_ranges == 0);
    REQUIRE(rig.log.count("generation-vanished") == 0);
    rig.restart();
    rig.drain();
    REQUIRE(rig.texts() == rig.writer.written);
  }
}

TEST_CASE("it is found by content in a compressed file of any name", "[file_search]") {
  FileSourceRig rig;
  rig.writer.lines(200);
  rig.start();
  rig.drain();
  rig.stop();
  rig.writer.lines(2);
  const std::int64_t written_ns = rig.fs.modified_of(rig.writer.path());
  rig.fs.put("/var/log/packed", pack(Codec::gzip, rig.fs.get(rig.writer.path())));
  rig.fs.set_modified("/var/log/packed", written_ns);
  rig.fs.unlink(rig.writer.path());
  rig.writer.lines(2);
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.source->progress().lost_ranges == 0);
}

TEST_CASE("generations that a program rotated under its own names follow", "[file_search]") {
  FileSourceRig rig("/var/log/sv/current");
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.stop();
  for (int i = 0; i < 3; ++i) {
    rig.writer.lines(2);
    rig.fs.move(rig.writer.path(), "/var/log/sv/@40000000691" + std::to_string(i) + ".s");
  }
  rig.writer.lines(2);
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.source->progress().lost_ranges == 0);
}

TEST_CASE("a log of the same stream is no successor", "[file_search]") {
  FileSourceRig rig("/var/log/app0.log");
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.stop();
  rig.writer.lines(1);
  rig.fs.move(rig.writer.path(), "/var/log/app5.log");
  rig.fs.put("/var/log/app6.log", "another log\n");
  rig.options.other_logs = {"/var/log/app6.log"};
  rig.writer.lines(1);
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
}

TEST_CASE("it is looked for in the directories of the stream", "[file_search]") {
  FileSourceRig rig;
  rig.options.search_directories = {"/srv/olddir", "/srv/none"};
  (void)rig.fs.make_dirs("/srv/olddir");
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.stop();
  rig.writer.lines(2);
  rig.fs.move(rig.writer.path(), "/srv/olddir/app.log.1");
  rig.writer.lines(2);
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
}

TEST_CASE("a log that is in no directory is told as gone, once", "[file_search]") {
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.stop();
  rig.fs.unlink(rig.writer.path());
  rig.fs.put("/var/log/other", "line 1\nsomething else\nand more and more\n");
  rig.writer.lines(2);
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.log.count("generation-vanished") == 1);
  REQUIRE(rig.source->progress().lost_ranges == 1);
}

TEST_CASE("the rest of a log that was copied under another name and truncated", "[file_search]") {
  FileSourceRig rig;
  rig.writer.lines(3);
  rig.start();
  rig.drain();
  rig.writer.lines(2);
  rig.fs.put("/var/log/app.log.bak", rig.fs.get(rig.writer.path()));
  rig.fs.truncate(rig.writer.path(), 0);
  rig.writer.lines(1);
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.log.count("copy-found") == 1);
}

TEST_CASE("generations in xz and bzip2 are read, also at the first start", "[file_search]") {
  for (const Codec codec : {Codec::xz, Codec::bzip2}) {
    FileSourceRig rig;
    rig.writer.lines(3);
    rig.writer.rotate_numbers(9, codec);
    rig.writer.lines(2);
    rig.start();
    rig.drain();
    rig.stop();
    rig.writer.lines(2);
    rig.writer.rotate_numbers(9, codec);
    rig.writer.lines(2);
    rig.start();
    rig.drain();
    if (can_unpack(codec)) {
      REQUIRE(rig.texts() == rig.writer.written);
      REQUIRE(rig.source->progress().lost_ranges == 0);
    } else {
      REQUIRE(rig.log.count("compression-unsupported") > 0);
    }
  }
}

TEST_CASE("a damaged xz generation is a told gap", "[file_search]") {
  FileSourceRig rig;
  rig.fs.put("/var/log/app.log.1.xz",
             "\xfd"
             "7zXZ and nothing of it");
  rig.writer.lines(2);
  rig.options.final_pass = true;
  rig.start();
  rig.drain();
  REQUIRE(rig.texts() == rig.writer.written);
  REQUIRE(rig.source->progress().lost_ranges == 1);
}
