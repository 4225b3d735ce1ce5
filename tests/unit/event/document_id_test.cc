#include "agent/event/document_id.h"

#include <set>

#include "tests/support/catch.h"

using namespace auditship;

namespace {

event::FileKey key(std::string_view first_line, std::uint32_t collision_index = 0) {
  Sha256 sha;
  return event::FileKey{sha.of(first_line), collision_index};
}

event::RawLine line_at(const event::FileKey& file, std::uint64_t offset, std::string_view text) {
  event::RawLine line;
  line.begin = {file, offset};
  line.end = {file, offset + text.size() + 1};
  line.text = text;
  line.length = text.size();
  return line;
}

std::string id(event::DocIds& ids, const event::RawLine& line, const event::Record& record = {}) {
  return std::string(ids.of(line, record).view());
}

}  // namespace

TEST_CASE("an id is the documented bytes: who and where, offset, digest of the line", "[doc_id]") {
  event::DocIds ids("prod", "node-1");
  const std::string got = id(ids, line_at(key("first"), 0x010203040506, "hello"));
  REQUIRE(got.size() == 44);
  CHECK(got.substr(16, 12) == "010203040506");
  CHECK(got.substr(28) == "2cf24dba5fb0a30e");  // sha256("hello"), first 8 bytes

  // sha256(len‖"prod" ‖ len‖"node-1" ‖ len‖sha256("first")), each length 8 bytes big-endian
  Sha256 sha;
  const Digest first = sha.of("first");
  std::string bytes("\0\0\0\0\0\0\0\4prod\0\0\0\0\0\0\0\6node-1\0\0\0\0\0\0\0\x20", 34);
  bytes.append(reinterpret_cast<const char*>(first.data()), first.size());
  const Digest expected = sha.of(bytes);
  std::string hex;
  for (std::size_t i = 0; i < 8; ++i) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", expected[i]);
    hex += two;
  }
  CHECK(got.substr(0, 16) == hex);
}

TEST_CASE("ids of one file share a prefix and ascend with the offset", "[doc_id]") {
  event::DocIds ids("c", "n");
  const event::FileKey file = key("first");
  std::string last;
  for (const std::uint64_t offset :
       {0ULL, 1ULL, 255ULL, 256ULL, 65536ULL, 4294967296ULL, 281474976710655ULL}) {
    const std::string now = id(ids, line_at(file, offset, "same text"));
    CHECK((last.empty() || now.substr(0, 16) == last.substr(0, 16)));
    CHECK(now > last);
    last = now;
  }
}

TEST_CASE("the same line read again, under any path, has the same id", "[doc_id]") {
  event::DocIds before("c", "n");
  event::DocIds after("c", "n");
  event::LineSource renamed{"/var/log/auth.log", "/var/log/auth.log.2.gz", 5, false};
  event::RawLine line = line_at(key("first"), 77, "text");
  const std::string first = id(before, line);
  line.source = &renamed;
  CHECK(id(after, line) == first);
}

TEST_CASE("cluster, node, file, collision_index, offset and text each make another id",
          "[doc_id]") {
  event::DocIds ids("c", "n");
  event::DocIds other_cluster("d", "n");
  event::DocIds other_node("c", "m");
  event::DocIds shifted("cn", "");  // the same letters, cut elsewhere
  const event::FileKey file = key("first");
  const event::RawLine line = line_at(file, 10, "text");
  std::set<std::string> all{id(ids, line),
                            id(other_cluster, line),
                            id(other_node, line),
                            id(shifted, line),
                            id(ids, line_at(key("second"), 10, "text")),
                            id(ids, line_at(key("first", 1), 10, "text")),
                            id(ids, line_at(key("first", 2), 10, "text")),
                            id(ids, line_at(file, 11, "text")),
                            id(ids, line_at(file, 10, "texT"))};
  CHECK(all.size() == 9);
}

TEST_CASE("a cut line is identified by the digest of all of it, not by what was kept", "[doc_id]") {
  event::DocIds ids("c", "n");
  Sha256 sha;
  event::RawLine whole = line_at(key("first"), 5, "0123456789");
  event::RawLine cut = line_at(key("first"), 5, "0123");
  cut.cut = true;
  cut.digest = sha.of("0123456789");
  CHECK(id(ids, cut) == id(ids, whole));
  cut.digest = sha.of("012345678X");
  CHECK(id(ids, cut) != id(ids, whole));
}

TEST_CASE("records salvaged from one line have ids of their own, by their place and bytes",
          "[doc_id]") {
  event::DocIds ids("c", "n");
  const event::RawLine line = line_at(key("first"), 100, "torn{\"a\":1}{\"a\":1}");
  event::Record torn;
  torn.raw = line.text.substr(0, 4);
  event::Record one;
  one.offset_in_line = 4;
  one.raw = line.text.substr(4, 7);
  event::Record two;
  two.offset_in_line = 11;
  two.raw = line.text.substr(11, 7);
  CHECK(std::set<std::string>{id(ids, line, torn), id(ids, line, one), id(ids, line, two)}.size() ==
        3);
  CHECK(id(ids, line, torn) == id(ids, line));  // the front is the line's own
  CHECK(id(ids, line, one) == id(ids, line_at(key("first"), 104, "{\"a\":1}")));
}

TEST_CASE("more files than are cached do not change ids", "[doc_id]") {
  event::DocIds ids("c", "n");
  const event::RawLine line = line_at(key("first"), 1, "t");
  const std::string before = id(ids, line);
  for (int i = 0; i < 600; ++i) {
    static_cast<void>(id(ids, line_at(key("file " + std::to_string(i)), 1, "t")));
  }
  CHECK(id(ids, line) == before);
}

TEST_CASE("the id of a derived document is that of its line with another last part", "[doc_id]") {
  event::DocIds ids("prod", "node-1");
  const std::string line = id(ids, line_at(key("first"), 0x010203040506, "hello"));
  const std::string end(ids.derived("session-end", line).view());
  CHECK(end.substr(0, 28) == line.substr(0, 28));
  CHECK(event::offset_of(end) == 0x010203040506);
  Sha256 sha;
  sha.update_prefixed("session-end");
  sha.update_prefixed(line);
  const Digest expected = sha.finish();
  std::string hex;
  for (std::size_t i = 0; i < 8; ++i) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", expected[i]);
    hex += two;
  }
  CHECK(end.substr(28) == hex);
  CHECK(ids.derived("session-start", line) != ids.derived("session-end", line));
  CHECK(event::offset_of("short") == 0);
}
