#include "agent/platform/posix_filesystem.h"

#include <algorithm>
#include <filesystem>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/support/catch.h"

using namespace auditship;

namespace {

// A directory of its own that goes with it.
struct TempDir {
  TempDir() {
    char name[] = "/tmp/auditship-test-XXXXXX";
    path = ::mkdtemp(name);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() { std::filesystem::remove_all(path); }
  std::string path;
};

}  // namespace

TEST_CASE("files are written, read, cut and told apart", "[fs]") {
  const TempDir dir;
  platform::PosixFs fs;
  const std::string path = join_path(dir.path, "a/b/file");
  REQUIRE(fs.make_dirs(directory_of(path)).ok());
  REQUIRE(fs.make_dirs(directory_of(path)).ok());
  auto file = fs.open(path, OpenMode::create);
  REQUIRE(file.ok());
  REQUIRE((*file)->write_at(3, "defg").ok());
  REQUIRE((*file)->write_at(0, "abc").ok());
  REQUIRE((*file)->truncate(6).ok());
  REQUIRE((*file)->sync().ok());
  REQUIRE(fs.sync_dir(directory_of(path)).ok());
  auto content = fs.read_file(path, 100);
  REQUIRE(content.ok());
  CHECK(*content == "abcdef");
  CHECK(fs.open(path, OpenMode::create).error().code == Errc::io);  // it exists

  auto open_stat = (*file)->stat();
  auto path_stat = fs.stat(path);
  REQUIRE(open_stat.ok());
  REQUIRE(path_stat.ok());
  CHECK(open_stat->same_file(*path_stat));
  CHECK(open_stat->size == 6);
  CHECK(open_stat->is_regular);

  REQUIRE(fs.replace_file(path, "new").ok());
  CHECK(*fs.read_file(path, 100) == "new");
  CHECK_FALSE(fs.stat(path)->same_file(*open_stat));
  auto gone = (*file)->stat();
  REQUIRE(gone.ok());
  CHECK(gone->links == 0);
}

TEST_CASE("missing files, long files and things that are not files are told", "[fs]") {
  const TempDir dir;
  platform::PosixFs fs;
  CHECK(fs.open(join_path(dir.path, "none"), OpenMode::read).error().code == Errc::not_found);
  CHECK(fs.stat(join_path(dir.path, "none/deeper")).error().code == Errc::not_found);
  CHECK(fs.list(join_path(dir.path, "none")).error().code == Errc::not_found);
  CHECK(fs.open(dir.path, OpenMode::read).error().code == Errc::invalid);
  const std::string fifo = join_path(dir.path, "fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(fs.open(fifo, OpenMode::read).error().code == Errc::invalid);  // and does not block
  REQUIRE(fs.replace_file(join_path(dir.path, "long"), std::string(100, 'x')).ok());
  CHECK(fs.read_file(join_path(dir.path, "long"), 99).error().code == Errc::corrupt);
  CHECK(fs.read_file(join_path(dir.path, "long"), 100).ok());
}

TEST_CASE("a lock is held by one and free when it goes", "[fs]") {
  const TempDir dir;
  platform::PosixFs fs;
  const std::string path = join_path(dir.path, "lock");
  {
    auto first = fs.lock(path);
    REQUIRE(first.ok());
    CHECK(fs.lock(path).error().code == Errc::busy);
  }
  CHECK(fs.lock(path).ok());
}

TEST_CASE("a directory lists its names, and entries are renamed and removed", "[fs]") {
  const TempDir dir;
  platform::PosixFs fs;
  REQUIRE(fs.replace_file(join_path(dir.path, "one"), "1").ok());
  REQUIRE(fs.rename(join_path(dir.path, "one"), join_path(dir.path, "two")).ok());
  REQUIRE(fs.replace_file(join_path(dir.path, "three"), "3").ok());
  auto names = fs.list(dir.path);
  REQUIRE(names.ok());
  std::sort(names->begin(), names->end());
  CHECK(*names == std::vector<std::string>{"three", "two"});
  REQUIRE(fs.remove(join_path(dir.path, "two")).ok());
  CHECK(fs.remove(join_path(dir.path, "two")).error().code == Errc::not_found);
  auto free = fs.free_bytes(dir.path);
  REQUIRE(free.ok());
  CHECK(*free > 0);
}

TEST_CASE("paths are joined and taken apart", "[fs]") {
  CHECK(join_path("/a", "b") == "/a/b");
  CHECK(join_path("/a/", "b") == "/a/b");
  CHECK(join_path("", "b") == "b");
  CHECK(directory_of("/a/b") == "/a");
  CHECK(directory_of("/a") == "/");
  CHECK(directory_of("a") == ".");
  CHECK(file_name_of("/a/b.log") == "b.log");
}
