#include "agent/input/file/generations/file_cursor.h"

#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::input::file::generations;

namespace {

FileKey key_of(std::uint8_t byte, std::uint32_t index) {
  FileKey key;
  key.first_line.fill(byte);
  key.collision_index = index;
  return key;
}

FileCheckpoint full_checkpoint() {
  FileCheckpoint c;
  c.pos = FilePosition{key_of(7, 3), 123456789012};
  c.device = 4;
  c.inode = 5;
  c.generation = 6;
  c.tail_hash = 0xFEDCBA9876543210u;
  c.modified_ns = -5;
  c.head_hash = 77;
  c.skipped = {{123456789012, 123456789099, 0xFEDCBA9876543210u}};
  c.finished = {{key_of(1, 0), 100, 0xFEDCBA9876543210u, 1, 2, 3},
                {key_of(1, 0xFFFFFFFF), 0, 0, 0, 0, 0}};
  return c;
}

bool same(const FileCheckpoint& a, const FileCheckpoint& b) {
  return a.pos == b.pos && a.device == b.device && a.inode == b.inode &&
         a.generation == b.generation && a.tail_hash == b.tail_hash &&
         a.modified_ns == b.modified_ns && a.head_hash == b.head_hash && a.finished == b.finished &&
         a.skipped == b.skipped;
}

}  // namespace

TEST_CASE("a checkpoint gives back every field", "[input]") {
  const event::Checkpoint stored = encode_checkpoint(full_checkpoint());
  CHECK(stored.state.empty());
  auto got = decode_checkpoint(stored);
  REQUIRE(got.ok());
  CHECK(same(*got, full_checkpoint()));
  auto position = decode_position(stored.position);
  REQUIRE(position.ok());
  CHECK(*position == full_checkpoint().pos);
}

TEST_CASE("the beginning is the empty cursor, and needs no state", "[input]") {
  CHECK(encode_position(FilePosition{}).empty());
  auto got = decode_checkpoint(event::Checkpoint{});
  REQUIRE(got.ok());
  CHECK(same(*got, FileCheckpoint{}));
  got = decode_checkpoint(encode_checkpoint(FileCheckpoint{}));
  REQUIRE(got.ok());
  CHECK(same(*got, FileCheckpoint{}));
}

TEST_CASE("a checkpoint with as many finished generations as are remembered fits its limits",
          "[input]") {
  FileCheckpoint c = full_checkpoint();
  c.pos.offset = ~std::uint64_t{0};
  c.device = c.inode = c.generation = ~std::uint64_t{0};
  c.skipped = {{~std::uint64_t{0} - 1, ~std::uint64_t{0}, ~std::uint64_t{0}}};
  c.finished.clear();
  for (std::uint32_t n = 0; n < 2 * FileCheckpoint::kMaxFinished; ++n) {
    const std::uint64_t most = ~std::uint64_t{0};
    c.finished.push_back(
        {key_of(static_cast<std::uint8_t>(n), 0xFFFFFFFF - n), most, most, most, most, most});
  }
  const event::Checkpoint stored = encode_checkpoint(c);
  CHECK(stored.position.bytes.size() <= event::Cursor::kMaxBytes);
  CHECK(stored.input_state.size() <= event::Checkpoint::kMaxInputStateBytes);
  auto got = decode_checkpoint(stored);
  REQUIRE(got.ok());
  REQUIRE(got->finished.size() == FileCheckpoint::kMaxFinished);
  CHECK(got->finished.front() == c.finished[FileCheckpoint::kMaxFinished]);
  CHECK(got->finished.back() == c.finished.back());
}

TEST_CASE("a position or state that is cut, longer, or of another version is refused", "[input]") {
  const event::Checkpoint good = encode_checkpoint(full_checkpoint());
  const auto refused = [](const event::Checkpoint& stored) {
    auto got = decode_checkpoint(stored);
    return !got && got.error().code == Errc::corrupt;
  };
  for (std::size_t size = 1; size < good.position.bytes.size(); ++size) {
    event::Checkpoint bad = good;
    bad.position.bytes.resize(size);
    INFO("position of " << size);
    CHECK(refused(bad));
  }
  for (std::size_t size = 1; size < good.input_state.size(); ++size) {
    event::Checkpoint bad = good;
    bad.input_state.resize(size);
    INFO("state of " << size);
    CHECK(refused(bad));
  }
  event::Checkpoint bad = good;
  bad.position.bytes += '\0';
  CHECK(refused(bad));
  bad = good;
  bad.input_state += '\0';
  CHECK(refused(bad));
  bad = good;
  bad.position.bytes[0] = 2;
  CHECK(refused(bad));
  bad = good;
  bad.input_state[0] = 2;
  CHECK(refused(bad));
}

TEST_CASE("one place has one encoding", "[input]") {
  event::Cursor cursor = encode_position(FilePosition{key_of(7, 0), 5});
  // The varint 5 in two bytes.
  cursor.bytes.back() = static_cast<char>(0x85);
  cursor.bytes += '\0';
  CHECK_FALSE(decode_position(cursor).ok());
  // The beginning, written out.
  CHECK_FALSE(decode_position(event::Cursor{std::string(1, 1) + std::string(34, '\0')}).ok());
}

TEST_CASE("a collision index and a number of generations over their range are refused", "[input]") {
  std::string position(1, 1);
  position += std::string(32, 'k') + std::string("\xff\xff\xff\xff\x1f", 5) + '\0';
  CHECK_FALSE(decode_position(event::Cursor{position}).ok());

  event::Checkpoint many = encode_checkpoint(FileCheckpoint{});
  many.input_state.back() = static_cast<char>(FileCheckpoint::kMaxFinished + 1);
  many.input_state += std::string(100 * 33, '\0');
  CHECK_FALSE(decode_checkpoint(many).ok());
}

TEST_CASE("a part to be left out that ends before it begins is refused", "[input]") {
  FileCheckpoint c = full_checkpoint();
  c.skipped = {{10, 10, 0}};
  CHECK_FALSE(decode_checkpoint(encode_checkpoint(c)).ok());
}
