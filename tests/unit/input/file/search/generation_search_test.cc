// Through FileSource, as a generation is searched for only when no rotation name is it.
#include "agent/input/file/search/generation_search.h"

#include "agent/base/compression/packer.h"
#include "agent/base/compression/unpacker.h"
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
  rig.options.other_logs =
      std::make_shared<const std::set<std::string>>(std::set<std::string>{"/var/log/app6.log"});
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

TEST_CASE("a generation in a compression that nobody here reads is named", "[file_search]") {
  for (const char* ending : {".lzma", ".lz4", ".Z"}) {
    FileSourceRig rig;
    rig.writer.lines(3);
    rig.start();
    rig.drain();
    rig.stop();
    rig.writer.lines(2);
    rig.writer.rotate_numbers(9);
    const std::string rotated = rig.writer.path() + ".1";
    REQUIRE(rig.fs.rename(rotated, rotated + ending));
    rig.fs.put(rotated + ending, std::string("\x5d\0\0\x80\0not to be read", 20));
    rig.writer.lines(1);
    rig.start();
    rig.drain();
    INFO(ending);
    REQUIRE(rig.source->progress().lost_ranges > 0);
    bool named = false;
    for (const auto& message : rig.log.messages) {
      for (const auto& [key, value] : message.values) {
        named = named || value.find(rotated + ending) != std::string::npos;
      }
      named = named || message.text.find(rotated + ending) != std::string::npos;
    }
    REQUIRE(named);
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

TEST_CASE("a directory that cannot be listed for a while is not an empty one", "[file_source]") {
  FileSourceRig rig;
  for (int i = 0; i < 200; ++i) {
    rig.writer.lines(1);
    rig.writer.rotate_numbers(300);
  }
  rig.writer.lines(1);
  rig.start();
  rig.poll();
  // Every listing fails for 3 seconds, while rotation goes on.
  std::uint64_t failing = 0;
  rig.fs.on_call = [&](std::uint64_t call, std::string_view name) {
    if (name == "list") {
      rig.fs.fail_call(call);
      ++failing;
    }
  };
  for (int i = 0; i < 30; ++i) {
    rig.poll();
    rig.clock.advance(std::chrono::milliseconds(100));
  }
  rig.fs.on_call = nullptr;
  rig.fs.clear_faults();
  rig.drain();
  CHECK(failing > 0);
  CHECK(rig.texts() == rig.writer.written);
  CHECK(rig.source->progress().lost_ranges == 0);
}

TEST_CASE("a rotated file that was emptied before it was read is a told gap", "[file_source]") {
  FileSourceRig rig;
  rig.writer.lines(3000);
  rig.start();
  (void)rig.poll(1);
  for (int i = 0; i < 2; ++i) {
    rig.writer.rotate_numbers(9);
    rig.writer.lines(3);
  }
  rig.clock.advance(std::chrono::seconds(2));
  (void)rig.poll(1);
  rig.fs.truncate(rig.writer.path() + ".1", 0);
  rig.drain();
  CHECK(rig.texts().size() == 3003);
  CHECK(rig.source->progress().lost_ranges == 1);
  CHECK(rig.log.count("truncated-unread") == 1);
}

TEST_CASE("the cost of a rotated file does not grow with their number", "[file_source]") {
  const auto calls_for = [](int files) {
    FileSourceRig rig;
    rig.options.backfill_ns.reset();
    rig.options.final_pass = true;
    for (int i = files; i > 0; --i) {
      rig.fs.put(rig.writer.path() + "." + std::to_string(i), "file " + std::to_string(i) + "\n");
    }
    rig.fs.put(rig.writer.path(), "live\n");
    rig.start();
    while (rig.poll() > 0) {
    }
    REQUIRE(rig.got.size() == static_cast<std::size_t>(files) + 1);
    return rig.fs.calls();
  };
  CHECK(calls_for(2000) < 12 * calls_for(200));
}

TEST_CASE("rotated files that were read are not opened at a restart", "[file_source]") {
  FileSourceRig rig;
  constexpr int kFiles = 2000;
  for (int i = kFiles; i > 0; --i) {
    rig.fs.put(rig.writer.path() + "." + std::to_string(i), "file " + std::to_string(i) + "\n");
  }
  rig.writer.lines(1);
  rig.start();
  rig.drain();
  rig.stop();
  rig.writer.lines(1);
  std::uint64_t opened = 0;
  rig.fs.on_call = [&](std::uint64_t, std::string_view name) { opened += name == "open" ? 1 : 0; };
  rig.start();
  REQUIRE(rig.poll() == 1);
  CHECK(rig.got.size() == kFiles + 2);
  CHECK(opened < 10);
}

TEST_CASE("a rotation among many rotated files costs a few looks at them", "[file_source]") {
  FileSourceRig rig;
  constexpr int kFiles = 500;
  for (int i = kFiles; i > 0; --i) {
    rig.fs.put(rig.writer.path() + "." + std::to_string(i), "file " + std::to_string(i) + "\n");
  }
  rig.writer.lines(1);
  rig.start();
  rig.drain();
  rig.writer.rotate_numbers(kFiles + 10);
  rig.writer.lines(1);
  std::uint64_t listed = 0;
  rig.fs.on_call = [&](std::uint64_t, std::string_view name) { listed += name == "list" ? 1 : 0; };
  // As the notices of a busy directory wake it.
  for (int i = 0; i < 20; ++i) {
    rig.poll();
    rig.clock.advance(std::chrono::milliseconds(100));
  }
  CHECK(rig.got.size() == kFiles + 2);
  CHECK(listed <= 12);
}
