// A buffer whose frames go to more than one destination.
#include "agent/buffer/segment_log.h"
#include "tests/support/buffer_rig.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::test;

namespace {

constexpr buffer::DestinationId kMain = 0, kArchive = 1;

std::set<std::uint64_t> range(std::uint64_t from, std::uint64_t to) {
  std::set<std::uint64_t> out;
  for (; from < to; ++from) {
    out.insert(from);
  }
  return out;
}

// Each frame of two documents is a segment of its own.
struct TwoRig : BufferRig {
  TwoRig() {
    options.segment_bytes = 1;
    options.destinations = {"main", "archive"};
  }
  void fill(int frames) {
    for (int i = 0; i < frames; ++i) {
      REQUIRE(add(2).ok());
    }
  }
};

}  // namespace

TEST_CASE("each destination gets every frame, in its own time", "[buffer]") {
  TwoRig rig;
  REQUIRE(rig.open().ok());
  rig.fill(3);
  CHECK(rig.drain(kMain).documents == range(0, 6));
  CHECK(rig.log->handed_out(kMain) == 3);
  CHECK(rig.log->handed_out(kArchive) == 0);
  rig.fill(1);
  CHECK(rig.drain(kArchive).documents == range(0, 8));
  CHECK(rig.drain(kMain).documents == range(6, 8));
}

TEST_CASE("a segment goes when all destinations have settled it", "[buffer]") {
  TwoRig rig;
  REQUIRE(rig.open().ok());
  rig.fill(4);
  REQUIRE(rig.segments() == 4);
  REQUIRE(rig.settle(3, 6, kMain).ok());
  CHECK(rig.segments() == 4);
  CHECK(rig.log->settled() == 0);
  REQUIRE(rig.settle(2, 4, kArchive).ok());
  CHECK(rig.log->settled() == 2);
  CHECK(rig.segments() == 2);
  REQUIRE(rig.open().ok());
  CHECK(rig.log->ack(kMain).settled == 3);
  CHECK(rig.log->ack(kArchive).settled == 2);
  CHECK(rig.drain(kMain).documents == range(6, 8));
  CHECK(rig.drain(kArchive).documents == range(4, 8));
}

TEST_CASE("a buffer is full as long as one destination needs its frames", "[buffer]") {
  TwoRig rig;
  REQUIRE(rig.open().ok());
  rig.fill(2);
  rig.log->set_max_bytes(1);
  REQUIRE(rig.settle(2, 4, kMain).ok());
  CHECK(rig.log->append(numbered_batch(4, 6, 4)).error().code == Errc::no_space);
  REQUIRE(rig.settle(2, 4, kArchive).ok());
  CHECK(rig.log->append(numbered_batch(4, 6, 4)).ok());
}

TEST_CASE("a destination that is added begins at the oldest frame that is there", "[buffer]") {
  TwoRig rig;
  rig.options.destinations = {"main"};
  REQUIRE(rig.open().ok());
  rig.fill(5);
  REQUIRE(rig.settle(3, 6, kMain).ok());
  REQUIRE(rig.segments() == 2);
  rig.options.destinations = {"main", "archive"};
  for (int start = 0; start < 2; ++start) {
    REQUIRE(rig.open().ok());
    const buffer::AckState& added = rig.log->ack(kArchive);
    CHECK(added.settled == 3);
    CHECK(added.doubted == 0);
    CHECK(added.ledger.before_added == 6);
    CHECK(added.ledger.settled() == 0);
    CHECK(rig.drain(kArchive).documents == range(6, 10));
    CHECK(rig.log->ledger().documents == added.ledger.accounted() + 4);
  }
}

TEST_CASE("one that is added to a settled buffer gets what its newest segment still holds",
          "[buffer]") {
  TwoRig rig;
  rig.options.destinations = {"main"};
  rig.options.segment_bytes = 1 << 20;
  REQUIRE(rig.open().ok());
  rig.fill(3);
  REQUIRE(rig.settle(3, 6, kMain).ok());
  rig.options.destinations = {"archive", "main"};
  REQUIRE(rig.open().ok());
  CHECK(rig.drain(0).documents == range(0, 6));
  CHECK(rig.drain(1).documents.empty());
}

TEST_CASE("a destination that is not named keeps its frames until it is removed on purpose",
          "[buffer]") {
  TwoRig rig;
  REQUIRE(rig.open().ok());
  rig.fill(4);
  rig.options.destinations = {"main"};
  REQUIRE(rig.open().ok());
  REQUIRE(rig.settle(4, 8, kMain).ok());
  // Those of the frames, and the one that was begun at the start.
  CHECK(rig.segments() == 5);
  REQUIRE(rig.open().ok());
  CHECK(rig.segments() == 5);
  CHECK(rig.log->remove_destination("other").error().code == Errc::not_found);
  REQUIRE(rig.log->remove_destination("archive").ok());
  CHECK(rig.segments() == 1);
  REQUIRE(rig.open().ok());
  CHECK(rig.log->settled() == 4);
  // Named again, it is a new one.
  rig.options.destinations = {"main", "archive"};
  REQUIRE(rig.open().ok());
  CHECK(rig.log->ack(kArchive).ledger.before_added == 8);
}

TEST_CASE("a removal that fails leaves the destination and its frames", "[buffer]") {
  TwoRig rig;
  REQUIRE(rig.open().ok());
  rig.fill(3);
  rig.options.destinations = {"main"};
  REQUIRE(rig.open().ok());
  REQUIRE(rig.settle(3, 6, kMain).ok());
  rig.fs.fail_call(rig.fs.calls() + 1);
  CHECK_FALSE(rig.log->remove_destination("archive").ok());
  CHECK(rig.segments() == 4);
  REQUIRE(rig.log->remove_destination("archive").ok());
  CHECK(rig.segments() == 1);
}

TEST_CASE("damage is a loss for those who had not settled it, and for nobody else", "[buffer]") {
  TwoRig rig;
  REQUIRE(rig.open().ok());
  rig.fill(4);
  REQUIRE(rig.settle(2, 4, kMain).ok());
  rig.log.reset();
  const std::string path = "/data/buffer/seg-0000000000000002.log";
  const std::string bytes = rig.fs.get(path);
  rig.fs.flip_bit(path, bytes.size() - 1, 0);
  REQUIRE(rig.open().ok());
  const auto main = rig.drain(kMain);
  CHECK(main.lost == 0);
  CHECK(main.lost_ranges.empty());
  CHECK(main.documents == range(4, 8));
  const auto archive = rig.drain(kArchive);
  CHECK(archive.lost == 2);
  REQUIRE(archive.lost_ranges.size() == 1);
  CHECK(archive.lost_ranges[0].from.position == place_of(2));
  CHECK(archive.lost_ranges[0].to == place_of(4));
  CHECK(rig.log->damage().lost_documents == 2);
}

TEST_CASE("with both slots lost every destination gets all that is there again, doubted",
          "[buffer]") {
  TwoRig rig;
  REQUIRE(rig.open().ok());
  rig.fill(5);
  REQUIRE(rig.settle(4, 8, kMain).ok());
  REQUIRE(rig.settle(2, 4, kArchive).ok());
  rig.log.reset();
  rig.fs.unlink("/data/buffer/ack");
  REQUIRE(rig.open().ok());
  for (const buffer::DestinationId each : {kMain, kArchive}) {
    CHECK(rig.log->ack(each).doubted == buffer::AckState::kAllDoubted);
    CHECK(rig.log->ack(each).ledger.unattributed == 4);
    CHECK(rig.drain(each).documents == range(4, 10));
  }
}

TEST_CASE("a list of destinations that cannot be kept is refused", "[buffer]") {
  const auto refused = [](std::vector<std::string> names) {
    BufferRig rig;
    rig.options.destinations = std::move(names);
    const Status status = rig.open();
    return !status && status.error().code == Errc::invalid;
  };
  CHECK(refused({}));
  CHECK(refused({""}));
  CHECK(refused({"a", "a"}));
  CHECK(refused({std::string(buffer::kMaxDestinationNameBytes + 1, 'n')}));
  CHECK(refused({"1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  CHECK_FALSE(refused({"1", "2", "3", "4", "5", "6", "7", "8"}));
}
