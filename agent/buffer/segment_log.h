// A SegmentLog keeps batches on disk until they are settled, in order, across crashes.
//
//   auto log = SegmentLog::open(fs, logger, options);     // recovery
//   log->append(batch); log->sync();                       // B1, B4
//   while (auto frame = log->next()) …send…               // synced frames, in order, each once a
//   run log->store(ack);                                       // settle, and name the targets of
//   frames in flight
//
// Format: docs/buffer-format.md. Rules: B1–B6 there.
// Not thread-safe; fs and log must outlive it. One directory belongs to one SegmentLog (locked on
// open).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/buffer/ack_slot.h"
#include "agent/buffer/frame.h"
#include "agent/buffer/segment.h"
#include "agent/event/batch.h"

namespace auditship::buffer {

struct SegmentLogOptions {
  std::string directory;
  std::uint64_t max_bytes = std::uint64_t{2} << 30;       // all segments together
  std::uint64_t segment_bytes = std::uint64_t{32} << 20;  // at most an eighth of max_bytes is used
  BufferId new_id{};                                      // used when the directory is new
};

// Where documents were lost to damage: the source is to be read again from `from` to `to`. A `from`
// without a position: nobody knows, so from the beginning.
struct LostRange {
  std::string source;
  event::Checkpoint from;
  event::Cursor to;
};

// What next() hands out: a frame, or (without documents) what stands for frames that are lost up to
// id.
struct StoredFrame {
  event::FrameId id = 0;
  event::Batch batch;
  std::uint64_t bytes_before = 0;  // of log files that frames before it dealt with; 0: not known
  std::uint64_t lost_documents = 0;
  std::vector<LostRange> lost_ranges;
};

// What recovery and reading found wrong since open.
struct DamageStats {
  std::uint64_t cut_bytes =
      0;  // torn or unjoined end of the newest segment: read again from the source
  std::uint64_t lost_frames = 0;     // damaged frames that were not settled
  std::uint64_t lost_documents = 0;  // in them; DeliveryLedger::lost has those of earlier runs, too
  std::uint64_t skipped_bytes = 0;
  bool ack_damaged =
      false;  // a slot was damaged: frames behind `settled` may have been sent already
};

enum class Room {
  limited,
  beyond
};  // beyond: the limit does not count, for what stands in for lost frames

class SegmentLog {
 public:
  // Errors: busy (another agent), newer_version (another version of the format; nothing touched),
  // io, no_space.
  static Result<std::unique_ptr<SegmentLog>> open(Fs& fs, Logger& log, SegmentLogOptions options);

  // Appends batch and returns its number. Errors: no_space (nothing written; settle something or
  // wait), io.
  Result<event::FrameId> append(const event::Batch& batch, Room room = Room::limited);
  // Makes all appended frames durable. After an error the log must be opened anew: broken() is
  // true.
  Status sync();
  // The next synced frame that was not handed out since open; nullopt: none now. In place of
  // damaged ones comes one StoredFrame that says what was lost. Errors: io.
  Result<std::optional<StoredFrame>> next();
  // Settles frames and names targets, durably; then settled segments go.
  Status store(const AckState& ack);

  [[nodiscard]] const AckState& ack() const { return ack_.state(); }
  [[nodiscard]] const CheckpointTable& table() const {
    return table_;
  }  // after the last appended frame
  [[nodiscard]] const event::ReadLedger& ledger() const { return ledger_; }
  [[nodiscard]] const BufferId& id() const { return options_.new_id; }
  [[nodiscard]] event::FrameId last() const { return last_; }
  [[nodiscard]] event::FrameId synced() const { return synced_; }
  // Every frame up to this one was handed out by next().
  [[nodiscard]] event::FrameId handed_out() const { return next_read_ - 1; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t max_bytes() const { return options_.max_bytes; }
  void set_max_bytes(std::uint64_t bytes) { options_.max_bytes = bytes; }
  [[nodiscard]] std::size_t segments() const { return segments_.size(); }
  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] const DamageStats& damage() const { return damage_; }

 private:
  SegmentLog(Fs& fs, Logger& log, SegmentLogOptions options)
      : fs_(fs), log_(log), options_(std::move(options)) {}
  Status recover();
  Status find_segments();
  Status refuse_foreign();
  Status open_newest();
  Status rebuild_from_damaged(const std::string& path);
  Status replay(Segment& segment, std::uint64_t offset, bool strict);
  [[nodiscard]] bool joins_last(const Segment::Entry& entry) const;
  Result<std::optional<Segment::Entry>> pass_damage(Segment& segment, std::uint64_t offset,
                                                    bool strict);
  Status cut_end(Segment& newest, std::uint64_t offset);
  Status settle_doubts();
  Result<std::uint64_t> made_before_oldest();
  Status roll();
  [[nodiscard]] bool active_is_settled() const;
  Status open_reading();
  Result<bool> next_intact();
  bool read_further();
  Status peek(Result<std::optional<Segment::Entry>> entry);
  Status search_on(const std::string& why);
  Result<StoredFrame> lost_up_to(event::FrameId id, const CheckpointTable& table,
                                 std::uint64_t made);
  Status find_ends(CheckpointTable& table);
  void remove_settled();

  Fs& fs_;
  Logger& log_;
  SegmentLogOptions options_;
  std::unique_ptr<File> lock_;
  AckSlot ack_;
  std::deque<SegmentFile> segments_;  // oldest first; the last one is active
  std::unique_ptr<Segment> active_;
  CheckpointTable table_;
  event::ReadLedger ledger_;
  event::FrameId last_ = 0, synced_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t synced_bytes_ = 0;  // of the active segment
  bool broken_ = false;
  bool places_unsure_ = false;  // sources may stand before what was settled: damage hides frames
  DamageStats damage_;

  // Reader: goes through the segments once.
  struct Peeked {
    Segment::Entry entry;
    std::string body;
  };
  std::unique_ptr<Segment> reading_;
  std::size_t reading_index_ = 0;
  std::uint64_t read_at_ = 0;
  event::FrameId next_read_ = 1;
  std::optional<Peeked> peeked_;  // intact, not handed out yet
  bool header_is_news_ = false;   // the header of reading_ was not compared with read_table_ yet
  CheckpointTable read_table_;    // where sources stand before next_read_: to see what a hole lost
  std::uint64_t read_documents_ = 0;  // ledger documents and derived before next_read_
  std::uint64_t read_bytes_ = 0;      // ledger bytes before next_read_; 0: not known
};

}  // namespace auditship::buffer
