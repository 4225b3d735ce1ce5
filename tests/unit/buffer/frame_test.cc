#include "agent/buffer/frame.h"

#include "tests/support/buffer_rig.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::test;

namespace {

event::Checkpoint full_checkpoint() {
  event::Checkpoint c;
  c.position.bytes = std::string("a\0position\xff", 11);
  c.input_state = std::string("an\0input's state", 16);
  c.state = std::string("a\0state", 7);
  return c;
}

event::Batch full_batch() {
  event::Batch batch = numbered_batch(3, 5, 100);
  batch.spans[0].after = full_checkpoint();
  batch.spans.push_back(batch.spans[0]);
  batch.spans[1].source = "/other";
  batch.codec = Codec::zstd;
  batch.framing = "lines";
  batch.oldest_ns = -1;
  batch.ledger =
      event::ReadLedger{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, {{"noise", 14}, {"", 15}}};
  return batch;
}

bool same(const event::Checkpoint& a, const event::Checkpoint& b) {
  return a.position == b.position && a.input_state == b.input_state && a.state == b.state;
}

bool same(const event::ReadLedger& a, const event::ReadLedger& b) {
  return a.lines == b.lines && a.empty_lines == b.empty_lines && a.bytes == b.bytes &&
         a.salvaged == b.salvaged && a.filtered == b.filtered && a.sampled_out == b.sampled_out &&
         a.documents == b.documents && a.derived == b.derived && a.unparsed == b.unparsed &&
         a.cut == b.cut && a.gaps == b.gaps && a.gap_bytes == b.gap_bytes && a.reread == b.reread &&
         a.by_rule == b.by_rule;
}

Result<buffer::FrameMeta> decode(const std::string& front) {
  auto head = buffer::decode_frame_head(front);
  if (!head) {
    return head.error();
  }
  return buffer::decode_frame_meta(*head, front);
}

}  // namespace

TEST_CASE("a frame gives back every field", "[buffer]") {
  const event::Batch batch = full_batch();
  const std::string front = buffer::encode_frame_front(42, batch);
  auto head = buffer::decode_frame_head(front);
  REQUIRE(head.ok());
  CHECK(head->id == 42);
  CHECK(head->body_bytes == batch.body.size());
  CHECK(head->size() == front.size() + batch.body.size());
  auto meta = buffer::decode_frame_meta(*head, front);
  REQUIRE(meta.ok());
  const event::Batch& got = meta->batch;
  CHECK(got.documents == 2);
  CHECK(got.raw_bytes == batch.raw_bytes);
  CHECK(got.framing == batch.framing);
  CHECK(got.codec == Codec::zstd);
  CHECK(got.oldest_ns == -1);
  CHECK(same(got.ledger, batch.ledger));
  REQUIRE(got.spans.size() == 2);
  CHECK(got.spans[1].source == "/other");
  CHECK(got.spans[0].before == batch.spans[0].before);
  CHECK(same(got.spans[0].after, batch.spans[0].after));
}

TEST_CASE("a flipped bit anywhere in head or meta is noticed", "[buffer]") {
  const std::string front = buffer::encode_frame_front(42, full_batch());
  for (std::size_t at = 0; at < front.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string bad = front;
      bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ (1u << bit));
      INFO("byte " << at << " bit " << bit);
      auto meta = decode(bad);
      REQUIRE_FALSE(meta.ok());
      REQUIRE(meta.error().code == Errc::corrupt);
    }
  }
}

TEST_CASE("a frame cut at any byte is no frame", "[buffer]") {
  const std::string front = buffer::encode_frame_front(1, full_batch());
  for (std::size_t size = 0; size < front.size(); ++size) {
    REQUIRE_FALSE(decode(front.substr(0, size)).ok());
  }
}

TEST_CASE("a length over the limit is refused before anything is read by it", "[buffer]") {
  std::string head("ASF1");
  head += std::string("\xff\xff\xff\xff", 4) + std::string(16, '\0');
  CHECK_FALSE(buffer::decode_frame_head(head).ok());
}

TEST_CASE("a segment header gives back ledger and table", "[buffer]") {
  buffer::SegmentHeader header;
  header.buffer.fill(8);
  header.first = 77;
  header.ledger = full_batch().ledger;
  header.table["/log"] = full_checkpoint();
  header.table["/none"] = event::Checkpoint{};
  const std::string bytes = buffer::encode_segment_header(header);
  auto got = buffer::decode_segment_header(bytes + "frames follow");
  REQUIRE(got.ok());
  CHECK(got->buffer == header.buffer);
  CHECK(got->first == 77);
  CHECK(got->size == bytes.size());
  CHECK(same(got->ledger, header.ledger));
  REQUIRE(got->table.size() == 2);
  CHECK(same(got->table["/log"], full_checkpoint()));
}

TEST_CASE(
    "a flipped bit anywhere in a segment header is noticed, and is never taken for a newer version",
    "[buffer]") {
  buffer::SegmentHeader header;
  header.table["/log"] = full_checkpoint();
  const std::string bytes = buffer::encode_segment_header(header);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string bad = bytes;
      bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ (1u << bit));
      auto got = buffer::decode_segment_header(bad);
      REQUIRE_FALSE(got.ok());
      REQUIRE(got.error().code == Errc::corrupt);
    }
  }
}

TEST_CASE("a batch joins only where all of its sources stand", "[buffer]") {
  buffer::CheckpointTable table;
  CHECK(buffer::joins(table, numbered_batch(0, 2, 0)));
  CHECK_FALSE(buffer::joins(table, numbered_batch(1, 2, 0)));
  buffer::advance(table, numbered_batch(0, 2, 0));
  CHECK(buffer::joins(table, numbered_batch(2, 4, 2)));
  CHECK_FALSE(buffer::joins(table, numbered_batch(1, 4, 2)));
  CHECK(buffer::joins(table, numbered_batch(0, 4, 2, "/other")));
}

TEST_CASE("a source stands where the last frame that moved it says", "[buffer]") {
  buffer::CheckpointTable table;
  event::Batch batch = numbered_batch(0, 1, 0);
  batch.spans[0].after.input_state = "one";
  batch.spans[0].after.state = "first";
  buffer::advance(table, batch);
  batch = numbered_batch(1, 2, 1);
  batch.spans[0].after.input_state = "two";
  buffer::advance(table, batch);
  CHECK(table["/log"].position == place_of(2));
  CHECK(table["/log"].input_state == "two");
  CHECK(table["/log"].state.empty());
}

TEST_CASE("the longest cursor and state of an input come back", "[buffer]") {
  event::Batch batch = full_batch();
  batch.spans[0].before.bytes = std::string(event::Cursor::kMaxBytes, 'b');
  batch.spans[0].after.position.bytes = std::string(event::Cursor::kMaxBytes, 'a');
  batch.spans[0].after.input_state = std::string(event::Checkpoint::kMaxInputStateBytes, 'h');
  auto meta = decode(buffer::encode_frame_front(7, batch));
  REQUIRE(meta.ok());
  CHECK(meta->batch.spans[0].before == batch.spans[0].before);
  CHECK(same(meta->batch.spans[0].after, batch.spans[0].after));
}

TEST_CASE("states are those of their sources, and only theirs", "[buffer]") {
  event::Batch batch = full_batch();
  batch.spans[0].after.state.clear();
  batch.spans[1].after.state = std::string(event::Checkpoint::kMaxStateBytes, 'x');
  auto meta = decode(buffer::encode_frame_front(7, batch));
  REQUIRE(meta.ok());
  CHECK(meta->batch.spans[0].after.state.empty());
  CHECK(meta->batch.spans[1].after.state == batch.spans[1].after.state);

  buffer::SegmentHeader header;
  header.table["/a"].state = "A";
  header.table["/b"];
  header.table["/c"].state = "C";
  auto got = buffer::decode_segment_header(buffer::encode_segment_header(header));
  REQUIRE(got.ok());
  CHECK(got->table["/a"].state == "A");
  CHECK(got->table["/b"].state.empty());
  CHECK(got->table["/c"].state == "C");
}

TEST_CASE("a state over the limit is no frame", "[buffer]") {
  event::Batch batch = full_batch();
  batch.spans[1].after.state = std::string(event::Checkpoint::kMaxStateBytes + 1, 'x');
  CHECK_FALSE(decode(buffer::encode_frame_front(7, batch)).ok());
}

TEST_CASE("a header holds no more states than can be read again", "[buffer]") {
  buffer::SegmentHeader header;
  for (int n = 0; n < 200; ++n) {
    header.table["/log" + std::to_string(n)].state =
        std::string(event::Checkpoint::kMaxStateBytes, 'x');
  }
  const std::string bytes = buffer::encode_segment_header(header);
  CHECK(bytes.size() < buffer::kMaxSegmentHeaderBytes);
  auto got = buffer::decode_segment_header(bytes);
  REQUIRE(got.ok());
  CHECK(got->table.size() == 200);
  CHECK(got->table["/log0"].state.size() == event::Checkpoint::kMaxStateBytes);
}
