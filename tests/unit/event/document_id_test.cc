#include "agent/event/document_id.h"

#include <algorithm>
#include <set>

#include "agent/base/encoding/base64.h"
#include "tests/support/catch.h"

using namespace auditship;

namespace {

event::RecordId::Prefix prefix_of(std::string_view log) {
  return event::record_id_prefix({"c", "n", "s"}, {log});
}

event::RawLine line_at(const event::RecordId::Prefix& log, std::uint64_t sequence,
                       std::string_view text) {
  event::RawLine line;
  line.id = {log, sequence};
  line.text = text;
  line.length = text.size();
  return line;
}

std::string id(const event::RawLine& line, const event::Record& record = {}) {
  event::DocIds ids;
  return std::string(ids.of(line, record).view());
}

// What OpenSearch makes of an id that is base64url.
std::string bytes_of(std::string id) {
  std::replace(id.begin(), id.end(), '-', '+');
  std::replace(id.begin(), id.end(), '_', '/');
  const auto bytes = decode_base64(id);
  REQUIRE(bytes);
  REQUIRE(encode_base64(*bytes, Base64Padding::without) == id);
  return *bytes;
}

}  // namespace

TEST_CASE("an id is the documented bytes: prefix, sequence, digest of the line", "[doc_id]") {
  const event::RecordId::Prefix log = prefix_of("first");
  const std::string got = id(line_at(log, 0x010203040506, "hello"));
  REQUIRE(got.size() == 26);
  const std::string bytes = bytes_of(got);
  REQUIRE(bytes.size() == 19);
  CHECK(static_cast<unsigned char>(bytes[0]) == (log[0] & 0x7fU));
  CHECK(bytes.substr(1, 7) == std::string(log.begin() + 1, log.end()));
  CHECK(bytes.substr(8, 6) == "\x01\x02\x03\x04\x05\x06");
  CHECK(bytes.substr(14) == "\x2c\xf2\x4d\xba\x5f");  // sha256("hello"), first 5 bytes
}

TEST_CASE("no id looks like an option, and each is told from what is none", "[doc_id]") {
  for (int i = 0; i < 1000; ++i) {
    const std::string got = id(line_at(prefix_of(std::to_string(i)), 5, "text"));
    CHECK(got[0] != '-');
    CHECK(got[0] != '_');
    CHECK(event::is_document_id(got));
  }
  const std::string good = id(line_at(prefix_of("first"), 5, "text"));
  for (const char bad : {'+', '/', '=', '\0', ' ', '\x80'}) {
    std::string other = good;
    other[7] = bad;
    CHECK_FALSE(event::is_document_id(other));
    CHECK(event::sequence_of(other) == 0);
  }
  CHECK_FALSE(event::is_document_id(good.substr(1)));
  CHECK_FALSE(event::is_document_id(good + "A"));
  CHECK_FALSE(event::is_document_id(good.substr(0, 25) + "B"));  // bits behind the last byte
  CHECK_FALSE(event::is_document_id("-" + good.substr(1)));
}

TEST_CASE("ids of one log share a prefix and ascend with the sequence", "[doc_id]") {
  const event::RecordId::Prefix log = prefix_of("first");
  std::string last;
  for (const std::uint64_t sequence :
       {0ULL, 1ULL, 255ULL, 256ULL, 65536ULL, 4294967296ULL, 281474976710655ULL}) {
    const std::string now = id(line_at(log, sequence, "same text"));
    const std::string bytes = bytes_of(now);
    CHECK((last.empty() || bytes.substr(0, 8) == last.substr(0, 8)));
    CHECK(bytes > last);
    last = bytes;
  }
}

TEST_CASE("the same line read again has the same id, whatever is known of its log", "[doc_id]") {
  event::RecordOrigin renamed;
  renamed.sequence_counts_bytes = true;
  renamed.written_until_ns = 5;
  event::RawLine line = line_at(prefix_of("first"), 77, "text");
  const std::string first = id(line);
  line.origin = &renamed;
  CHECK(id(line) == first);
}

TEST_CASE("log, sequence and text each make another id", "[doc_id]") {
  const event::RecordId::Prefix log = prefix_of("first");
  const std::set<std::string> all{id(line_at(log, 10, "text")),
                                  id(line_at(prefix_of("second"), 10, "text")),
                                  id(line_at(log, 11, "text")), id(line_at(log, 10, "texT"))};
  CHECK(all.size() == 4);
}

TEST_CASE("a cut line is identified by the digest of all of it, not by what was kept", "[doc_id]") {
  Sha256 sha;
  const event::RawLine whole = line_at(prefix_of("first"), 5, "0123456789");
  event::RawLine cut = line_at(prefix_of("first"), 5, "0123");
  cut.cut = true;
  cut.digest = sha.of("0123456789");
  CHECK(id(cut) == id(whole));
  cut.digest = sha.of("012345678X");
  CHECK(id(cut) != id(whole));
}

TEST_CASE("records salvaged from one line have ids of their own, by their place and bytes",
          "[doc_id]") {
  event::RawLine line = line_at(prefix_of("first"), 100, "torn{\"a\":1}{\"a\":1}");
  event::Record torn;
  torn.raw = line.text.substr(0, 4);
  event::Record one;
  one.offset_in_line = 4;
  one.raw = line.text.substr(4, 7);
  event::Record two;
  two.offset_in_line = 11;
  two.raw = line.text.substr(11, 7);
  CHECK(std::set<std::string>{id(line, torn), id(line, one), id(line, two)}.size() == 3);
  CHECK(id(line, torn) == id(line));  // the front is the line's own
  CHECK(id(line, one) == id(line_at(prefix_of("first"), 104, "{\"a\":1}")));
  // Numbers that count records, not bytes: a part may not take the number of another record.
  event::RecordOrigin numbered;
  line.origin = &numbered;
  CHECK(std::set<std::string>{id(line, torn), id(line, one), id(line, two)}.size() == 3);
  CHECK(event::sequence_of(id(line, one)) == 100);
  CHECK(id(line, one) != id(line_at(prefix_of("first"), 100, "{\"a\":1}")));
}

TEST_CASE("the id of a derived document is that of its line with another last part", "[doc_id]") {
  event::DocIds ids;
  const std::string line = id(line_at(prefix_of("first"), 0x010203040506, "hello"));
  const std::string end(ids.derived("session-end", line).view());
  CHECK(bytes_of(end).substr(0, 14) == bytes_of(line).substr(0, 14));
  CHECK(event::sequence_of(end) == 0x010203040506);
  Sha256 sha;
  sha.update_prefixed("session-end");
  sha.update_prefixed(line);
  const Digest expected = sha.finish();
  CHECK(bytes_of(end).substr(14) == std::string(expected.begin(), expected.begin() + 5));
  CHECK(ids.derived("session-start", line) != ids.derived("session-end", line));
  CHECK(event::sequence_of("short") == 0);
}
