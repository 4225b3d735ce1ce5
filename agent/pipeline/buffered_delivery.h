// BufferedDelivery: the buffer of a stream with the delivery that empties it. Both are opened and
// closed together: after an error of the disk nobody knows what is on it, so the buffer is closed
// and recovered anew, and delivery begins again from what was recovered.
//
//   if (!output.is_open()) { if (now < output.reopen_at()) …wait…; else output.open(); }
//   …output.log(), output.delivery()…          // only while is_open()
//   output.close(error, now);                  // waits longer after each failure in a row
//
// The sink outlives its buffer's closing, as requests are under way. Loop thread only; everything
// borrowed must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/result.h"
#include "agent/buffer/segment_log.h"
#include "agent/delivery/delivery.h"
#include "agent/pipeline/pipeline_settings.h"
#include "agent/pipeline/pipeline_stats.h"
#include "agent/pipeline/runtime_services.h"
#include "sinks/sink.h"

namespace auditship::pipeline {

class BufferedDelivery {
 public:
  BufferedDelivery(const RuntimeServices& services, const PipelineSettings& settings,
                   MakeSink make_sink, delivery::dead_letters::DeadLetterWriter& dead_letters,
                   delivery::Repair repair);

  // Recovery. Only when not is_open(). Errors: as SegmentLog::open, and of making the sink.
  Status open();
  // Forgets all that is not on the disk.
  void close(const Error& why, TimePoint now);
  [[nodiscard]] bool is_open() const { return log_ != nullptr; }
  // When to try again, after close().
  [[nodiscard]] TimePoint reopen_at() const { return reopen_at_; }
  // A step went well: the next failure is the first in a row.
  void succeeded() { reopen_failures_ = 0; }

  [[nodiscard]] buffer::SegmentLog& log() const;
  [[nodiscard]] delivery::Delivery& delivery() const;

  void add_to(PipelineStats& stats) const;

 private:
  Status prepare_sink(const buffer::BufferId& buffer);

  const RuntimeServices& services_;
  const PipelineSettings& settings_;
  MakeSink make_sink_;
  delivery::dead_letters::DeadLetterWriter& dead_letters_;
  delivery::Repair repair_;
  std::unique_ptr<buffer::SegmentLog> log_;
  // Whose frames sink_ knows.
  buffer::BufferId sink_buffer_{};
  std::unique_ptr<sinks::Sink> sink_;
  // Of a buffer that vanished; answers may still come.
  std::vector<std::unique_ptr<sinks::Sink>> old_sinks_;
  std::unique_ptr<delivery::Delivery> delivery_;
  // Why the buffer is not open.
  std::string problem_;
  TimePoint reopen_at_{};
  std::uint32_t reopen_failures_ = 0;
};

}  // namespace auditship::pipeline
