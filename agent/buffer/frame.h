// Encode, decode and check one frame, and the header of a segment. Pure functions over bytes.
// Format: docs/buffer-format.md. Decoders accept any bytes and never allocate by an unchecked
// length.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "agent/base/result.h"
#include "agent/event/batch.h"

namespace auditship::buffer {

using BufferId = std::array<std::uint8_t, 16>;                     // random; one a buffer directory
using CheckpointTable = std::map<std::string, event::Checkpoint>;  // source name to where it stands

inline constexpr std::size_t kFrameHeadBytes = 24;
inline constexpr std::size_t kMaxMetaBytes = 4u << 20;
inline constexpr std::size_t kMaxBodyBytes = 256u << 20;
inline constexpr std::size_t kSegmentHeadBytes = 16;
inline constexpr std::size_t kMaxSegmentHeaderBytes = 64u << 20;
inline constexpr std::uint16_t kBufferVersion = 1;
// Of all sources in one header. More are left out: what they know is forgotten, the header stays
// readable.
inline constexpr std::size_t kMaxHeaderStateBytes = 32u << 20;

// The fixed 24 bytes in front of a frame.
struct FrameHead {
  std::uint32_t meta_bytes = 0;
  std::uint32_t body_bytes = 0;
  event::FrameId id = 0;
  std::uint32_t crc = 0;

  [[nodiscard]] std::uint64_t size() const {
    return kFrameHeadBytes + std::uint64_t{meta_bytes} + body_bytes;
  }
};

struct FrameMeta {
  event::Batch batch;  // without body
  std::uint32_t body_crc = 0;
};

struct SegmentHeader {
  BufferId buffer{};
  event::FrameId first = 0;
  event::ReadLedger ledger;
  CheckpointTable table;
  std::uint64_t size = 0;  // bytes on disk, where the first frame begins
};

// The error that refuses a buffer of another version (newer_version). found: its version.
[[nodiscard]] Error foreign_version(const std::string& found);

// Head and meta of the frame; the body follows as it is.
[[nodiscard]] std::string encode_frame_front(event::FrameId id, const event::Batch& batch);
// head: the first kFrameHeadBytes. Errors: corrupt.
[[nodiscard]] Result<FrameHead> decode_frame_head(std::string_view head);
// front: head and meta together. Errors: corrupt.
[[nodiscard]] Result<FrameMeta> decode_frame_meta(const FrameHead& head, std::string_view front);

[[nodiscard]] std::string encode_segment_header(const SegmentHeader& header);
// bytes: from the start of the file, at least the header. Errors: corrupt; newer_version when it is
// intact, but of another version.
[[nodiscard]] Result<SegmentHeader> decode_segment_header(std::string_view bytes);

// Moves the table on by the spans of a frame. False when a span does not begin where its source
// stands (B1).
[[nodiscard]] bool joins(const CheckpointTable& table, const event::Batch& batch);
void advance(CheckpointTable& table, const event::Batch& batch);

}  // namespace auditship::buffer
