// A SegmentLog keeps batches on disk until they are settled, in order, across crashes.
//
//   auto log = SegmentLog::open(fs, logger, options);     // recovery
//   log->append(batch); log->sync();                       // B1, B4
//   while (auto frame = log->next()) …send…               // synced frames, in order, each once a run
//   log->store(ack);                                       // settle, and name the targets of frames in flight
//
// Format: docs/buffer-format.md. Rules: B1–B6 there.
// Not thread-safe; fs and log must outlive it. One directory belongs to one SegmentLog (locked on open).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "agent/buffer/ack_slot.h"
#include "agent/buffer/frame.h"
#include "agent/buffer/segment.h"
#include "agent/core/batch.h"
#include "agent/core/fs.h"
#include "agent/core/log.h"
#include "agent/core/result.h"

namespace auditship {

struct SegmentLogOptions {
  std::string directory;
  std::uint64_t max_bytes = std::uint64_t{2} << 30;   // all segments together
  std::uint64_t segment_bytes = std::uint64_t{32} << 20;
  BufferId new_id{};                                  // used when the directory is new
};

struct StoredFrame {
  FrameId id = 0;
  Batch batch;
};

// What recovery and reading found wrong since open.
struct DamageStats {
  std::uint64_t cut_bytes = 0;      // torn or unjoined end of the newest segment: read again from the source
  std::uint64_t lost_frames = 0;    // damaged frames that were not settled
  std::uint64_t lost_documents = 0; // in them
  std::uint64_t skipped_bytes = 0;
  bool ack_damaged = false;         // a slot was damaged: frames behind `settled` may have been sent already
};

// Where documents were lost to damage: the source is to be read again from `from` to `to`.
struct Hole {
  std::string source;
  Checkpoint from;
  SourcePos to;
};

class SegmentLog {
 public:
  // Errors: busy (another agent), newer_version (nothing touched), io, no_space.
  static Result<std::unique_ptr<SegmentLog>> open(Fs& fs, Logger& log, SegmentLogOptions options);

  // Appends batch and returns its number. Errors: no_space (nothing written; settle something or wait), io.
  Result<FrameId> append(const Batch& batch);
  // Makes all appended frames durable. After an error the log must be opened anew: broken() is true.
  Status sync();
  // The next synced frame that was not handed out since open; nullopt: none now. Damaged ones are
  // skipped and counted. Errors: io.
  Result<std::optional<StoredFrame>> next();
  // Settles frames and names targets, durably; then settled segments go.
  Status store(const AckState& ack);

  [[nodiscard]] const AckState& ack() const { return ack_.state(); }
  [[nodiscard]] const CheckpointTable& table() const { return table_; }  // after the last appended frame
  [[nodiscard]] const ReadLedger& ledger() const { return ledger_; }
  [[nodiscard]] const BufferId& id() const { return options_.new_id; }
  [[nodiscard]] FrameId last() const { return last_; }
  [[nodiscard]] FrameId synced() const { return synced_; }
  // Every frame up to this one was handed out by next(), or is lost to damage.
  [[nodiscard]] FrameId handed_out() const { return next_read_ - 1; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t max_bytes() const { return options_.max_bytes; }
  void set_max_bytes(std::uint64_t bytes) { options_.max_bytes = bytes; }
  [[nodiscard]] std::size_t segments() const { return segments_.size(); }
  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] const DamageStats& damage() const { return damage_; }
  // Holes found since the last call.
  [[nodiscard]] std::vector<Hole> take_holes() { return std::exchange(holes_, {}); }

 private:
  struct Known {  // a segment on disk
    FrameId first = 0;
    std::string path;
    std::uint64_t bytes = 0;
  };

  SegmentLog(Fs& fs, Logger& log, SegmentLogOptions options) : fs_(fs), log_(log), options_(std::move(options)) {}
  Status recover();
  Status find_segments();
  Status open_newest();
  Status rebuild_from_damaged(const std::string& path);
  Status replay(Segment& segment, std::uint64_t offset, bool strict);
  Status roll();
  Status seek_reader();
  Result<bool> skip_damage(const Error& why);
  void note_hole(const Batch& found);
  void remove_settled();
  [[nodiscard]] std::string path_of(FrameId first) const;

  Fs& fs_;
  Logger& log_;
  SegmentLogOptions options_;
  std::unique_ptr<File> lock_;
  AckSlot ack_;
  std::deque<Known> segments_;          // oldest first; the last one is active
  std::unique_ptr<Segment> active_;
  CheckpointTable table_;
  ReadLedger ledger_;
  FrameId last_ = 0, synced_ = 0;
  std::uint64_t bytes_ = 0;
  bool broken_ = false;
  DamageStats damage_;
  std::vector<Hole> holes_;

  // Reader: goes through the segments once.
  std::unique_ptr<Segment> reading_;
  std::size_t reading_index_ = 0;
  std::uint64_t read_at_ = 0;
  FrameId next_read_ = 1;
  CheckpointTable read_table_;          // where sources stand before next_read_: to see what a hole lost
  std::uint64_t read_documents_ = 0;    // ledger documents and derived before next_read_
};

}  // namespace auditship
