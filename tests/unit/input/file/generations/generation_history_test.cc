#include "agent/input/file/generations/generation_history.h"

#include <string_view>

#include "agent/base/encoding/sha256.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::input::file::generations;

namespace {

Digest digest_of(std::string_view line) { return Sha256().of(line); }

GenerationMark mark_at(const FileKey& key, std::uint64_t offset) {
  GenerationMark mark;
  mark.at.pos = FilePosition{key, offset};
  return mark;
}

}  // namespace

TEST_CASE("generations that begin with the same line are numbered in order", "[rotation]") {
  GenerationHistory history(std::nullopt);
  const Digest header = digest_of("# header");
  const FileKey first = history.new_key(header);
  CHECK(first.collision_index == 0);
  CHECK(history.never_repeated(first));
  CHECK(history.finish(mark_at(first, 10)));
  const FileKey second = history.new_key(header);
  CHECK(second.collision_index == 1);
  CHECK_FALSE(history.never_repeated(second));
  CHECK(history.new_key(digest_of("another")).collision_index == 0);
  REQUIRE(history.find_key(header) != nullptr);
  CHECK(*history.find_key(header) == first);
}

TEST_CASE("keys of an earlier run are known", "[rotation]") {
  FileCheckpoint resume;
  const FileKey key{digest_of("# header"), 3};
  resume.finished = {{key, 0, 0, 0, 0, 0}};
  const GenerationHistory history(resume);
  CHECK(history.new_key(key.first_line).collision_index == 4);
  CHECK(history.marks().empty());
  REQUIRE(history.find_key(key.first_line) != nullptr);
  CHECK(*history.find_key(key.first_line) == key);
}

TEST_CASE("a generation that is finished again counts once", "[rotation]") {
  GenerationHistory history(std::nullopt);
  const FileKey key = history.new_key(digest_of("a"));
  CHECK(history.finish(mark_at(key, 10)));
  CHECK_FALSE(history.finish(mark_at(key, 20)));
  REQUIRE(history.marks().size() == 1);
  CHECK(history.last().pos.offset == 20);
}

TEST_CASE("a shorter file with the key of a generation does not take its mark", "[rotation]") {
  GenerationHistory history(std::nullopt);
  const FileKey key = history.new_key(digest_of("a"));
  history.finish(mark_at(key, 20));
  history.finish(mark_at(key, 10));
  REQUIRE(history.marks().size() == 2);
  CHECK(history.marks().front().at.pos.offset == 20);
  CHECK(history.finished().size() == 2);
}

TEST_CASE("what is known of an earlier run without its place is kept", "[rotation]") {
  FileCheckpoint resume;
  const FileKey key{digest_of("# header"), 0};
  const FileKey other{digest_of("# other"), 0};
  resume.finished = {{key, 10, 0, 0, 0, 0}, {other, 0, 0, 0, 0, 0}};
  GenerationHistory history(resume);
  history.finish(mark_at(key, 20));
  CHECK(history.finished().size() == 3);  // the last of them is another generation
}

TEST_CASE("what is remembered is bounded", "[rotation]") {
  GenerationHistory history(std::nullopt);
  const std::size_t many = 3 * FileCheckpoint::kMaxFinished;
  for (std::size_t i = 0; i < many; ++i) {
    history.finish(mark_at(history.new_key(digest_of(std::to_string(i))), 1));
  }
  history.give_up(mark_at(history.new_key(digest_of("gone")), 1));
  CHECK(history.marks().size() == FileCheckpoint::kMaxFinished);
  CHECK(history.find_key(digest_of("0")) == nullptr);
  CHECK(history.find_key(digest_of(std::to_string(many - FileCheckpoint::kMaxFinished - 1))) !=
        nullptr);
}
