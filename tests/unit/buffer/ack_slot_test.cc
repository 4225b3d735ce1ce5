#include "agent/buffer/ack_slot.h"

#include "agent/base/encoding/binary_io.h"
#include "agent/base/encoding/crc32c.h"
#include "tests/support/catch.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;

namespace {

const std::string kPath = "/data/ack";
constexpr std::size_t kSecondSlot = 32768;

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

// Two destinations, of which the second is a frame behind.
buffer::AckStates state_of(event::FrameId settled) {
  buffer::AckState state;
  state.settled = settled;
  state.ledger = event::DeliveryLedger{settled, 2, 3, 4, 5, 6};
  state.doubted = 6;
  state.targets[settled + 1] = std::string(255, 'i');
  state.targets[settled + 2] = "?kubeaudit-000001";
  buffer::AckState behind;
  behind.settled = settled - 1;
  return {{"main", state}, {"archive", behind}};
}

bool same(const buffer::AckState& a, const buffer::AckState& b) {
  return a.settled == b.settled && a.ledger.created == b.ledger.created &&
         a.ledger.duplicate == b.ledger.duplicate &&
         a.ledger.dead_lettered == b.ledger.dead_lettered &&
         a.ledger.unattributed == b.ledger.unattributed && a.ledger.lost == b.ledger.lost &&
         a.ledger.before_added == b.ledger.before_added && a.doubted == b.doubted &&
         a.targets == b.targets;
}

bool same(const buffer::AckStates& a, const buffer::AckStates& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && same(x.second, y.second);
  });
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
  CHECK(same(slot.states(), state_of(5)));
  CHECK_FALSE(slot.damaged());
  CHECK_FALSE(slot.empty());
  auto peeked = buffer::AckSlot::peek(rig.fs, kPath);
  REQUIRE(peeked.ok());
  CHECK(same(*peeked, state_of(5)));
}

TEST_CASE("as many destinations and targets as there can be fit into a slot", "[buffer]") {
  Rig rig;
  buffer::AckStates states;
  for (std::size_t d = 0; d < buffer::kMaxDestinations; ++d) {
    const std::string name =
        std::to_string(d) + std::string(buffer::kMaxDestinationNameBytes - 1, 'd');
    buffer::AckState& state = states[name];
    state.settled = ~std::uint64_t{0};
    for (std::uint64_t n = 0; n < buffer::AckState::kMaxTargets; ++n) {
      state.targets[~n] = "?" + std::string(255, 'i');
    }
  }
  buffer::AckSlot slot = rig.open();
  REQUIRE(slot.store(states).ok());
  REQUIRE(slot.store(states).ok());
  CHECK(same(rig.open().states(), states));
  CHECK_FALSE(rig.open().damaged());
}

TEST_CASE("a frame is settled by all when the slowest destination has it", "[buffer]") {
  CHECK(buffer::settled_by_all({}) == 0);
  CHECK(buffer::settled_by_all(state_of(5)) == 4);
  CHECK(buffer::furthest_behind({}).settled == 0);
  CHECK(same(buffer::furthest_behind(state_of(5)), state_of(5)["archive"]));
}

TEST_CASE("a damaged newest slot leaves the state before it, and says so", "[buffer]") {
  Rig rig;
  buffer::AckSlot slot = rig.open();
  REQUIRE(slot.store(state_of(1)).ok());
  REQUIRE(slot.store(state_of(2)).ok());
  const std::string good = rig.fs.get(kPath);
  // store() number 2 is in the slot at 0, number 1 as long a one at kSecondSlot.
  const std::uint64_t size = good.size() - kSecondSlot;
  REQUIRE(size > 300);
  for (std::uint64_t at = 0; at < size; ++at) {
    rig.fs.put(kPath, good);
    rig.fs.flip_bit(kPath, at, static_cast<unsigned>(at % 8));
    buffer::AckSlot damaged = rig.open();
    REQUIRE(same(damaged.states(), state_of(1)));
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
  rig.fs.flip_bit(kPath, kSecondSlot + 10, 0);
  {
    buffer::AckSlot slot = rig.open();
    CHECK(slot.empty());
    CHECK(slot.damaged());
    REQUIRE(slot.store(state_of(3)).ok());
  }
  CHECK(same(rig.open().states(), state_of(3)));
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
  rig.fs.write(kPath, kSecondSlot, std::string(4096, '\0'));
  buffer::AckSlot slot = rig.open();
  CHECK(slot.damaged());
  CHECK(same(slot.states(), state_of(2)));
}

TEST_CASE("a store that fails leaves the old state, whatever call fails", "[buffer]") {
  for (std::uint64_t call = 1; call <= 2; ++call) {
    Rig rig;
    buffer::AckSlot slot = rig.open();
    REQUIRE(slot.store(state_of(1)).ok());
    rig.fs.fail_call(rig.fs.calls() + call, {Error{Errc::no_space, "full"}, true});
    CHECK_FALSE(slot.store(state_of(2)).ok());
    CHECK(same(slot.states(), state_of(1)));
    SimRng rng(call);
    rig.fs.power_cut(rng);
    const buffer::AckStates found = rig.open().states();
    CHECK((same(found, state_of(1)) || same(found, state_of(2))));
  }
}

TEST_CASE("a slot of another version is refused in clear words and stays as it is", "[buffer]") {
  const bool other_layout = GENERATE(false, true);
  Rig rig;
  REQUIRE(rig.open().store(state_of(1)).ok());
  std::string bytes = rig.fs.get(kPath);
  if (other_layout) {
    // More destinations than there can be.
    bytes[kSecondSlot + 20] = 100;
  } else {
    bytes[kSecondSlot + 4] = 2;
  }
  std::string crc;
  put_u32(crc, crc32c(std::string_view(bytes).substr(kSecondSlot, bytes.size() - kSecondSlot - 4)));
  bytes.replace(bytes.size() - 4, 4, crc);
  rig.fs.put(kPath, bytes);
  auto slot = buffer::AckSlot::open(rig.fs, kPath);
  REQUIRE_FALSE(slot.ok());
  CHECK(slot.error().code == Errc::newer_version);
  CHECK(slot.error().message.find(kPath) == 0);
  CHECK(slot.error().message.find(other_layout ? "format unknown" : "format 2") !=
        std::string::npos);
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
    const event::FrameId trusted = rig.open().states().find("main")->second.settled;
    SimRng rng(seed);
    rig.fs.power_cut(rng);
    REQUIRE(rig.open().states().find("main")->second.settled >= trusted);
  }
}
