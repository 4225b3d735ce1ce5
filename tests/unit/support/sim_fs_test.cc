#include "tests/support/sim_fs.h"

#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::test;

namespace {

std::string read_back(SimFs& fs, const std::string& path) {
  auto bytes = fs.read_file(path, 1 << 20);
  return bytes ? *bytes : "error: " + bytes.error().message;
}

std::unique_ptr<File> create(SimFs& fs, const std::string& path) {
  auto file = fs.open(path, OpenMode::create);
  REQUIRE(file.ok());
  return std::move(*file);
}

}  // namespace

TEST_CASE("files are written, read, listed, renamed and removed", "[sim_fs]") {
  SimClock clock;
  SimFs fs(clock);
  REQUIRE(fs.make_dirs("/a/b").ok());
  auto file = create(fs, "/a/b/x");
  REQUIRE(file->write_at(0, "hello").ok());
  REQUIRE(file->write_at(3, "p me").ok());
  REQUIRE(read_back(fs, "/a/b/x") == "help me");
  REQUIRE_FALSE(fs.open("/a/b/x", OpenMode::create).ok());
  REQUIRE(fs.open("/a/b/none", OpenMode::read).error().code == Errc::not_found);
  REQUIRE(fs.rename("/a/b/x", "/a/y").ok());
  REQUIRE(fs.stat("/a/b/x").error().code == Errc::not_found);
  REQUIRE(fs.stat("/a/y")->same_file(*file->stat()));
  REQUIRE(*fs.list("/a") == std::vector<std::string>{"b", "y"});
  REQUIRE(fs.remove("/a/y").ok());
  REQUIRE(file->stat()->links == 0);
  char bytes[4];
  REQUIRE(*file->read_at(0, bytes, 4) == 4);  // unlinked, but open
  REQUIRE(*file->read_at(7, bytes, 4) == 0);
}

TEST_CASE("links, symlinks and holes look as on a real file system", "[sim_fs]") {
  SimClock clock;
  SimFs fs(clock);
  REQUIRE(fs.make_dirs("/d").ok());
  fs.append("/d/x", "one");
  fs.hard_link("/d/x", "/d/y");
  REQUIRE(fs.stat("/d/y")->links == 2);
  fs.symlink("x", "/d/relative");
  fs.symlink("/d", "/e");
  REQUIRE(read_back(fs, "/e/relative") == "one");
  fs.symlink("loop", "/d/loop");
  REQUIRE_FALSE(fs.stat("/d/loop").ok());
  fs.make_fifo("/d/pipe");
  REQUIRE(fs.open("/d/pipe", OpenMode::read).error().code == Errc::invalid);

  const std::uint64_t far = std::uint64_t{100} << 30;
  fs.write("/d/sparse", far, "end");
  auto file = fs.open("/d/sparse", OpenMode::read);
  REQUIRE((*file)->stat()->size == far + 3);
  char c = 'x';
  REQUIRE(*(*file)->read_at(far / 2, &c, 1) == 1);
  REQUIRE(c == '\0');
  REQUIRE(*(*file)->next_data(10) >= far - (64 << 10));
  REQUIRE(*(*file)->next_data(10) <= far);
  REQUIRE(*(*file)->next_data(far + 1) == far + 1);
}

TEST_CASE("inode numbers are used again only when asked for", "[sim_fs]") {
  SimClock clock;
  SimFs fs(clock);
  const bool reuse = GENERATE(false, true);
  fs.set_reuse_inodes(reuse);
  fs.append("/x", "1");
  const auto inode = fs.inode_of("/x");
  auto held = fs.open("/x", OpenMode::read);
  fs.unlink("/x");
  fs.append("/y", "2");
  REQUIRE(fs.inode_of("/y") != inode);  // still open
  (*held).reset();
  fs.append("/z", "3");
  REQUIRE((fs.inode_of("/z") == inode) == reuse);
}

TEST_CASE("a power cut keeps what was synced and may lose the rest", "[sim_fs]") {
  std::size_t lost_bytes = 0, lost_names = 0, torn = 0, kept = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SimClock clock;
    SimFs fs(clock);
    SimRng rng(seed);
    REQUIRE(fs.make_dirs("/d").ok());
    auto safe = create(fs, "/d/safe");
    REQUIRE(safe->write_at(0, "synced").ok());
    REQUIRE(safe->sync().ok());
    auto old = create(fs, "/d/old");
    REQUIRE(old->sync().ok());
    REQUIRE(fs.sync_dir("/d").ok());
    REQUIRE(safe->write_at(6, " and not synced").ok());
    REQUIRE(fs.rename("/d/old", "/d/new").ok());
    auto unnamed = create(fs, "/d/unnamed");
    REQUIRE(unnamed->sync().ok());

    fs.power_cut(rng);
    char c;
    REQUIRE_FALSE(safe->read_at(0, &c, 1).ok());
    const std::string bytes = read_back(fs, "/d/safe");
    REQUIRE(bytes.starts_with("synced"));
    lost_bytes += bytes == "synced" ? 1 : 0;
    kept += bytes == "synced and not synced" ? 1 : 0;
    torn += bytes.size() > 6 && bytes.size() < 21 ? 1 : 0;
    REQUIRE(fs.exists("/d/old") != fs.exists("/d/new"));  // a rename is never half done
    lost_names += fs.exists("/d/unnamed") ? 0 : 1;
    const std::string before = bytes;
    fs.power_cut(rng);  // what is left is durable
    REQUIRE(read_back(fs, "/d/safe") == before);
  }
  REQUIRE(lost_bytes > 20);
  REQUIRE(kept > 20);
  REQUIRE(torn > 5);
  REQUIRE(lost_names > 20);
}

TEST_CASE("a power cut repeats with its seed", "[sim_fs]") {
  const auto run = [] {
    SimClock clock;
    SimFs fs(clock);
    SimRng rng(42);
    std::string all;
    for (int i = 0; i < 20; ++i) {
      auto file = create(fs, "/f" + std::to_string(i));
      REQUIRE(file->write_at(0, std::string(100, 'x')).ok());
    }
    fs.power_cut(rng);
    const auto names = fs.list("/");
    for (const std::string& name : *names) {
      all += name + "=" + read_back(fs, "/" + name) + ";";
    }
    return all;
  };
  REQUIRE(run() == run());
}

TEST_CASE("a restart closes files and locks but loses nothing", "[sim_fs]") {
  SimClock clock;
  SimFs fs(clock);
  auto lock = fs.lock("/lock");
  REQUIRE(lock.ok());
  REQUIRE(fs.lock("/lock").error().code == Errc::busy);
  auto file = create(fs, "/x");
  REQUIRE(file->write_at(0, "not synced").ok());
  fs.restart();
  REQUIRE(fs.lock("/lock").ok());
  REQUIRE(read_back(fs, "/x") == "not synced");
  REQUIRE_FALSE(file->write_at(0, "dead").ok());
}

TEST_CASE("a lock is free again when its holder lets go", "[sim_fs]") {
  SimClock clock;
  SimFs fs(clock);
  {
    auto lock = fs.lock("/lock");
    REQUIRE(fs.lock("/lock").error().code == Errc::busy);
  }
  REQUIRE(fs.lock("/lock").ok());
}

TEST_CASE("the n-th call fails, once or from there on", "[sim_fs]") {
  SimClock clock;
  SimFs fs(clock);
  auto file = create(fs, "/x");
  fs.fail_call(fs.calls() + 2, {Error{Errc::io, "Input/output error"}, true});
  REQUIRE(file->write_at(0, "12345678").ok());
  REQUIRE(file->write_at(8, "abcdefgh").error().code == Errc::io);
  REQUIRE(read_back(fs, "/x") == "12345678abcd");  // a short write
  fs.crash_at(fs.calls() + 1);
  REQUIRE_FALSE(fs.stat("/x").ok());
  REQUIRE_FALSE(file->sync().ok());
  fs.restart();
  REQUIRE(fs.stat("/x").ok());
}

TEST_CASE("a full disk writes what fits and frees what is removed", "[sim_fs]") {
  SimClock clock;
  SimFs fs(clock);
  fs.set_capacity(10);
  auto file = create(fs, "/x");
  REQUIRE(file->write_at(0, "12345678").ok());
  REQUIRE(*fs.free_bytes("/") == 2);
  REQUIRE(file->write_at(8, "abcd").error().code == Errc::no_space);
  REQUIRE(read_back(fs, "/x") == "12345678ab");
  REQUIRE(fs.open("/y", OpenMode::create).error().code == Errc::no_space);
  REQUIRE(file->write_at(0, "overwriting").error().code == Errc::no_space);
  REQUIRE(fs.remove("/x").ok());
  REQUIRE(fs.open("/y", OpenMode::create).ok());
}

TEST_CASE("a flipped bit is seen by readers and stays after a power cut", "[sim_fs]") {
  SimClock clock;
  SimFs fs(clock);
  SimRng rng(1);
  fs.append("/x", "abc");
  fs.flip_bit("/x", 1, 0);
  REQUIRE(read_back(fs, "/x") == "acc");
  fs.power_cut(rng);
  REQUIRE(read_back(fs, "/x") == "acc");
}
