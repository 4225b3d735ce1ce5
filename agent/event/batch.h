// Batch: documents of one stream, packed for the wire, with the positions that they advance.
// A frame of the buffer is one Batch. Plain values; bodies are moved, not copied.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/compression/codec.h"
#include "agent/event/accounting.h"
#include "agent/event/checkpoint.h"

namespace auditship::event {

using FrameId = std::uint64_t;  // 1, 2, 3 …; never reused within a data directory

// How far one source moves within a batch.
struct SourceSpan {
  std::string source;  // name of the source
  Cursor before;       // equal to the position of the source's checkpoint before this batch (B1)
  Checkpoint after;
};

struct Batch {
  std::vector<SourceSpan> spans;
  // Items in body.
  std::uint32_t documents = 0;
  // Body before compression.
  std::uint64_t raw_bytes = 0;
  Codec codec = Codec::none;
  // Framed items, packed, and how they are framed (sinks/framing/item_framing.h).
  std::string body;
  std::string framing;
  // Cumulative, after this batch.
  ReadLedger ledger;
  // Event time of the oldest document, for lag; 0 = none.
  std::int64_t oldest_ns = 0;
};

}  // namespace auditship::event
