#include "agent/delivery/dead_letters/dead_letter_store.h"

#include <algorithm>

#include "agent/platform/posix_filesystem.h"
#include "tests/support/catch.h"
#include "tests/support/sink_tools.h"

using namespace auditship;
using namespace auditship::test;

namespace {

delivery::dead_letters::DeadLetterEntry letter(const std::string& id,
                                               std::string document = "{\"a\":1}") {
  delivery::dead_letters::DeadLetterEntry l;
  l.id = id;
  l.document = std::move(document);
  l.index = "kubeaudit-000007";
  l.status = 400;
  l.type = "mapper_parsing_exception";
  l.reason = "failed to parse \"x\"\n";
  l.first_ns = 1'795'413'791'000'000'001;
  l.last_ns = 1'795'413'792'000'000'002;
  return l;
}

struct Fixture {
  TempDir dir;
  platform::PosixFs fs;
  delivery::dead_letters::DeadLetterStoreOptions options;
  std::unique_ptr<delivery::dead_letters::DeadLetterStore> letters;
  Fixture() { options.directory = dir.path() + "/dead-letter/kubeaudit"; }
  void open() {
    letters.reset();
    auto opened = delivery::dead_letters::DeadLetterStore::open(fs, options);
    REQUIRE(opened);
    letters = std::move(*opened);
  }
  std::vector<std::string> files() {
    auto names = fs.list(options.directory);
    REQUIRE(names);
    std::erase_if(*names, [](const std::string& n) { return !n.ends_with(".zst"); });
    std::sort(names->begin(), names->end());
    return *names;
  }
  std::vector<std::string> ids(std::uint64_t damaged = 0) {
    std::vector<std::string> found;
    const auto scan = delivery::dead_letters::read_dead_letters(
        fs, options.directory, [&found](const delivery::dead_letters::DeadLetterEntry& l) {
          found.push_back(l.id);
          return true;
        });
    REQUIRE(scan);
    CHECK(scan->entries == found.size());
    CHECK(scan->damaged_files == damaged);
    return found;
  }
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Fixture, "a letter is read back as it was added", "[dead_letter]") {
  open();
  const delivery::dead_letters::DeadLetterEntry sent =
      letter("id1", "{\"text\":\"a\\nb \xc3\xa9 \\u0000\",\"deep\":[[[]]]}");
  REQUIRE(letters->add({sent}).ok());
  delivery::dead_letters::DeadLetterEntry got;
  REQUIRE(delivery::dead_letters::read_dead_letters(
              fs, options.directory,
              [&got](const delivery::dead_letters::DeadLetterEntry& l) {
                got = l;
                return true;
              })
              .ok());
  CHECK(got.document == sent.document);
  CHECK(got.index == sent.index);
  CHECK(got.id == sent.id);
  CHECK(got.status == sent.status);
  CHECK(got.type == sent.type);
  CHECK(got.reason == sent.reason);
  CHECK(got.first_ns == sent.first_ns);
  CHECK(got.last_ns == sent.last_ns);
}

TEST_CASE_METHOD(Fixture, "letters of several adds and runs are read in order", "[dead_letter]") {
  open();
  REQUIRE(letters->add({letter("1"), letter("2")}).ok());
  REQUIRE(letters->add({letter("3")}).ok());
  CHECK(letters->added() == 3);
  const std::uint64_t bytes = letters->bytes();
  CHECK(bytes > 0);
  open();
  CHECK(letters->bytes() == bytes);
  REQUIRE(letters->add({letter("4")}).ok());
  CHECK(ids() == Ids{"1", "2", "3", "4"});
  CHECK(files().size() == 2);
}

TEST_CASE_METHOD(Fixture, "reading stops when it is told to", "[dead_letter]") {
  open();
  REQUIRE(letters->add({letter("1"), letter("2")}).ok());
  int seen = 0;
  const auto scan = delivery::dead_letters::read_dead_letters(
      fs, options.directory,
      [&seen](const delivery::dead_letters::DeadLetterEntry&) { return ++seen < 1; });
  REQUIRE(scan);
  CHECK(seen == 1);
  CHECK(scan->damaged_files == 0);
}

TEST_CASE_METHOD(Fixture, "no directory means no letters, and adding none writes nothing",
                 "[dead_letter]") {
  CHECK(ids().empty());
  open();
  REQUIRE(letters->add({}).ok());
  CHECK(files().empty());
}

TEST_CASE_METHOD(Fixture, "the bound is kept: what does not fit is refused whole",
                 "[dead_letter]") {
  options.max_bytes = 600;
  open();
  std::size_t accepted = 0;
  Status last;
  for (int i = 0; i < 100 && last.ok(); ++i) {
    last = letters->add({letter("id" + std::to_string(i))});
    accepted += last.ok() ? 1 : 0;
  }
  REQUIRE_FALSE(last);
  CHECK(last.error().code == Errc::no_space);
  CHECK(letters->bytes() <= 600);
  CHECK(accepted > 0);
  CHECK(ids().size() == accepted);
  open();  // the bound counts what is there already
  CHECK_FALSE(letters->add({letter("x")}).ok());
}

TEST_CASE_METHOD(Fixture, "files are bounded too", "[dead_letter]") {
  options.max_file_bytes = 400;
  open();
  for (int i = 0; i < 10; ++i) {
    REQUIRE(letters->add({letter(std::to_string(i))}).ok());
  }
  CHECK(files().size() > 2);
  CHECK(ids() == Ids{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
}

TEST_CASE_METHOD(Fixture, "a file torn at any byte gives what is whole, and later files are read",
                 "[dead_letter]") {
  open();
  REQUIRE(letters->add({letter("1")}).ok());
  const std::uint64_t first_frame = letters->bytes();
  REQUIRE(letters->add({letter("2")}).ok());
  open();
  REQUIRE(letters->add({letter("3")}).ok());
  const std::string path = join_path(options.directory, files()[0]);
  const std::string whole = fs.read_file(path, 1 << 20).value();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    REQUIRE(fs.replace_file(path, whole.substr(0, size)).ok());
    INFO(size);
    const bool clean = size == 0 || size == first_frame || size == whole.size();
    const Ids got = ids(clean ? 0 : 1);
    CHECK(got.back() == "3");
    const std::size_t intact = size == whole.size() ? 2U : size >= first_frame ? 1U : 0U;
    CHECK(got.size() >= intact + 1);  // a line may be whole before its frame is
  }
}

TEST_CASE_METHOD(Fixture, "zeros behind a whole frame, as a power cut leaves them, hide nothing",
                 "[dead_letter]") {
  open();
  REQUIRE(letters->add({letter("1")}).ok());
  const std::string path = join_path(options.directory, files()[0]);
  const std::string whole = fs.read_file(path, 1 << 20).value();
  REQUIRE(fs.replace_file(path, whole + std::string(113, '\0')).ok());
  CHECK(ids(1) == Ids{"1"});
}

TEST_CASE_METHOD(Fixture, "flipped bits are damage, never a wrong letter or a crash",
                 "[dead_letter]") {
  open();
  REQUIRE(letters->add({letter("1"), letter("2")}).ok());
  const std::string path = join_path(options.directory, files()[0]);
  const std::string whole = fs.read_file(path, 1 << 20).value();
  std::size_t damaged = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string bad = whole;
    bad[i] = static_cast<char>(bad[i] ^ 0x04);
    REQUIRE(fs.replace_file(path, bad).ok());
    const auto scan = delivery::dead_letters::read_dead_letters(
        fs, options.directory, [](const delivery::dead_letters::DeadLetterEntry&) { return true; });
    REQUIRE(scan);
    damaged += scan->damaged_files;
  }
  CHECK(damaged > whole.size() / 2);
}

TEST_CASE_METHOD(Fixture, "removing takes out the named letters and keeps the others",
                 "[dead_letter]") {
  options.max_file_bytes = 1;  // a file an add
  open();
  REQUIRE(letters->add({letter("1"), letter("2")}).ok());
  REQUIRE(letters->add({letter("3")}).ok());
  REQUIRE(letters->add({letter("4"), letter("1")}).ok());
  REQUIRE(letters->remove({"1", "3"}).ok());
  CHECK(ids() == Ids{"2", "4"});
  CHECK(files().size() == 2);
  REQUIRE(letters->add({letter("5")}).ok());
  CHECK(ids() == Ids{"2", "4", "5"});
  std::uint64_t on_disk = 0;
  for (const std::string& name : files()) {
    on_disk += fs.stat(join_path(options.directory, name))->size;
  }
  CHECK(letters->bytes() == on_disk);
}

TEST_CASE_METHOD(Fixture, "one directory belongs to one writer", "[dead_letter]") {
  open();
  auto second = delivery::dead_letters::DeadLetterStore::open(fs, options);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::busy);
}

TEST_CASE_METHOD(Fixture, "a large document is read back whole", "[dead_letter]") {
  open();
  std::string document = "{\"x\":\"";
  for (int i = 0; i < 300'000; ++i) {
    document += "\\u0001" + std::to_string(i);
  }
  document += "\"}";
  REQUIRE(letters->add({letter("big", document), letter("small")}).ok());
  std::size_t same = 0;
  REQUIRE(delivery::dead_letters::read_dead_letters(
              fs, options.directory,
              [&](const delivery::dead_letters::DeadLetterEntry& l) {
                same += l.document == document ? 1 : 0;
                return true;
              })
              .ok());
  CHECK(same == 1);
  CHECK(ids() == Ids{"big", "small"});
}
