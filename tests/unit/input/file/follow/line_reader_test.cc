#include "agent/input/file/follow/line_reader.h"

#include <cstring>
#include <vector>

#include "tests/support/catch.h"

using namespace auditship;

namespace {

struct Line {
  std::uint64_t begin, end, length;
  std::string text, tail;
  bool cut;
  std::optional<Digest> digest;
};

void feed(input::file::follow::LineReader& reader, std::string_view bytes) {
  std::memcpy(reader.room(bytes.size()), bytes.data(), bytes.size());
  reader.add(bytes.size());
}

std::vector<Line> read_all(input::file::follow::LineReader& reader) {
  std::vector<Line> lines;
  event::RawLine line;
  while (reader.next(line)) {
    lines.push_back({line.id.sequence, line.id.sequence + line.size_in_log, line.length,
                     std::string(line.text), std::string(line.tail), line.cut, line.digest});
  }
  return lines;
}

// As FileSource does it: pieces of a given size.
std::vector<Line> in_pieces(input::file::follow::LineReader& reader, std::string_view bytes,
                            std::size_t size) {
  std::vector<Line> lines;
  while (!bytes.empty()) {
    reader.release();
    const std::size_t n = std::min(size, bytes.size());
    feed(reader, bytes.substr(0, n));
    bytes.remove_prefix(n);
    for (Line& line : read_all(reader)) {
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

}  // namespace

TEST_CASE("lines keep their offsets however the bytes are cut into pieces", "[line_reader]") {
  const auto piece = GENERATE(1u, 2u, 3u, 7u, 1000u);
  input::file::follow::LineReader reader(100, 10);
  reader.restart({}, 1000, "before");
  const auto lines = in_pieces(reader, "one\ntwo\r\n\n\r\nthree\nfo", piece);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].text == "one");
  CHECK(lines[0].begin == 1000);
  CHECK(lines[0].end == 1004);
  CHECK(lines[1].text == "two");
  CHECK(lines[1].length == 3);
  CHECK(lines[1].end == 1009);
  CHECK(lines[2].text == "three");
  CHECK(lines[2].begin == 1012);
  CHECK(reader.empty_lines() == 2);
  CHECK(reader.offset() == 1018);
  CHECK(reader.waiting() == 2);
  event::RawLine rest;
  reader.release();
  REQUIRE(reader.rest(rest));
  CHECK(rest.text == "fo");
  CHECK(rest.unterminated);
  CHECK_FALSE(reader.rest(rest));
}

TEST_CASE("a line over the limit keeps its first and last bytes, its length and its hash",
          "[line_reader]") {
  const auto piece = GENERATE(1u, 5u, 16u, 64u, 100000u);
  const auto ending = GENERATE(as<std::string>{}, "\n", "\r\n");
  for (const std::size_t length : {63u, 64u, 65u, 66u, 100u, 5000u}) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) {
      text += static_cast<char>('a' + i % 26);
    }
    input::file::follow::LineReader reader(64, 16);
    const auto lines = in_pieces(reader, "first\n" + text + ending + "last\n", piece);
    INFO("length " << length << " piece " << piece);
    REQUIRE(lines.size() == 3);
    const Line& line = lines[1];
    CHECK(line.begin == 6);
    CHECK(line.length == length);
    CHECK(line.end == 6 + length + ending.size());
    CHECK(line.cut == (length > 64));
    if (line.cut) {
      CHECK(line.text == text.substr(0, 48));
      CHECK(line.tail == text.substr(length - 16));
      CHECK(line.digest == Sha256().of(text));
    } else {
      CHECK(line.text == text);
      CHECK(line.tail.empty());
      CHECK_FALSE(line.digest.has_value());
    }
    CHECK(lines[2].text == "last");
  }
}

TEST_CASE("the window is the bytes before the offset, whatever came before", "[line_reader]") {
  const auto piece = GENERATE(3u, 100u, 4000u);
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    bytes +=
        std::string(static_cast<std::size_t>(i * 7 % 91), static_cast<char>('a' + i % 26)) + "\n";
    if (i % 50 == 0) {
      bytes += std::string(3000, 'L') + "\n";
    }
  }
  input::file::follow::LineReader reader(2000, 100);
  std::string_view rest = bytes;
  while (!rest.empty()) {
    reader.release();
    const std::size_t n = std::min<std::size_t>(piece, rest.size());
    feed(reader, rest.substr(0, n));
    rest.remove_prefix(n);
    event::RawLine line;
    while (reader.next(line)) {
      const auto end = static_cast<std::size_t>(reader.offset());
      const std::size_t size = std::min<std::size_t>(end, 1024);
      REQUIRE(reader.window() == bytes.substr(end - size, size));
    }
    const auto end = static_cast<std::size_t>(reader.offset());
    const std::size_t size = std::min<std::size_t>(end, 1024);
    REQUIRE(reader.window() == bytes.substr(end - size, size));
  }
}

TEST_CASE("NUL bytes before a line are skipped, those inside it are kept", "[line_reader]") {
  const auto piece = GENERATE(1u, 4u, 100u);
  input::file::follow::LineReader reader(100, 10);
  const auto lines = in_pieces(reader, std::string("\0\0\0one\n\0\0tw\0o\n", 14), piece);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].text == "one");
  CHECK(lines[0].begin == 3);
  CHECK(lines[1].text == std::string("tw\0o", 4));
  CHECK(lines[1].begin == 9);
}

TEST_CASE("memory stays bounded in a line of 200 MB and is given back behind it", "[line_reader]") {
  input::file::follow::LineReader reader(16 << 20, 256 << 10);
  const std::string block(1 << 20, 'x');
  std::size_t most = 0;
  event::RawLine line;
  for (int i = 0; i < 200; ++i) {
    reader.release();
    feed(reader, block);
    REQUIRE_FALSE(reader.next(line));
    most = std::max(most, reader.memory());
  }
  reader.release();
  feed(reader, "\nshort\n");
  REQUIRE(reader.next(line));
  REQUIRE(line.cut);
  REQUIRE(line.length == std::uint64_t{200} << 20);
  REQUIRE(line.text.size() + line.tail.size() == 16 << 20);
  REQUIRE(reader.next(line));
  REQUIRE(line.text == "short");
  REQUIRE(most < std::size_t{60} << 20);
  reader.release();
  REQUIRE(reader.memory() < std::size_t{4} << 20);
}
