#include "sinks/file/file_sink.h"

#include <algorithm>
#include <map>
#include <optional>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/packer.h"
#include "agent/base/compression/unpacker.h"
#include "agent/platform/posix_filesystem.h"
#include "tests/support/catch.h"
#include "tests/support/sink_tools.h"

using namespace auditship;
using namespace auditship::test;

namespace {

// PosixFs whose n-th writing call fails; from then on, optionally, all do (a process that is
// killed).
class BreakingFs final : public Fs {
 public:
  explicit BreakingFs(Fs& inner) : inner_(inner) {}
  long fail_at = -1;  // counted from 0; -1 = never
  bool stay_dead = false;
  bool tear = false;  // a failing write leaves half of its bytes
  Errc errc = Errc::io;
  long calls = 0;

  bool fails() {
    const bool now = calls == fail_at || (stay_dead && fail_at >= 0 && calls > fail_at);
    ++calls;
    return now;
  }
  [[nodiscard]] Error error() const { return Error{errc, "made to fail"}; }

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<FileStat> stat(const std::string& path) override { return inner_.stat(path); }
  Result<std::vector<std::string>> list(const std::string& d) override { return inner_.list(d); }
  Status make_dirs(const std::string& d) override {
    return fails() ? Status(error()) : inner_.make_dirs(d);
  }
  Status rename(const std::string& a, const std::string& b) override {
    return fails() ? Status(error()) : inner_.rename(a, b);
  }
  Status remove(const std::string& p) override {
    return fails() ? Status(error()) : inner_.remove(p);
  }
  Status sync_dir(const std::string& d) override {
    return fails() ? Status(error()) : inner_.sync_dir(d);
  }
  Result<std::unique_ptr<File>> lock(const std::string& p) override { return inner_.lock(p); }
  Result<std::uint64_t> free_bytes(const std::string& d) override { return inner_.free_bytes(d); }

 private:
  Fs& inner_;
};

class BreakingFile final : public File {
 public:
  BreakingFile(BreakingFs& fs, std::unique_ptr<File> inner) : fs_(fs), inner_(std::move(inner)) {}
  Result<std::size_t> read_at(std::uint64_t o, char* into, std::size_t n) override {
    return inner_->read_at(o, into, n);
  }
  Status write_at(std::uint64_t o, std::string_view bytes) override {
    if (!fs_.fails()) {
      return inner_->write_at(o, bytes);
    }
    if (fs_.tear) {
      static_cast<void>(inner_->write_at(o, bytes.substr(0, bytes.size() / 2)).ok());
    }
    return fs_.error();
  }
  Status truncate(std::uint64_t n) override {
    return fs_.fails() ? Status(fs_.error()) : inner_->truncate(n);
  }
  Status sync() override { return fs_.fails() ? Status(fs_.error()) : inner_->sync(); }
  Result<FileStat> stat() override { return inner_->stat(); }

 private:
  BreakingFs& fs_;
  std::unique_ptr<File> inner_;
};

Result<std::unique_ptr<File>> BreakingFs::open(const std::string& path, OpenMode mode) {
  if (mode != OpenMode::read && fails()) {
    return error();
  }
  Result<std::unique_ptr<File>> file = inner_.open(path, mode);
  if (!file) {
    return file;
  }
  return std::unique_ptr<File>(std::make_unique<BreakingFile>(*this, std::move(*file)));
}

std::string document(int n) {
  return "{\"n\":" + std::to_string(n) + ",\"_id\":\"id" + std::to_string(n) + "\"}";
}

struct Frame {
  std::string body;
  sinks::Shipment shipment;
};

// A frame of the documents [from, from + count).
Frame frame(event::FrameId id, int from, int count, Codec codec = Codec::gzip) {
  std::string lines;
  for (int i = from; i < from + count; ++i) {
    lines += document(i) + "\n";
  }
  Frame made;
  made.body = pack(codec, lines);
  made.shipment.frame = id;
  made.shipment.codec = codec;
  made.shipment.documents = static_cast<std::uint32_t>(count);
  made.shipment.raw_bytes = lines.size();
  return made;
}

struct Fixture {
  TempDir dir;
  platform::PosixFs posix;
  BreakingFs fs{posix};
  MemoryLogger log;
  TaskQueue tasks;
  sinks::file::FileSinkOptions options;
  std::unique_ptr<sinks::file::FileSink> sink;

  Fixture() {
    options.directory = dir.path() + "/out/kubeaudit";
    options.name = "kubeaudit";
    options.buffer_id = "buffer-1";
  }
  bool open() {
    sink.reset();
    auto opened = sinks::file::FileSink::open(fs, log, tasks.post(), options);
    if (opened) {
      sink = std::move(*opened);
    }
    return opened.ok();
  }
  event::Outcome ship(Frame f) {
    f.shipment.body = f.body;
    std::optional<event::Outcome> got;
    sink->ship(f.shipment, [&got](event::Outcome outcome) { got = std::move(outcome); });
    REQUIRE_FALSE(got);  // never inside the call
    tasks.run();
    REQUIRE(got);
    return *got;
  }
  std::vector<std::string> names() {
    auto listed = posix.list(options.directory);
    REQUIRE(listed);
    std::erase_if(*listed,
                  [](const std::string& n) { return n.find(".ndjson") == std::string::npos; });
    std::sort(listed->begin(), listed->end());
    return *listed;
  }
  std::string content(const std::string& name) {
    auto text = posix.read_file(join_path(options.directory, name), 1 << 26);
    REQUIRE(text);
    if (!name.ends_with(".zst")) {
      return *text;
    }
    auto plain = unpack(Codec::zstd, *text, 1 << 26);
    REQUIRE(plain);
    return *plain;
  }
  std::string all() {
    std::string text;
    for (const std::string& name : names()) {
      text += content(name);
    }
    return text;
  }
  static std::string expected(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += document(i) + "\n";
    }
    return text;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "documents come out as the lines that they are, from any codec",
                 "[file_sink]") {
  REQUIRE(open());
  CHECK(ship(frame(1, 0, 2, Codec::none)).created == 2);
  CHECK(ship(frame(2, 2, 3, Codec::gzip)).created == 3);
  CHECK(ship(frame(3, 5, 1, Codec::zstd)).created == 1);
  CHECK(names() == std::vector<std::string>{"kubeaudit-000001.ndjson"});
  CHECK(all() == expected(6));
  CHECK(sink->current_file() == options.directory + "/kubeaudit-000001.ndjson");
}

TEST_CASE_METHOD(Fixture, "zstd files hold one frame a shipment and read as one", "[file_sink]") {
  options.zstd = true;
  REQUIRE(open());
  ship(frame(1, 0, 2));
  REQUIRE(open());
  ship(frame(2, 2, 2));
  CHECK(names() == std::vector<std::string>{"kubeaudit-000001.ndjson.zst"});
  CHECK(all() == expected(4));
}

TEST_CASE_METHOD(Fixture, "files are rotated by size, and a larger shipment gets a file of its own",
                 "[file_sink]") {
  options.max_file_bytes = 60;
  REQUIRE(open());
  ship(frame(1, 0, 2));
  ship(frame(2, 2, 2));
  ship(frame(3, 4, 20));
  ship(frame(4, 24, 1));
  CHECK(names().size() == 4);
  CHECK(all() == expected(25));
  CHECK(content("kubeaudit-000003.ndjson").size() > 100);
}

TEST_CASE_METHOD(Fixture, "a frame that is sent again is recognised, also after a restart",
                 "[file_sink]") {
  REQUIRE(open());
  ship(frame(7, 0, 3));
  CHECK(ship(frame(7, 0, 3)).duplicate == 3);
  REQUIRE(open());
  const event::Outcome again = ship(frame(7, 0, 3));
  CHECK(again.duplicate == 3);
  CHECK(again.created == 0);
  CHECK(ship(frame(8, 3, 1)).created == 1);
  CHECK(all() == expected(4));
}

TEST_CASE_METHOD(Fixture, "frame numbers of another buffer are new frames", "[file_sink]") {
  REQUIRE(open());
  ship(frame(7, 0, 3));
  options.buffer_id = "buffer-2";
  REQUIRE(open());
  CHECK(ship(frame(1, 3, 1)).created == 1);
  CHECK(all() == expected(4));
}

TEST_CASE_METHOD(Fixture, "bytes behind the commit are cut off at start", "[file_sink]") {
  REQUIRE(open());
  ship(frame(1, 0, 2));
  {
    auto file = posix.open(sink->current_file(), OpenMode::write);
    REQUIRE(file);
    const std::string good = content("kubeaudit-000001.ndjson");
    REQUIRE((*file)->write_at(good.size(), "{\"n\":99,\"torn").ok());
    REQUIRE(posix.open(options.directory + "/kubeaudit-000002.ndjson", OpenMode::create)
                .ok());  // of a roll not committed
  }
  REQUIRE(open());
  CHECK(names().size() == 1);
  CHECK(all() == expected(2));
  CHECK(log.codes == std::vector<std::string>{"file-sink-torn"});
  CHECK(ship(frame(2, 2, 1)).created == 1);
  CHECK(all() == expected(3));
}

TEST_CASE_METHOD(Fixture, "switching compression begins a new file", "[file_sink]") {
  REQUIRE(open());
  ship(frame(1, 0, 2));
  options.zstd = true;
  REQUIRE(open());
  ship(frame(2, 2, 2));
  CHECK(names() ==
        std::vector<std::string>{"kubeaudit-000001.ndjson", "kubeaudit-000002.ndjson.zst"});
  CHECK(all() == expected(4));
}

TEST_CASE_METHOD(Fixture, "a file that somebody moves away or cuts is left alone", "[file_sink]") {
  REQUIRE(open());
  ship(frame(1, 0, 2));
  REQUIRE(posix.rename(sink->current_file(), dir.path() + "/collected").ok());
  SECTION("while running") { CHECK(ship(frame(2, 2, 1)).created == 1); }
  SECTION("while stopped") {
    REQUIRE(open());
    CHECK(ship(frame(2, 2, 1)).created == 1);
  }
  CHECK(names() == std::vector<std::string>{"kubeaudit-000002.ndjson"});
  CHECK(all() == document(2) + "\n");
  CHECK(posix.read_file(dir.path() + "/collected", 1000).value() == expected(2));
}

TEST_CASE_METHOD(Fixture, "files of an earlier installation stay as they are", "[file_sink]") {
  REQUIRE(posix.make_dirs(options.directory).ok());
  REQUIRE(posix.replace_file(options.directory + "/kubeaudit-000004.ndjson", "old\n").ok());
  REQUIRE(posix.replace_file(options.directory + "/kubeaudit-notes.ndjson", "mine\n").ok());
  REQUIRE(open());
  ship(frame(1, 0, 1));
  CHECK(content("kubeaudit-000004.ndjson") == "old\n");
  CHECK(content("kubeaudit-notes.ndjson") == "mine\n");
  CHECK(content("kubeaudit-000005.ndjson") == expected(1));
}

TEST_CASE_METHOD(Fixture, "any damage to the commit record loses nothing and is told",
                 "[file_sink]") {
  REQUIRE(open());
  ship(frame(1, 0, 2));
  const std::string path = options.directory + "/commit";
  const std::string good = posix.read_file(path, 1 << 16).value();
  for (std::size_t i = 22; i < good.size(); ++i) {  // behind the magic
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    REQUIRE(posix.replace_file(path, bad).ok());
    log.codes.clear();
    REQUIRE(open());
    CHECK(log.codes == std::vector<std::string>{"file-sink-commit-damaged"});
    CHECK(content("kubeaudit-000001.ndjson") == expected(2));
  }
  REQUIRE(posix.replace_file(path, good.substr(0, 10)).ok());
  REQUIRE(open());
  REQUIRE(posix.replace_file(path, "auditship file sink 9\nwhatever").ok());
  auto refused = sinks::file::FileSink::open(fs, log, tasks.post(), options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::newer_version);
}

TEST_CASE_METHOD(Fixture,
                 "a full disk asks for a retry, and later frames wait for the one that failed",
                 "[file_sink]") {
  REQUIRE(open());
  ship(frame(1, 0, 1));
  fs.errc = Errc::no_space;
  fs.fail_at = fs.calls;
  fs.stay_dead = true;
  fs.tear = true;
  const event::Outcome full = ship(frame(2, 1, 1));
  CHECK(full.verdict == event::Verdict::retry);
  CHECK(full.code == "file-no-space");
  fs.fail_at = -1;
  CHECK(ship(frame(3, 2, 1)).code == "file-order");
  CHECK(ship(frame(2, 1, 1)).created == 1);
  CHECK(ship(frame(3, 2, 1)).created == 1);
  CHECK(all() == expected(3));
}

TEST_CASE_METHOD(Fixture, "a shipment that does not hold what it claims is blocked, not written",
                 "[file_sink]") {
  REQUIRE(open());
  Frame wrong = frame(1, 0, 2);
  wrong.shipment.documents = 3;
  CHECK(ship(wrong).verdict == event::Verdict::blocked);
  wrong = frame(1, 0, 2);
  wrong.body = "no gzip";
  CHECK(ship(wrong).verdict == event::Verdict::blocked);
  CHECK(ship(frame(1, 0, 2)).created == 2);
  CHECK(all() == expected(2));
}

// With every single call failing in turn, once or from then on: after a restart and a redelivery
// each document is there exactly once.
TEST_CASE_METHOD(Fixture, "no failing call loses or doubles a document", "[file_sink]") {
  const bool stay_dead = GENERATE(false, true);
  const bool tear = GENERATE(false, true);
  const bool zstd = GENERATE(false, true);
  options.zstd = zstd;
  options.max_file_bytes = zstd ? 90 : 100;
  bool failed = true;
  for (long n = 0; failed; ++n) {
    REQUIRE(n < 500);
    options.directory = dir.path() + "/" + std::to_string(n);
    fs.calls = 0;
    fs.fail_at = n;
    fs.stay_dead = stay_dead;
    fs.tear = tear;
    event::FrameId done = 0;
    if (open()) {
      for (event::FrameId id = 1; id <= 5; ++id) {
        for (int attempt = 0; attempt < 2 && done == id - 1; ++attempt) {
          const event::Outcome outcome = ship(frame(id, static_cast<int>(id - 1) * 2, 2));
          done = outcome.created + outcome.duplicate == 2 ? id : done;
        }
      }
    }
    failed = fs.calls > n;
    fs.fail_at = -1;
    REQUIRE(open());
    for (event::FrameId id = std::max<event::FrameId>(done, 1); id <= 5;
         ++id) {  // the last one may be sent again
      const event::Outcome outcome = ship(frame(id, static_cast<int>(id - 1) * 2, 2));
      REQUIRE(outcome.created + outcome.duplicate == 2);
    }
    INFO("call " << n);
    REQUIRE(all() == expected(10));
  }
}

TEST_CASE_METHOD(Fixture, "there is no index to resolve, and none to look ids up in",
                 "[file_sink]") {
  REQUIRE(open());
  CHECK(sink->targets() == nullptr);
}
