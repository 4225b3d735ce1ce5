// Batch: documents of one stream, packed for the wire, with the positions that they advance.
// A frame of the buffer is one Batch. Plain values; bodies are moved, not copied.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/compression.h"
#include "agent/event/accounting.h"
#include "agent/event/position.h"

namespace auditship::event {

using FrameId = std::uint64_t;  // 1, 2, 3 …; never reused within a data directory

// All that is needed to find a source's place again after a restart.
struct Checkpoint {
  SourcePos pos;
  std::uint64_t device = 0, inode = 0,
                generation = 0;  // of the file when it was read; hints, not truth
  std::uint64_t tail_hash =
      0;  // hash of the last min(offset, kTailHashBytes) bytes before pos.offset
  std::int64_t modified_ns = 0;  // mtime of the file then, 0 = not known; a hint, not truth
  std::uint64_t head_hash = 0;   // hash of the first kTailHashBytes bytes, 0 = fewer were read
  std::vector<FileKey>
      finished;       // generations read to their end, oldest first, at most kMaxFinished
  std::string state;  // of the source's Deriver (parsers/deriver.h) at pos; empty: none

  static constexpr std::size_t kTailHashBytes = 1024;
  static constexpr std::size_t kMaxFinished = 64;
  static constexpr std::size_t kMaxStateBytes = 256 << 10;
};

// How far one source moves within a batch. `after.finished` holds only the generations that
// were finished between before and after.
struct SourceSpan {
  std::string source;  // configured path of the live file; the name of the source
  SourcePos before;
  Checkpoint after;
};

struct Batch {
  std::vector<SourceSpan> spans;
  std::uint32_t documents = 0;  // create actions in body
  std::uint64_t raw_bytes = 0;  // body before compression
  Codec codec = Codec::none;
  std::string body;            // bulk lines: {"create":{"_id":…}}\n{document}\n …
  ReadLedger ledger;           // cumulative, after this batch
  std::int64_t oldest_ns = 0;  // event time of the oldest document, for lag; 0 = none
};

}  // namespace auditship::event
