#include "agent/buffer/batch_builder.h"

#include "agent/base/compression/unpacker.h"
#include "agent/buffer/frame.h"
#include "tests/support/buffer_rig.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::test;
using std::chrono::milliseconds;

namespace {

const TimePoint kStart{std::chrono::hours(1)};

event::SourceSpan span_of(std::uint64_t from, std::uint64_t to,
                          const std::string& source = "/log") {
  return numbered_batch(from, to, 0, source).spans[0];
}

}  // namespace

TEST_CASE("a batch holds the documents in order, packed", "[buffer]") {
  buffer::BatchBuilder builder(Codec::gzip, buffer::BatchLimits{});
  builder.add_documents(bulk_lines(0) + bulk_lines(1), 2, 50, kStart);
  builder.add_documents(bulk_lines(2), 1, 40, kStart);
  builder.add_documents(bulk_lines(3), 1, 0, kStart);  // no time of its own
  builder.move(span_of(0, 4), kStart);
  event::ReadLedger ledger;
  ledger.lines = 4;
  const event::Batch batch = builder.close(ledger);
  CHECK(batch.documents == 4);
  CHECK(batch.oldest_ns == 40);
  CHECK(batch.ledger.lines == 4);
  auto raw = unpack(batch.codec, batch.body, 1 << 20);
  REQUIRE(raw.ok());
  CHECK(*raw == bulk_lines(0) + bulk_lines(1) + bulk_lines(2) + bulk_lines(3));
  CHECK(batch.raw_bytes == raw->size());
  CHECK(builder.empty());
}

TEST_CASE("nothing of one batch is left in the next", "[buffer]") {
  buffer::BatchBuilder builder(Codec::gzip, buffer::BatchLimits{});
  builder.add_documents(bulk_lines(0), 1, 50, kStart);
  builder.move(span_of(0, 1), kStart);
  (void)builder.close(event::ReadLedger{});
  builder.move(span_of(1, 2), kStart);
  const event::Batch batch = builder.close(event::ReadLedger{});
  CHECK(batch.documents == 0);
  CHECK(batch.body.empty());
  CHECK(batch.raw_bytes == 0);
  CHECK(batch.oldest_ns == 0);
  REQUIRE(batch.spans.size() == 1);
  CHECK(batch.spans[0].before == place_of(1));
}

TEST_CASE("a batch of few documents waits for more, one of many does not", "[buffer]") {
  buffer::BatchBuilder builder(Codec::none, buffer::BatchLimits{});
  builder.add_documents("x", 29, 0, kStart);
  CHECK(builder.due_at() == kStart + std::chrono::seconds(30));
  builder.add_documents("x", 1, 0, kStart + milliseconds(400));
  CHECK(builder.due_at() == kStart + std::chrono::seconds(1));
  (void)builder.close(event::ReadLedger{});
  builder.move(span_of(0, 1), kStart + std::chrono::seconds(2));  // lines that were left out
  CHECK(builder.due_at() == kStart + std::chrono::seconds(32));
}

TEST_CASE("a document in a hurry closes its batch, but not more than once in a while", "[buffer]") {
  const auto hurry = [](buffer::BatchBuilder& builder, Duration at) {
    builder.add_documents("x", 1, 0, kStart + at);
    builder.hurry();
    return builder.due_at() - kStart;
  };
  buffer::BatchBuilder builder(Codec::none, buffer::BatchLimits{});
  CHECK(hurry(builder, milliseconds(0)) == Duration(0));
  (void)builder.close(event::ReadLedger{});
  CHECK(hurry(builder, milliseconds(10)) == Duration(milliseconds(1000)));
  (void)builder.close(event::ReadLedger{});
  builder.add_documents("x", 1, 0, kStart + milliseconds(1500));  // in none
  CHECK(builder.due_at() == kStart + milliseconds(31500));
  CHECK(hurry(builder, milliseconds(5000)) == Duration(milliseconds(1500)));
  (void)builder.close(event::ReadLedger{});

  buffer::BatchLimits limits;
  limits.prompt = false;
  buffer::BatchBuilder patient(Codec::none, limits);
  CHECK(hurry(patient, milliseconds(0)) == Duration(std::chrono::seconds(30)));
  limits.max_age = milliseconds(50);  // wins over min_age
  buffer::BatchBuilder brief(Codec::none, limits);
  brief.add_documents("x", 100, 0, kStart);
  CHECK(brief.due_at() == kStart + milliseconds(50));
}

TEST_CASE("a batch is due by size, by count or by age", "[buffer]") {
  buffer::BatchLimits limits;
  limits.max_bytes = 100;
  limits.max_documents = 3;
  limits.min_age = limits.max_age = milliseconds(1000);
  buffer::BatchBuilder builder(Codec::none, limits);
  CHECK_FALSE(builder.due(kStart + std::chrono::hours(1)));  // empty

  builder.add_documents("x", 1, 0, kStart);
  CHECK_FALSE(builder.due(kStart + milliseconds(999)));
  CHECK(builder.due(kStart + milliseconds(1000)));
  CHECK(builder.due_at() == kStart + milliseconds(1000));
  builder.add_documents("x", 2, 0, kStart + milliseconds(500));
  CHECK(builder.due(kStart));  // three documents
  (void)builder.close(event::ReadLedger{});

  builder.add_documents(std::string(99, 'x'), 1, 0, kStart + milliseconds(5000));
  CHECK_FALSE(builder.due(kStart + milliseconds(5001)));
  builder.add_documents("x", 1, 0, kStart);
  CHECK(builder.full());
  (void)builder.close(event::ReadLedger{});
  CHECK_FALSE(builder.full());
}

TEST_CASE("spans of one source are joined into one, those of others stay apart", "[buffer]") {
  buffer::BatchBuilder builder(Codec::none, buffer::BatchLimits{});
  event::SourceSpan first = span_of(0, 2);
  event::SourceSpan second = span_of(2, 5);
  first.after.input_state = "one";
  second.after.input_state = "two";
  builder.move(first, kStart);
  builder.move(span_of(0, 1, "/other"), kStart);
  builder.move(second, kStart);
  const event::Batch batch = builder.close(event::ReadLedger{});
  REQUIRE(batch.spans.size() == 2);
  CHECK(batch.spans[0].before == place_of(0));
  CHECK(batch.spans[0].after.position == place_of(5));
  CHECK(batch.spans[0].after.input_state == "two");
  CHECK(batch.spans[1].source == "/other");
}

TEST_CASE("states of many sources close a batch before its frame is over a limit", "[buffer]") {
  buffer::BatchBuilder builder(Codec::none, buffer::BatchLimits{});
  std::size_t sources = 0;
  while (!builder.full()) {
    event::SourceSpan span;
    span.source = "/log" + std::to_string(sources++);
    span.after.state = std::string(event::Checkpoint::kMaxStateBytes, 'x');
    builder.move(span, TimePoint{});
    span.before = span.after.position;
    builder.move(span, TimePoint{});  // in place of the first one
    REQUIRE(sources < 100);
  }
  CHECK(sources == 8);
  CHECK(buffer::encode_frame_front(1, builder.close(event::ReadLedger{})).size() <
        buffer::kMaxMetaBytes);
  CHECK_FALSE(builder.full());
}

TEST_CASE("states that are not there yet count by what they take at the most", "[buffer]") {
  buffer::BatchBuilder builder(Codec::none, buffer::BatchLimits{});
  const std::size_t half = buffer::BatchBuilder::kFullSpanBytes / 2;
  builder.move(span_of(0, 1), kStart, half);
  builder.move(span_of(1, 2), kStart, half);  // in place of the first one
  CHECK_FALSE(builder.full());
  builder.move(span_of(0, 1, "/other"), kStart, half);
  CHECK(builder.full());
  builder.move(span_of(1, 2, "/other"), kStart, 10);
  CHECK_FALSE(builder.full());
}

TEST_CASE("positions of very many sources close a batch before its frame is over a limit",
          "[buffer]") {
  buffer::BatchBuilder builder(Codec::none, buffer::BatchLimits{});
  std::size_t sources = 0;
  while (!builder.full()) {
    event::SourceSpan span;
    span.source = std::string(4000, 'p') + std::to_string(sources++);
    span.before.bytes = std::string(event::Cursor::kMaxBytes, 'b');
    span.after.position.bytes = std::string(event::Cursor::kMaxBytes, 'a');
    span.after.input_state = std::string(event::Checkpoint::kMaxInputStateBytes, 'h');
    builder.move(span, TimePoint{});
    REQUIRE(sources < 1000);
  }
  const event::Batch batch = builder.close(event::ReadLedger{});
  CHECK(batch.spans.size() == sources);
  CHECK(buffer::encode_frame_front(1, batch).size() < buffer::kMaxMetaBytes);
}
