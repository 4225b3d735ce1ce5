// Two destinations of one buffer, one of them slow: whatever call fails and wherever power is cut,
// each of them has settled a document or is handed it again, and B1 to B4 hold for both.
#include <algorithm>
#include <deque>
#include <utility>

#include "agent/buffer/segment_log.h"
#include "tests/support/buffer_rig.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace auditship::test;

namespace {

struct Known {
  // Documents that the destination settled, and one behind the last that it was handed out.
  std::uint64_t settled[2] = {0, 0};
  std::uint64_t sent = 0;
  event::FrameId sent_frame = 0;
};

// Settles the first n of what is in flight to a destination.
bool settle_some(BufferRig& rig, buffer::DestinationId destination,
                 std::deque<std::pair<event::FrameId, std::uint64_t>>& flying, std::size_t n,
                 Known& known) {
  buffer::AckState ack = rig.log->ack(destination);
  for (; n > 0 && !flying.empty(); --n) {
    ack.settled = flying.front().first;
    ack.ledger.created += flying.front().second;
    flying.pop_front();
  }
  if (!rig.log->store(destination, ack)) {
    return false;
  }
  known.settled[destination] = ack.ledger.accounted();
  return true;
}

// The main destination settles twice as often as the other. False: a call failed.
bool live(BufferRig& rig, std::uint64_t rounds, Known& known) {
  if (!rig.open()) {
    return false;
  }
  std::deque<std::pair<event::FrameId, std::uint64_t>> flying[2];
  for (std::uint64_t i = 0; i < rounds; ++i) {
    if (!rig.add(1 + i % 3)) {
      return false;
    }
    for (const buffer::DestinationId destination : {std::size_t{0}, std::size_t{1}}) {
      while (true) {
        auto frame = rig.log->next(destination);
        if (!frame) {
          return false;
        }
        if (!*frame) {
          break;
        }
        flying[destination].emplace_back((*frame)->id, (*frame)->batch.documents);
        known.sent_frame = std::max(known.sent_frame, (*frame)->id);
        const auto numbers = numbers_in((*frame)->batch);
        known.sent = numbers.empty() ? known.sent : std::max(known.sent, numbers.back() + 1);
      }
      if (i % (2 + 2 * destination) == 1 &&
          !settle_some(rig, destination, flying[destination], 1 + i % 3, known)) {
        return false;
      }
    }
  }
  return true;
}

void check_recovery(BufferRig& rig, const Known& known) {
  const Status status = rig.open();
  INFO((status ? std::string() : status.error().message));
  REQUIRE(status.ok());
  REQUIRE(rig.resume() >= known.sent);  // what was sent is not read again: B4
  const std::uint64_t made = rig.log->ledger().documents;
  REQUIRE(made == rig.resume());
  REQUIRE(rig.log->settled() == std::min(rig.log->ack(0).settled, rig.log->ack(1).settled));
  for (const buffer::DestinationId destination : {std::size_t{0}, std::size_t{1}}) {
    INFO("destination " << destination);
    const std::uint64_t accounted = rig.log->ack(destination).ledger.accounted();
    REQUIRE(accounted >= known.settled[destination]);
    const auto drained = rig.drain(destination);
    REQUIRE(drained.error.empty());
    REQUIRE_FALSE(drained.wrong);
    REQUIRE(drained.lost == 0);
    REQUIRE(drained.lost_ranges.empty());
    REQUIRE(accounted + drained.documents.size() == made);
    if (!drained.documents.empty()) {
      REQUIRE(*drained.documents.begin() == accounted);
      REQUIRE(*drained.documents.rbegin() == made - 1);
    }
  }
  const event::FrameId last = rig.log->last();
  REQUIRE(last >= known.sent_frame);
  REQUIRE(rig.add(2).ok());
  REQUIRE(rig.log->last() > last);
  REQUIRE(rig.drain(0).documents.size() == 2);
  REQUIRE(rig.drain(1).documents.size() == 2);
}

struct TwoRig : BufferRig {
  TwoRig() { options.destinations = {"main", "archive"}; }
};

}  // namespace

TEST_CASE("whichever call fails, and however, both destinations get every document",
          "[buffer][fault]") {
  const auto how = GENERATE(SimFault{Error{Errc::io, "Input/output error"}, false},
                            SimFault{Error{Errc::io, "Input/output error"}, true},
                            SimFault{Error{Errc::no_space, "No space left on device"}, true});
  std::uint64_t call = 0;
  bool failed = true;
  while (failed) {
    ++call;
    TwoRig rig;
    rig.fs.fail_call(call, how);
    Known known;
    (void)live(rig, 14, known);
    INFO("call " << call << ": " << how.error.message);
    failed = rig.fs.calls() >= call;
    rig.log.reset();
    rig.fs.restart();
    check_recovery(rig, known);
    if (call > 2000) {
      FAIL("the history does not end");
    }
  }
  REQUIRE(call > 60);
}

TEST_CASE("power cut at any call: both destinations get every document", "[buffer][fault]") {
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    SimRng rng(seed);
    TwoRig rig;
    rig.fs.crash_at(1 + rng.next() % 200);
    Known known;
    (void)live(rig, 14, known);
    INFO("seed " << seed);
    rig.log.reset();
    rig.fs.power_cut(rng);
    check_recovery(rig, known);
  }
}

TEST_CASE(
    "a destination that is added or removed while power is cut is there or not, and no frame "
    "of the other is lost",
    "[buffer][fault]") {
  for (std::uint64_t call = 1; call <= 60; ++call) {
    const bool add = call % 2 == 0;
    BufferRig rig;
    rig.options.destinations = {"main"};
    if (!add) {
      rig.options.destinations.emplace_back("archive");
    }
    REQUIRE(rig.open().ok());
    for (int i = 0; i < 6; ++i) {
      REQUIRE(rig.add(2).ok());
    }
    REQUIRE(rig.settle(3, 6).ok());
    rig.options.destinations = {"main"};
    if (add) {
      rig.options.destinations.emplace_back("archive");
    }
    rig.fs.crash_at(rig.fs.calls() + (call + 1) / 2);
    if (rig.open() && !add) {
      (void)rig.log->remove_destination("archive");
    }
    rig.log.reset();
    SimRng rng(call);
    rig.fs.power_cut(rng);
    INFO("call " << call);
    REQUIRE(rig.open().ok());
    REQUIRE(rig.log->ack(0).settled >= 3);
    const auto drained = rig.drain(0);
    REQUIRE(drained.lost == 0);
    REQUIRE(drained.documents.size() == 6);
    if (add) {
      REQUIRE(rig.drain(1).documents.size() + rig.log->ack(1).ledger.before_added == 12);
    } else {
      const Status removed = rig.log->remove_destination("archive");
      REQUIRE((removed.ok() || removed.error().code == Errc::not_found));
      REQUIRE(rig.log->settled() == rig.log->ack(0).settled);
    }
  }
}
