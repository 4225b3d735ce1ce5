// SegmentReader hands out the synced frames of a buffer in order, each once, to one destination.
// Damage stops it nowhere: in place of what is lost it says what that was.
//
// writer and log must outlive it. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/buffer/frame.h"
#include "agent/buffer/segment.h"
#include "agent/buffer/segment_writer.h"
#include "agent/event/batch.h"

namespace auditship::buffer {

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
  // Of log files, that frames before it dealt with; 0: not known.
  std::uint64_t bytes_before = 0;
  std::uint64_t lost_documents = 0;
  std::vector<LostRange> lost_ranges;
};

// What reading found wrong since it began.
struct ReadDamage {
  // Damaged frames that were not settled, and the documents in them.
  std::uint64_t lost_frames = 0;
  std::uint64_t lost_documents = 0;
  std::uint64_t skipped_bytes = 0;
};

class SegmentReader {
 public:
  // Reads the frames behind settled. accounted: the documents in the frames up to there.
  // Errors: io.
  static Result<std::unique_ptr<SegmentReader>> open(Fs& fs, Logger& log,
                                                     const SegmentWriter& writer,
                                                     event::FrameId settled,
                                                     std::uint64_t accounted);

  // The next synced frame; nullopt: none now. Errors: io.
  Result<std::optional<StoredFrame>> next();
  // Closes the file of a segment that was removed, so that its space is free.
  void release_removed();
  // Every frame up to this one was handed out.
  [[nodiscard]] event::FrameId handed_out() const { return next_ - 1; }
  [[nodiscard]] const ReadDamage& damage() const { return damage_; }

 private:
  SegmentReader(Fs& fs, Logger& log, const SegmentWriter& writer, event::FrameId settled,
                std::uint64_t accounted)
      : fs_(fs), log_(log), writer_(writer), next_(settled + 1), documents_(accounted) {}
  struct Peeked {
    Segment::Entry entry;
    std::string body;
  };
  Status open_segment();
  Result<bool> find_next();
  bool read_further();
  Status peek(Result<std::optional<Segment::Entry>> entry);
  Status search_on(const std::string& why);
  StoredFrame hand_out();
  StoredFrame lost_up_to(event::FrameId id, const CheckpointTable& table, std::uint64_t made);
  Status find_ends(CheckpointTable& table);

  Fs& fs_;
  Logger& log_;
  const SegmentWriter& writer_;
  // The segment that is being read, where in it, and its file's first frame.
  std::unique_ptr<Segment> segment_;
  std::uint64_t at_ = 0;
  event::FrameId segment_first_ = 0;
  // The number of the frame to be handed out.
  event::FrameId next_ = 1;
  // Intact, not handed out yet.
  std::optional<Peeked> peeked_;
  // The header of segment_ says that frames in front of it are gone, and this was not told yet.
  bool header_is_news_ = false;
  // How things stood before next_: to see what damage lost. Its documents are those of the ledger
  // and derived ones, its bytes those of the ledger; 0: not known.
  CheckpointTable table_;
  std::uint64_t documents_ = 0;
  std::uint64_t bytes_ = 0;
  ReadDamage damage_;
};

}  // namespace auditship::buffer
