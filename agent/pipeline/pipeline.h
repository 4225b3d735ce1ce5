// Pipeline: one stream's way from its logs to the sink. It joins the parts of this folder: SourceReader
// → RecordStage → BatchAppender → BufferedDelivery, with RuleChangeRecorder and LostRangeReread
// beside them.
//
//   Pipeline pipeline(services, settings, std::move(input), rules, make_parser, make_sink,
//                     dead_letters, repair);
//   next = pipeline.step(now);      // does what can be done now, says when to call again
//
// Promises (see docs/architecture.md): a record is in exactly one place of the ledger; a full buffer
// stops reading; an error of the disk closes the buffer and recovers it anew, nothing is guessed.
// One step reads at most kStepBytes, so that a loop stays responsive. A pipeline shares nothing with
// another one. Loop thread only. Everything borrowed must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/result.h"
#include "agent/filter/rule_set.h"
#include "agent/input/source.h"
#include "agent/pipeline/batch_appender.h"
#include "agent/pipeline/buffered_delivery.h"
#include "agent/pipeline/look_budget.h"
#include "agent/pipeline/lost_range_reread.h"
#include "agent/pipeline/pipeline_settings.h"
#include "agent/pipeline/pipeline_stats.h"
#include "agent/pipeline/records/recent_events.h"
#include "agent/pipeline/records/record_stage.h"
#include "agent/pipeline/rule_change_recorder.h"
#include "agent/pipeline/runtime_services.h"
#include "agent/pipeline/source_reader.h"

namespace auditship::pipeline {

class Pipeline {
 public:
  static constexpr std::size_t kStepBytes = 4 * 1024 * 1024;
  // Of documents, between two calls of the compressor.
  static constexpr std::size_t kPackBytes = 512 * 1024;

  // input: of this stream; the scope of its ids is settings.id_scope().
  Pipeline(RuntimeServices services, PipelineSettings settings,
           std::unique_ptr<input::SourceDiscovery> input, filter::RuleSet rules,
           MakeParser make_parser, MakeSink make_sink,
           delivery::dead_letters::DeadLetterWriter& dead_letters, delivery::Repair repair);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  ~Pipeline() = default;

  // Opens the buffer, if it is not open: recovery. step() does it too; call it to see errors at
  // start-up.
  Status open();
  TimePoint step(TimePoint now);
  // Stops reading; what is in the batch goes to the buffer. step() goes on delivering.
  void stop_reading() { reading_ = false; }
  // Writes what is settled to disk. For the end of a run.
  void flush();
  // From the next line on. The change becomes a document (docs/architecture.md, "Audit trail of rule changes").
  void set_rules(filter::RuleSet rules);
  // Something may have changed: look at the logs at the next step.
  void notify_change() { reader_.notify_change(); }

  // Everything that can be read now is read, and all of it is settled.
  [[nodiscard]] bool finished() const { return reader_.at_end() && delivered(); }
  // Nothing of what was read waits for delivery.
  [[nodiscard]] bool delivered() const;
  [[nodiscard]] PipelineStats stats() const;
  // With what a look at the logs tells: unread bytes also while a full buffer stops reading, and how
  // far rotation is. For somebody who asks, not for every step.
  [[nodiscard]] PipelineStats survey(std::vector<SourceStatus>& logs);
  [[nodiscard]] const records::RecentEvents& recent_events() const { return recent_events_; }
  [[nodiscard]] const PipelineSettings& settings() const { return settings_; }
  [[nodiscard]] const input::SourceDiscovery& input() const { return *input_; }
  // Bytes of last records that are not complete, by source.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& unterminated() const {
    return reader_.unterminated();
  }

 private:
  void close(const Error& why, TimePoint now);
  bool read_some(TimePoint now);
  bool read_source(SourceReader::Source& source, TimePoint now);
  void look_around();
  Status put_into_buffer(TimePoint now);
  [[nodiscard]] TimePoint next_step(TimePoint delivery_next, TimePoint now) const;
  void measure_lag(PipelineStats& stats) const;

  RuntimeServices services_;
  PipelineSettings settings_;
  std::unique_ptr<input::SourceDiscovery> input_;
  records::RecordStage stage_;
  SourceReader reader_;
  BufferedDelivery output_;
  BatchAppender appender_;
  LostRangeReread reread_;
  RuleChangeRecorder recorder_;
  records::RecentEvents recent_events_;
  LookBudget looks_;
  bool reading_ = true;
};

}  // namespace auditship::pipeline
