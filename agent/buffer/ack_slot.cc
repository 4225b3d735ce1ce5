#include "agent/buffer/ack_slot.h"

#include <algorithm>
#include <optional>

#include "agent/base/binary_io.h"
#include "agent/base/crc32c.h"
#include "agent/buffer/frame.h"

namespace auditship::buffer {
namespace {

constexpr std::size_t kSlotBytes = 4096;
constexpr std::uint32_t kMagic = 0x4B415341;  // "ASAK"
constexpr std::uint16_t kVersion = 1;

struct Slot {
  std::uint64_t seq = 0;
  AckState state;
};

std::string encode(std::uint64_t seq, const AckState& state) {
  std::string out;
  put_u32(out, kMagic);
  put_u16(out, kVersion);
  put_u64(out, seq);
  put_u64(out, state.settled);
  put_u64(out, state.ledger.created);
  put_u64(out, state.ledger.existed);
  put_u64(out, state.ledger.dead_lettered);
  put_u64(out, state.ledger.forgotten);
  put_u64(out, state.ledger.lost);
  put_u64(out, state.doubted);
  put_varint(out, state.targets.size());
  for (const auto& [frame, index] : state.targets) {
    put_varint(out, frame);
    put_bytes(out, index);
  }
  AUDITSHIP_CHECK(out.size() <= kSlotBytes - 4, "ack slot over its size");
  out.resize(kSlotBytes - 4, '\0');
  put_u32(out, crc32c(out));
  return out;
}

Result<Slot> decode(std::string_view bytes) {
  const Error damaged{Errc::corrupt, "ack slot is damaged"};
  if (bytes.size() != kSlotBytes) {
    return damaged;
  }
  WireReader tail(bytes.substr(kSlotBytes - 4));
  if (crc32c(bytes.substr(0, kSlotBytes - 4)) != tail.u32()) {
    return damaged;
  }
  WireReader in(bytes);
  const std::uint32_t magic = in.u32();
  const std::uint16_t version = in.u16();
  if (magic == kMagic && version != kVersion) {
    return Error{Errc::newer_version,
                 "ack format " + std::to_string(version) + "; this auditship knows format " +
                     std::to_string(kVersion) + ". " + std::string(kForeignBufferAdvice)};
  }
  Slot slot;
  slot.seq = in.u64();
  slot.state.settled = in.u64();
  slot.state.ledger.created = in.u64();
  slot.state.ledger.existed = in.u64();
  slot.state.ledger.dead_lettered = in.u64();
  slot.state.ledger.forgotten = in.u64();
  slot.state.ledger.lost = in.u64();
  slot.state.doubted = in.u64();
  const std::uint64_t targets = in.varint();
  for (std::uint64_t i = 0; i < targets && i < AckState::kMaxTargets && in.ok(); ++i) {
    const event::FrameId frame = in.varint();
    slot.state.targets[frame] = in.bytes(AckState::kMaxTargetBytes);
  }
  if (!in.ok() || magic != kMagic || targets > AckState::kMaxTargets) {
    return damaged;
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
    return found.error();
  }
  ack.damaged_ = found->damaged;
  ack.empty_ = !found->newest;
  if (found->newest) {
    // It may stand in the page cache only, after a sync that failed: written again, before anything
    // rests on it.
    const std::uint64_t seq = found->newest->seq;
    if (auto s = ack.write(seq, found->newest->state); !s) {
      return s.error();
    }
    ack.seq_ = seq;
    ack.state_ = std::move(found->newest->state);
  }
  return ack;
}

Result<AckState> AckSlot::peek(Fs& fs, const std::string& path) {
  auto file = fs.open(path, OpenMode::read);
  if (!file) {
    return file.error();
  }
  auto found = scan(**file);
  if (!found) {
    return found.error();
  }
  return found->newest ? std::move(found->newest->state) : AckState{};
}

Status AckSlot::write(std::uint64_t seq, const AckState& state) {
  if (auto s = file_->write_at((seq % 2) * kSlotBytes, encode(seq, state)); !s) {
    return s;
  }
  return file_->sync();
}

Status AckSlot::store(const AckState& state) {
  if (auto s = write(seq_ + 1, state); !s) {
    return s;
  }
  ++seq_;
  state_ = state;
  return {};
}

}  // namespace auditship::buffer
