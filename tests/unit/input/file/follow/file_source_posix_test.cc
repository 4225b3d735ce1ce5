// A few of the FileSource's cases on the real file system, in a directory of their own.
#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/packer.h"
#include "agent/input/file/follow/file_source.h"
#include "agent/platform/posix_filesystem.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/sim_clock.h"

using namespace auditship;
using namespace auditship::test;
namespace stdfs = std::filesystem;

namespace {

struct PosixRig {
  PosixRig() {
    std::string pattern = (stdfs::temp_directory_path() / "auditship-input-XXXXXX").string();
    directory = ::mkdtemp(pattern.data());
    options.path = directory + "/app.log";
    options.backfill_ns.reset();
    options.rotation_grace = Duration(0);
  }
  ~PosixRig() {
    std::error_code ignored;
    stdfs::remove_all(directory, ignored);
  }
  PosixRig(const PosixRig&) = delete;
  PosixRig& operator=(const PosixRig&) = delete;

  void append(const std::string& name, std::string_view bytes) const {
    std::ofstream(directory + "/" + name, std::ios::app | std::ios::binary) << bytes;
  }
  void start() {
    source = std::make_unique<input::file::follow::FileSource>(fs, clock, log, options, saved);
  }
  void restart() {
    saved = source->file_checkpoint();
    start();
  }
  void drain() {
    std::vector<event::RawLine> lines;
    for (int idle = 0; idle < 5; ++idle) {
      auto n = source->read(lines, 1 << 20);
      REQUIRE(n.ok());
      for (const event::RawLine& line : lines) {
        got.emplace_back(line.text);
        idle = -1;
      }
      clock.advance(std::chrono::seconds(2));
    }
  }

  std::string directory;
  platform::PosixFs fs;
  SimClock clock;
  LogCapture log;
  input::file::follow::FileSourceOptions options;
  std::optional<input::file::generations::FileCheckpoint> saved;
  std::unique_ptr<input::file::follow::FileSource> source;
  std::vector<std::string> got;
};

}  // namespace

TEST_CASE("on a real disk: rename, gzip and restart", "[file_source][posix]") {
  PosixRig rig;
  rig.append("app.log", "1\n2\n");
  rig.start();
  rig.drain();
  rig.append("app.log", "3\n");
  stdfs::rename(rig.options.path, rig.options.path + ".1");
  rig.append("app.log", "4\n");
  rig.drain();
  rig.append("app.log", "5\n");
  rig.restart();
  stdfs::rename(rig.options.path + ".1", rig.options.path + ".2");
  rig.append("app.log.1.gz", pack(Codec::gzip, "4\n5\n6\n"));
  stdfs::remove(rig.options.path);
  rig.append("app.log", "7\n");
  rig.drain();
  REQUIRE(rig.got == std::vector<std::string>{"1", "2", "3", "4", "5", "6", "7"});
  REQUIRE(rig.source->progress().lost_ranges == 0);
}

TEST_CASE("on a real disk: deleted while open, with the inode number possibly used again",
          "[file_source][posix]") {
  PosixRig rig;
  rig.append("app.log", "1\n");
  rig.start();
  rig.drain();
  rig.append("app.log", "2\n");
  stdfs::remove(rig.options.path);
  rig.append("app.log", "3\n");
  rig.drain();
  rig.restart();
  stdfs::remove(rig.options.path);
  rig.append("app.log", "first of another\n");
  rig.drain();
  REQUIRE(rig.got == std::vector<std::string>{"1", "2", "3", "first of another"});
}

TEST_CASE("on a real disk: copytruncate under a writer that leaves a hole",
          "[file_source][posix]") {
  PosixRig rig;
  rig.append("app.log", "1\n2\n");
  rig.start();
  rig.drain();
  rig.append("app.log", "3\n");
  stdfs::copy_file(rig.options.path, rig.options.path + ".1");
  stdfs::resize_file(rig.options.path, 0);
  stdfs::resize_file(rig.options.path, std::uintmax_t{8} << 30);
  rig.append("app.log", "4\n");
  rig.drain();
  REQUIRE(rig.got == std::vector<std::string>{"1", "2", "3", "4"});
}

TEST_CASE("on a real disk: a FIFO neither blocks nor is read", "[file_source][posix]") {
  PosixRig rig;
  REQUIRE(::mkfifo(rig.options.path.c_str(), 0600) == 0);
  rig.start();
  rig.drain();
  REQUIRE(rig.got.empty());
  REQUIRE(rig.log.count("input-not-regular") == 1);
}
