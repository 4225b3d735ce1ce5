#include "agent/buffer/ack_slot.h"

#include "agent/base/binary_io.h"
#include "agent/base/crc32c.h"
#include "tests/support/catch.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;

namespace {

const std::string kPath = "/data/ack";

struct Rig {
  Rig() : fs(clock) { (void)fs.make_dirs("/data"); }
  buffer::AckSlot open() {
    auto slot = buffer::AckSlot::open(fs, kPath);
    REQUIRE(slot.ok());
    return std::move(*slot);
  }
  SimClock clock;
  SimFs fs;
};

buffer::AckState state_of(event::FrameId settled) {
  buffer::AckState state;
  state.settled = settled;
  state.ledger = event::DeliveryLedger{settled, 2, 3, 4, 5};
  state.doubted = 6;
  state.targets[settled + 1] = std::string(255, 'i');
  state.targets[settled + 2] = "?kubeaudit-000001";
  return state;
}

bool same(const buffer::AckState& a, const buffer::AckState& b) {
  return a.settled == b.settled && a.ledger.created == b.ledger.created &&
         a.ledger.existed == b.ledger.existed && a.ledger.dead_lettered == b.ledger.dead_lettered &&
         a.ledger.forgotten == b.ledger.forgotten && a.ledger.lost == b.ledger.lost &&
         a.doubted == b.doubted && a.targets == b.targets;
}

}  // namespace

TEST_CASE("what was stored last is read again, by the agent and by tools", "[buffer]") {
  Rig rig;
  {
    buffer::AckSlot slot = rig.open();
    CHECK(slot.empty());
    for (event::FrameId n = 1; n <= 5; ++n) {
      REQUIRE(slot.store(state_of(n)).ok());
    }
  }
  rig.fs.restart();
  buffer::AckSlot slot = rig.open();
  CHECK(same(slot.state(), state_of(5)));
  CHECK_FALSE(slot.damaged());
  CHECK_FALSE(slot.empty());
  auto peeked = buffer::AckSlot::peek(rig.fs, kPath);
  REQUIRE(peeked.ok());
  CHECK(same(*peeked, state_of(5)));
}

TEST_CASE("as many targets as there can be fit into a slot", "[buffer]") {
  Rig rig;
  buffer::AckState state;
  for (std::uint64_t n = 0; n < buffer::AckState::kMaxTargets; ++n) {
    state.targets[~n] = "?" + std::string(255, 'i');
  }
  REQUIRE(rig.open().store(state).ok());
  CHECK(same(rig.open().state(), state));
}

TEST_CASE("a damaged newest slot leaves the state before it, and says so", "[buffer]") {
  Rig rig;
  buffer::AckSlot slot = rig.open();
  REQUIRE(slot.store(state_of(1)).ok());
  REQUIRE(slot.store(state_of(2)).ok());
  const std::string good = rig.fs.get(kPath);
  REQUIRE(good.size() == 8192);
  for (std::uint64_t at = 0; at < 4096; at += 13) {  // store() number 2 is in the slot at 0
    rig.fs.put(kPath, good);
    rig.fs.flip_bit(kPath, at, static_cast<unsigned>(at % 8));
    buffer::AckSlot damaged = rig.open();
    REQUIRE(same(damaged.state(), state_of(1)));
    REQUIRE(damaged.damaged());
  }
}

TEST_CASE("with both slots damaged the slot is empty, and works on", "[buffer]") {
  Rig rig;
  {
    buffer::AckSlot slot = rig.open();
    REQUIRE(slot.store(state_of(1)).ok());
    REQUIRE(slot.store(state_of(2)).ok());
  }
  rig.fs.flip_bit(kPath, 10, 0);
  rig.fs.flip_bit(kPath, 5000, 0);
  {
    buffer::AckSlot slot = rig.open();
    CHECK(slot.empty());
    CHECK(slot.damaged());
    REQUIRE(slot.store(state_of(3)).ok());
  }
  CHECK(same(rig.open().state(), state_of(3)));
}

TEST_CASE("a slot blanked after the second store is damage", "[buffer]") {
  Rig rig;
  {
    buffer::AckSlot slot = rig.open();
    REQUIRE(slot.store(state_of(1)).ok());
    CHECK_FALSE(rig.open().damaged());
    REQUIRE(slot.store(state_of(2)).ok());
    REQUIRE(slot.store(state_of(3)).ok());
  }
  rig.fs.write(kPath, 4096, std::string(4096, '\0'));
  buffer::AckSlot slot = rig.open();
  CHECK(slot.damaged());
  CHECK(same(slot.state(), state_of(2)));
}

TEST_CASE("a store that fails leaves the old state, whatever call fails", "[buffer]") {
  for (std::uint64_t call = 1; call <= 2; ++call) {
    Rig rig;
    buffer::AckSlot slot = rig.open();
    REQUIRE(slot.store(state_of(1)).ok());
    rig.fs.fail_call(rig.fs.calls() + call, {Error{Errc::no_space, "full"}, true});
    CHECK_FALSE(slot.store(state_of(2)).ok());
    CHECK(same(slot.state(), state_of(1)));
    SimRng rng(call);
    rig.fs.power_cut(rng);
    const buffer::AckState found = rig.open().state();
    CHECK((same(found, state_of(1)) || same(found, state_of(2))));
  }
}

TEST_CASE("a slot of a newer version is refused and stays as it is", "[buffer]") {
  Rig rig;
  REQUIRE(rig.open().store(state_of(1)).ok());
  std::string bytes = rig.fs.get(kPath);
  bytes[4096 + 4] = 2;  // version
  std::string crc;
  put_u32(crc, crc32c(std::string_view(bytes).substr(4096, 4092)));
  bytes.replace(8188, 4, crc);
  rig.fs.put(kPath, bytes);
  auto slot = buffer::AckSlot::open(rig.fs, kPath);
  REQUIRE_FALSE(slot.ok());
  CHECK(slot.error().code == Errc::newer_version);
  CHECK(rig.fs.get(kPath) == bytes);
}

TEST_CASE("a state whose sync failed is made durable before anybody rests on it", "[buffer]") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Rig rig;
    {
      buffer::AckSlot slot = rig.open();
      REQUIRE(slot.store(state_of(1)).ok());
      rig.fs.fail_call(rig.fs.calls() + 2);  // the sync
      CHECK_FALSE(slot.store(state_of(2)).ok());
    }
    const event::FrameId trusted = rig.open().state().settled;
    SimRng rng(seed);
    rig.fs.power_cut(rng);
    REQUIRE(rig.open().state().settled >= trusted);
  }
}
