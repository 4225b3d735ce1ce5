// LostRangeReread makes up for damage of the buffer: records of lost frames are read again from the
// logs, and while it is not known which lines were sent before, frames are in doubt
// (AckState::doubted): they are looked up before they are sent.
//
//   status = reread.step(now);      // once a step, behind the batches that are due
//
// Promises: a lost range is settled only after its records are in frames again, or the log does not
// have them any more, which is told. Such frames go beyond the buffer's limit, as the range
// keeps it from getting empty. Filter rules and ids are those of the stage, so a line that was
// delivered already has the same id. Not thread-safe. Everything borrowed must outlive it; the
// buffer must be open.
#pragma once

#include <optional>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/result.h"
#include "agent/buffer/batch_builder.h"
#include "agent/buffer/segment_log.h"
#include "agent/event/position.h"
#include "agent/input/source.h"
#include "agent/pipeline/batch_appender.h"
#include "agent/pipeline/buffered_delivery.h"
#include "agent/pipeline/pipeline_settings.h"
#include "agent/pipeline/records/record_stage.h"
#include "agent/pipeline/runtime_services.h"
#include "agent/pipeline/source_reader.h"

namespace auditship::pipeline {

class LostRangeReread {
 public:
  LostRangeReread(const RuntimeServices& services, const PipelineSettings& settings,
                  input::SourceDiscovery& input, MakeParser make_parser, const SourceReader& reader,
                  records::RecordStage& stage, BatchAppender& appender, BufferedDelivery& output);

  // Looks for lost ranges once a second and reads them again, durably; a full disk puts it off, and a log
  // that cannot be read now does for a minute.
  // Ends the doubt as soon as the reader has read all that there was. Errors: io.
  Status step(TimePoint now);
  // Of a buffer that was opened just now: a source whose position cannot be read is read from its
  // beginning, so the ids of what comes are looked up before it is sent. Errors: io, no_space.
  Status doubt_unreadable_positions();
  // The next step() looks at once.
  void reset() { next_at_ = TimePoint{}; }

 private:
  Status end_doubt();
  Status reread_all();
  Status reread(const std::vector<buffer::LostRange>& ranges);
  Status reread(const buffer::LostRange& range);
  Status not_read(const buffer::LostRange& range, const Error& why);
  Result<std::optional<Error>> reread_records(input::RecordReader& records);
  Status append_encoded(buffer::BatchBuilder& builder);
  Status append(buffer::BatchBuilder& builder);

  const RuntimeServices& services_;
  const PipelineSettings& settings_;
  input::SourceDiscovery& input_;
  MakeParser make_parser_;
  const SourceReader& reader_;
  records::RecordStage& stage_;
  BatchAppender& appender_;
  BufferedDelivery& output_;
  std::vector<event::RawLine> lines_;
  TimePoint next_at_{};
  // Of the ranges that are lost now; put_off_: the last try ended with an error that may go away.
  int tries_ = 0;
  bool put_off_ = false;
};

}  // namespace auditship::pipeline
