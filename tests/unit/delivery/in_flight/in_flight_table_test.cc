#include "agent/delivery/in_flight/in_flight_table.h"

#include "tests/support/buffer_rig.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::test;
using namespace auditship::delivery::in_flight;

namespace {

constexpr TimePoint kStart = TimePoint() + std::chrono::hours(1);

buffer::StoredFrame frame(event::FrameId id, std::uint64_t documents) {
  buffer::StoredFrame stored;
  stored.id = id;
  stored.batch = numbered_batch(0, documents, 0);
  return stored;
}

}  // namespace

TEST_CASE("batches leave the table when they are done, in the order of their frames",
          "[in_flight_table]") {
  InFlightTable table;
  InFlightBatch& first = table.start_flight(frame(1, 2), 77);
  InFlightBatch& second = table.start_flight(frame(2, 1), 88);
  CHECK(first.requests.front().payload.documents == 2);
  CHECK(table.oldest_ns() == 77);
  second.requests.clear();
  CHECK_FALSE(table.take_done());
  table.find(1).requests.clear();
  CHECK(table.take_done()->id == 1);
  CHECK(table.take_done()->id == 2);
  CHECK_FALSE(table.take_done());
  CHECK(table.empty());
  CHECK(table.oldest_ns() == 0);
}

TEST_CASE("a batch whose lines are to be read again is not done before that", "[in_flight_table]") {
  InFlightTable table;
  buffer::StoredFrame lost = frame(1, 0);
  lost.lost_ranges.resize(1);
  table.start_flight(std::move(lost), 0);
  CHECK(table.lost_ranges().size() == 1);
  CHECK(table.stalled() == 1);
  CHECK_FALSE(table.take_done());
  table.repaired();
  CHECK(table.lost_ranges().empty());
  CHECK(table.take_done()->id == 1);
}

TEST_CASE("a request is ready when its target is stored and its pause is over",
          "[in_flight_table]") {
  InFlightTable table;
  InFlightBatch& batch = table.start_flight(frame(1, 1), 0);
  CHECK_FALSE(table.next_ready(kStart));
  CHECK_FALSE(table.next_ready_at());
  batch.stored = true;
  batch.requests.front().not_before = kStart + std::chrono::seconds(5);
  CHECK_FALSE(table.next_ready(kStart));
  CHECK(table.next_ready_at() == kStart + std::chrono::seconds(5));
  REQUIRE(table.next_ready(kStart + std::chrono::seconds(5)));
  batch.requests.front().sending = true;
  CHECK(table.under_way() == 1);
  CHECK_FALSE(table.next_ready(kStart + std::chrono::seconds(5)));
  CHECK(InFlightTable::find_sending(batch, batch.requests.front().number)->sending);
}

TEST_CASE("what was never answered goes last, and keeps no other waiting", "[in_flight_table]") {
  InFlightTable table;
  InFlightBatch& first = table.start_flight(frame(1, 1), 0);
  InFlightBatch& second = table.start_flight(frame(2, 1), 0);
  first.stored = second.stored = true;
  first.requests.front().silences = 1;
  CHECK(table.next_ready(kStart)->batch->id == 2);
  CHECK(table.stalled() == 1);
  second.requests.front().sending = true;
  CHECK(table.next_ready(kStart)->batch->id == 1);
}

TEST_CASE("requests made of another one go where that goes", "[in_flight_table]") {
  InFlightTable table;
  InFlightBatch& batch = table.start_flight(frame(1, 2), 0);
  PendingRequest& before = batch.requests.front();
  before.index = "app-000001";
  before.attempts = 3;
  before.silences = 9;
  before.repaired = true;
  const std::uint64_t number = before.number;
  table.replace(batch, batch.requests.begin(), {before.payload, before.payload}, 2, kStart);
  REQUIRE(batch.requests.size() == 2);
  for (const PendingRequest& made : batch.requests) {
    CHECK(made.index == "app-000001");
    CHECK(made.repaired);
    CHECK(made.attempts == 0);
    CHECK(made.silences == 2);
    CHECK(made.silent_since == kStart);
    CHECK(made.number > number);
  }
  CHECK_FALSE(table.any_failed());
  batch.requests.back().failed = true;
  CHECK(table.any_failed());
}
