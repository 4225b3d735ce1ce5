#include "agent/buffer/ack_slot.h"

#include <algorithm>
#include <optional>

#include "agent/base/encoding/binary_io.h"
#include "agent/base/encoding/crc32c.h"
#include "agent/buffer/frame.h"

namespace auditship::buffer {
namespace {

// Where the second slot begins, and so the most that one may hold.
constexpr std::size_t kSlotBytes = 32768;
constexpr std::size_t kHeadBytes = 20;
constexpr std::uint32_t kMagic = 0x4B415341;  // "ASAK"

struct Slot {
  std::uint64_t seq = 0;
  AckStates states;
};

// The order of the counters on disk.
template <typename Ledger, typename Visit>
void each_counter(Ledger& l, Visit visit) {
  for (auto* counter :
       {&l.created, &l.duplicate, &l.dead_lettered, &l.unattributed, &l.lost, &l.before_added}) {
    visit(*counter);
  }
}

void put_state(std::string& out, const AckState& state) {
  put_u64(out, state.settled);
  put_u64(out, state.doubted);
  each_counter(state.ledger, [&](const std::uint64_t& counter) { put_u64(out, counter); });
  AUDITSHIP_CHECK(state.targets.size() <= AckState::kMaxTargets, "targets over their limit");
  put_varint(out, state.targets.size());
  for (const auto& [frame, index] : state.targets) {
    AUDITSHIP_CHECK(index.size() <= AckState::kMaxTargetBytes, "index name over its limit");
    put_varint(out, frame);
    put_bytes(out, index);
  }
}

// False: damaged.
bool get_state(WireReader& in, AckState& state) {
  state.settled = in.u64();
  state.doubted = in.u64();
  each_counter(state.ledger, [&](std::uint64_t& counter) { counter = in.u64(); });
  const std::uint64_t targets = in.varint();
  if (!in.ok() || targets > AckState::kMaxTargets) {
    return false;
  }
  for (std::uint64_t i = 0; i < targets; ++i) {
    const event::FrameId frame = in.varint();
    state.targets[frame] = in.bytes(AckState::kMaxTargetBytes);
  }
  return in.ok();
}

bool get_states(WireReader& in, AckStates& states) {
  const std::uint64_t count = in.varint();
  if (!in.ok() || count > kMaxDestinations) {
    return false;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string name(in.bytes(kMaxDestinationNameBytes));
    if (!in.ok() || name.empty() || !get_state(in, states[std::move(name)])) {
      return false;
    }
  }
  return in.at_end() && states.size() == count;
}

std::string encode(std::uint64_t seq, const AckStates& states) {
  AUDITSHIP_CHECK(states.size() <= kMaxDestinations, "destinations over their limit");
  std::string payload;
  put_varint(payload, states.size());
  for (const auto& [name, state] : states) {
    AUDITSHIP_CHECK(!name.empty() && name.size() <= kMaxDestinationNameBytes,
                    "name of a destination over its limit");
    put_bytes(payload, name);
    put_state(payload, state);
  }
  std::string out;
  put_u32(out, kMagic);
  put_u16(out, kBufferVersion);
  put_u16(out, 0);
  put_u64(out, seq);
  put_u32(out, static_cast<std::uint32_t>(payload.size()));
  out += payload;
  put_u32(out, crc32c(out));
  AUDITSHIP_CHECK(out.size() <= kSlotBytes, "ack slot over its size");
  return out;
}

// bytes: the whole slot, as far as the file has it.
Result<Slot> decode(std::string_view bytes) {
  const Error damaged{Errc::corrupt, "ack slot is damaged"};
  WireReader in(bytes);
  const std::uint32_t magic = in.u32();
  const std::uint16_t version = in.u16();
  (void)in.u16();
  Slot slot;
  slot.seq = in.u64();
  const std::uint32_t length = in.u32();
  const std::string_view payload = in.raw(length);
  const std::uint32_t crc = in.u32();
  if (!in.ok() || magic != kMagic || crc32c(bytes.substr(0, kHeadBytes + length)) != crc) {
    return damaged;
  }
  WireReader fields(payload);
  if (version != kBufferVersion) {
    return foreign_version(std::to_string(version));
  }
  // Whole, but not of this layout: no damage could do that.
  if (!get_states(fields, slot.states)) {
    return foreign_version("unknown");
  }
  return slot;
}

struct Found {
  std::optional<Slot> newest;
  bool damaged = false;
};

Result<Found> scan(File& file) {
  Found found;
  std::size_t blank = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    std::string bytes(kSlotBytes, '\0');
    auto got = file.read_at(i * kSlotBytes, bytes.data(), bytes.size());
    if (!got) {
      return got.error();
    }
    bytes.resize(*got);
    if (bytes.find_first_not_of('\0') == std::string::npos) {
      ++blank;
      continue;
    }
    auto slot = decode(bytes);
    if (!slot) {
      if (slot.error().code == Errc::newer_version) {
        return slot.error();
      }
      found.damaged = true;
    } else if (!found.newest || slot->seq > found.newest->seq) {
      found.newest = std::move(*slot);
    }
  }
  // Only before the second store() one slot is blank.
  found.damaged = found.damaged || (found.newest && found.newest->seq > 1 && blank > 0);
  return found;
}

}  // namespace

AckState furthest_behind(const AckStates& states) {
  const auto least = std::min_element(
      states.begin(), states.end(),
      [](const auto& a, const auto& b) { return a.second.settled < b.second.settled; });
  return least == states.end() ? AckState{} : least->second;
}

event::FrameId settled_by_all(const AckStates& states) {
  event::FrameId settled = states.empty() ? 0 : states.begin()->second.settled;
  for (const auto& [name, state] : states) {
    settled = std::min(settled, state.settled);
  }
  return settled;
}

Result<AckSlot> AckSlot::open(Fs& fs, const std::string& path) {
  AckSlot ack;
  auto file = fs.open(path, OpenMode::write);
  if (!file && file.error().code == Errc::not_found) {
    file = fs.open(path, OpenMode::create);
    if (file) {
      if (auto s = fs.sync_dir(directory_of(path)); !s) {
        return s.error();
      }
    }
  }
  if (!file) {
    return file.error();
  }
  ack.file_ = std::move(*file);
  auto found = scan(*ack.file_);
  if (!found) {
    return found.error().in(path);
  }
  ack.damaged_ = found->damaged;
  ack.empty_ = !found->newest;
  if (found->newest) {
    // It may stand in the page cache only, after a sync that failed: written again, before anything
    // rests on it.
    const std::uint64_t seq = found->newest->seq;
    if (auto s = ack.write(seq, found->newest->states); !s) {
      return s.error();
    }
    ack.seq_ = seq;
    ack.states_ = std::move(found->newest->states);
  }
  return ack;
}

Result<AckStates> AckSlot::peek(Fs& fs, const std::string& path) {
  auto file = fs.open(path, OpenMode::read);
  if (!file) {
    return file.error();
  }
  auto found = scan(**file);
  if (!found) {
    return found.error().in(path);
  }
  return found->newest ? std::move(found->newest->states) : AckStates{};
}

Status AckSlot::write(std::uint64_t seq, const AckStates& states) {
  if (auto s = file_->write_at((seq % 2) * kSlotBytes, encode(seq, states)); !s) {
    return s;
  }
  return file_->sync();
}

Status AckSlot::store(const AckStates& states) {
  if (auto s = write(seq_ + 1, states); !s) {
    return s;
  }
  ++seq_;
  states_ = states;
  return {};
}

}  // namespace auditship::buffer
