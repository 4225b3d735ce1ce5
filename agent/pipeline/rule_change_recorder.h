// RuleChangeRecorder puts on record which filter rules are in force: each change of them becomes a
// document. See docs/architecture.md, "Audit trail of rule changes".
//
//   recorder.rules_changed();      // the stage has other rules now
//   recorder.record(now);          // once a step, before anything is read under these rules
//
// Promises: the rules are a source with a line for each change, so the frame that has the document
// of a change also has the state that it leads to: neither is there without the other. The first
// rules of a buffer are a state, no change. Not thread-safe. Everything borrowed must outlive it;
// the buffer must be open.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/clock.h"
#include "agent/event/checkpoint.h"
#include "agent/event/position.h"
#include "agent/pipeline/batch_appender.h"
#include "agent/pipeline/buffered_delivery.h"
#include "agent/pipeline/pipeline_settings.h"
#include "agent/pipeline/records/record_stage.h"
#include "agent/pipeline/runtime_services.h"

namespace auditship::pipeline {

// The source whose lines are the changes of the rule file: position = number of the next change (8
// bytes, little-endian; empty: 0), state = the hash of the rules in force, in hex.
inline constexpr std::string_view kRulesSource = "auditship:rules";
// Which change comes next at a position of it; 0: none was made yet.
[[nodiscard]] std::uint64_t rule_change_number(const event::Cursor& position);

class RuleChangeRecorder {
 public:
  RuleChangeRecorder(const RuntimeServices& services, const PipelineSettings& settings,
                     records::RecordStage& stage, BatchAppender& appender,
                     BufferedDelivery& output);

  // The stage has other rules, or the batch that may have said so is gone.
  void rules_changed() { recorded_ = false; }
  // Puts a change into a batch of its own beginning. Without room in the buffer, or when the disk
  // fails, it is done at a later step.
  void record(TimePoint now);

 private:
  void add_document(const event::RawLine& place, const std::string& before);

  const RuntimeServices& services_;
  const PipelineSettings& settings_;
  records::RecordStage& stage_;
  BatchAppender& appender_;
  BufferedDelivery& output_;
  // The batch or the buffer says which rules are in force.
  bool recorded_ = false;
};

}  // namespace auditship::pipeline
