// BatchAppender gathers encoded documents in the open batch and puts closed batches into the buffer.
//
//   appender.pack(now);  appender.move(span, now, n); // after each read
//   appender.append_due(now, BatchEnd::when_due);     // once a step, then log().sync()
//
// Promises: a batch is closed only while the ledger balances, and has the ledger in it. When the
// buffer has no room, the closed batch waits here, full() stops reading (B6), and nothing is
// dropped. Append and sync are told apart: what is appended is durable after log().sync() only (B4).
// Not thread-safe. Everything borrowed must outlive it; the buffer must be open unless said
// otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/compression/packer.h"
#include "agent/base/result.h"
#include "agent/buffer/batch_builder.h"
#include "agent/buffer/segment_log.h"
#include "agent/event/batch.h"
#include "agent/pipeline/buffered_delivery.h"
#include "agent/pipeline/fill_rate_estimator.h"
#include "agent/pipeline/pipeline_settings.h"
#include "agent/pipeline/pipeline_stats.h"
#include "agent/pipeline/records/record_stage.h"
#include "agent/pipeline/runtime_services.h"

namespace auditship::pipeline {

// When the open batch is closed: by size or age, or because nothing more is going to come.
enum class BatchEnd { when_due, at_once };

class BatchAppender {
 public:
  // What the appender asks for when it needs it.
  struct Questions {
    // How much waits in log files, for the warning of a full buffer.
    std::function<std::uint64_t()> unread_bytes;
    // What is remembered of the records of a source that moved, up to its position; nothing where
    // nobody remembers any.
    std::function<std::optional<std::string>(const std::string& source)> state_of;
  };

  BatchAppender(const RuntimeServices& services, const PipelineSettings& settings,
                records::RecordStage& stage, BufferedDelivery& output, Questions questions);

  // An empty one, as the sink wants it.
  [[nodiscard]] static buffer::BatchBuilder new_batch(const PipelineSettings& settings);

  // Hands what the stage has encoded to the compressor, and clears it. Works on a closed buffer,
  // too.
  void pack(TimePoint now);
  // A source moved over what was packed. state_bytes: what its state takes at the most, if that is
  // asked for when the batch is closed. Works on a closed buffer, too.
  void move(event::SourceSpan span, TimePoint now, std::size_t state_bytes = 0);

  // Nothing is in the open batch. A closed one may still be waiting().
  [[nodiscard]] bool empty() const { return builder_.empty(); }
  // The open batch has its size.
  [[nodiscard]] bool batch_is_full() const { return builder_.full(); }
  // When the open batch is to be closed by its age. Only when !empty().
  [[nodiscard]] TimePoint due_at() const { return builder_.due_at(); }
  // A batch is closed, but the buffer had no room.
  [[nodiscard]] bool waiting() const { return pending_.has_value(); }

  // Closes the open batch and appends it. No room is not an error: it waits. Errors: io.
  Status close(buffer::Capacity capacity = buffer::Capacity::enforced);
  // Appends the batch that waits, else the open one if there is something in it. Errors: io.
  Status append_all(buffer::Capacity capacity = buffer::Capacity::enforced);
  // As append_all(), but leaves the open batch open as long as it is not due. Errors: io.
  Status append_due(TimePoint now, BatchEnd end);
  // Forgets both batches: the buffer failed, and their lines are read again.
  void discard();

  // Looks whether the buffer has room for another batch, and tells when that changes.
  void update_full();
  [[nodiscard]] bool full() const { return full_; }
  // Sets the buffer's limit anew where it is a part of the file system's free space.
  void refresh_limit();
  // As refresh_limit(), and notes how full the buffer is now. Every few seconds.
  void measure(TimePoint now);

  // Event time of the oldest document in the two batches; 0: none.
  [[nodiscard]] std::int64_t oldest_ns() const;
  void add_to(PipelineStats& stats) const;

 private:
  Status append_pending(buffer::Capacity capacity);
  [[nodiscard]] bool has_room() const;
  void set_full(bool full);

  const RuntimeServices& services_;
  const PipelineSettings& settings_;
  records::RecordStage& stage_;
  BufferedDelivery& output_;
  Questions questions_;
  buffer::BatchBuilder builder_;
  std::optional<event::Batch> pending_;
  bool full_ = false;
  std::int64_t full_since_ns_ = 0;
  FillRateEstimator fill_rate_;
  std::uint64_t raw_bytes_ = 0, packed_bytes_ = 0;
};

}  // namespace auditship::pipeline
