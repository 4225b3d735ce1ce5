// SegmentWriter appends frames to the newest segment of a buffer, and begins a new one when it is
// time (B3). It does not know what is settled; it is told.
//
// Made by recover() only. fs and log must outlive it. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/buffer/frame.h"
#include "agent/buffer/segment.h"
#include "agent/buffer/segment_list.h"
#include "agent/event/batch.h"

namespace auditship::buffer {

// How things stand behind a frame.
struct LogState {
  // Where each source stands.
  CheckpointTable table;
  event::ReadLedger ledger;
  // Number of the frame.
  event::FrameId last = 0;
};

// Documents ever put into frames.
[[nodiscard]] inline std::uint64_t documents_made(const event::ReadLedger& ledger) {
  return ledger.documents + ledger.derived;
}

// Whether nothing is appended to the segment any more: it has segment_bytes, and not only by its
// header. Without frames it would be replaced by itself; and where the header is long (the states
// of many sources), each frame would bring another one with it.
[[nodiscard]] bool is_complete(const Segment& segment, std::uint64_t segment_bytes);

struct SegmentWriterOptions {
  std::string directory;
  // Of a segment that is_complete().
  std::uint64_t segment_bytes = 0;
  BufferId id{};
};

class SegmentWriter {
 public:
  // active: the newest of segments, whose frames end where state stands; null: there is none to
  // append to, so roll() comes first. What stands in it is durable.
  SegmentWriter(Fs& fs, Logger& log, SegmentWriterOptions options, SegmentList segments,
                std::unique_ptr<Segment> active, LogState state);

  // The frame of a batch: what encode_frame_front(last + 1, batch) made, and its body. settled: up
  // to where every frame is. Errors: no_space (nothing written), io.
  Result<event::FrameId> append(std::string_view front, const event::Batch& batch,
                                event::FrameId settled);
  // Makes all appended frames durable. After an error the buffer must be opened anew.
  Status sync();
  // Seals the newest segment and begins a new one (B3).
  Status roll();
  // Removes segments of which every frame is settled, but the newest. An error is logged, and tried
  // again at the next call.
  void remove_settled(event::FrameId settled);

  [[nodiscard]] const LogState& state() const { return state_; }
  [[nodiscard]] const SegmentList& segments() const { return segments_; }
  [[nodiscard]] const BufferId& id() const { return options_.id; }
  [[nodiscard]] event::FrameId synced() const { return synced_; }
  // A sync failed.
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  Fs& fs_;
  Logger& log_;
  SegmentWriterOptions options_;
  SegmentList segments_;
  std::unique_ptr<Segment> active_;
  LogState state_;
  event::FrameId synced_ = 0;
  // Of the active segment.
  std::uint64_t synced_bytes_ = 0;
  bool broken_ = false;
};

}  // namespace auditship::buffer
