#include "agent/pipeline/rule_change_recorder.h"

#include <utility>

#include "agent/base/encoding/binary_io.h"
#include "agent/base/encoding/json_writer.h"
#include "agent/event/batch.h"

namespace auditship::pipeline {
namespace {

// The beginning of a rule file's hash, for people.
std::string short_name(std::string_view hash) {
  return hash.empty() ? std::string("none") : std::string(hash.substr(0, 12));
}

}  // namespace

std::uint64_t rule_change_number(const event::Cursor& position) {
  WireReader in(position.bytes);
  return position.empty() ? 0 : in.u64();
}

RuleChangeRecorder::RuleChangeRecorder(const RuntimeServices& services,
                                       const PipelineSettings& settings,
                                       records::RecordStage& stage, BatchAppender& appender,
                                       BufferedDelivery& output)
    : services_(services),
      settings_(settings),
      stage_(stage),
      appender_(appender),
      output_(output) {}

void RuleChangeRecorder::record(TimePoint now) {
  if (recorded_ || appender_.waiting()) {
    return;
  }
  if (!appender_.empty() && (!appender_.close() || appender_.waiting())) {
    return;
  }
  recorded_ = true;
  const buffer::SegmentLog& log = output_.log();
  const auto known = log.table().find(std::string(kRulesSource));
  const bool first = known == log.table().end();
  event::SourceSpan span;
  span.source = kRulesSource;
  std::string before;
  if (!first) {
    span.before = known->second.position;
    before = known->second.state;
  }
  const std::uint64_t change = rule_change_number(span.before);
  const std::string after = stage_.rules().hash_text();
  if (before == after) {
    return;
  }
  put_u64(span.after.position.bytes, change + 1);
  span.after.state = after;
  if (!first) {
    event::RawLine place;
    const std::string_view buffer(reinterpret_cast<const char*>(log.id().data()), log.id().size());
    place.id = {event::record_id_prefix(settings_.id_scope(), {kRulesSource, buffer}), change};
    // The document shows the number of the change.
    event::RecordOrigin origin;
    origin.sequence_member = "log.offset";
    place.origin = &origin;
    place.text = after;
    place.length = after.size();
    add_document(place, before);
    appender_.pack(now);
  }
  appender_.move(std::move(span), now);
}

void RuleChangeRecorder::add_document(const event::RawLine& place, const std::string& before) {
  event::Record record;
  record.raw = place.text;
  record.time_known = true;
  record.time_ns = services_.clock.wall_ns();
  std::string count;
  append_json_uint(count, stage_.rules().size());
  const std::string message = "filter rules of stream " + settings_.name + " changed from " +
                              short_name(before) + " to " + short_name(place.text);
  record.add("event.category", R"(["configuration"])", event::FieldType::literal);
  record.add("event.type", R"(["change"])", event::FieldType::literal);
  record.add("event.action", "rules-changed");
  record.add("event.outcome", "success");
  record.add("message", message);
  if (!before.empty()) {
    record.add("agent.rules.previous_hash", before);
  }
  if (!settings_.rules_file.empty()) {
    record.add("agent.rules.file", settings_.rules_file);
  }
  record.add("agent.rules.count", count, event::FieldType::literal);
  stage_.add_own(record, place);
}

}  // namespace auditship::pipeline
