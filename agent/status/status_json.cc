#include "agent/status/status_json.h"

#include <cmath>
#include <string_view>

#include "agent/base/encoding/json_writer.h"
#include "agent/status/numbers/metric_catalog.h"

namespace auditship::status {
namespace {

void member(std::string& out, std::string_view name, std::string_view value) {
  append_json_string(out, name);
  out.push_back(':');
  append_json_string(out, value);
}

void time_member(std::string& out, std::string_view name, std::int64_t ns) {
  append_json_string(out, name);
  out += ":\"";
  append_rfc3339(out, ns);
  out.push_back('"');
}

template <typename Map>
void counts_member(std::string& out, std::string_view name, const Map& counts) {
  append_json_string(out, name);
  out += ":{";
  bool first = true;
  for (const auto& [key, count] : counts) {
    out += first ? "" : ",";
    first = false;
    append_json_string(out, key);
    out.push_back(':');
    append_json_uint(out, count);
  }
  out.push_back('}');
}

void rules_member(std::string& out, const rules::RulesView& rules) {
  out += ",\"rules\":{";
  member(out, "file", rules.file);
  out.push_back(',');
  member(out, "hash", rules.hash);
  out += ",\"loaded\":" + std::to_string(rules.loaded) +
         ",\"refused\":" + std::to_string(rules.refused) + ",";
  member(out, "problem", rules.problem);
  out.push_back('}');
}

void number_member(std::string& out, std::string_view name, std::uint64_t value) {
  out.push_back(',');
  append_json_string(out, name);
  out.push_back(':');
  append_json_uint(out, value);
}

// Logs that are no files have none of the members that only files have.
void files_member(std::string& out, const std::vector<pipeline::SourceStatus>& logs) {
  out += ",\"files\":[";
  for (const pipeline::SourceStatus& log : logs) {
    const input::SourceProgress& progress = log.progress;
    out += &log == logs.data() ? "{" : ",{";
    member(out, "path", log.name);
    if (progress.file) {
      out.push_back(',');
      member(out, "reading", progress.file->read_path);
      number_member(out, "offset", progress.file->offset);
      number_member(out, "size", progress.file->size);
    }
    number_member(out, "unread_bytes", progress.backlog_bytes);
    if (progress.file) {
      number_member(out, "files_behind", progress.file->files_behind);
      number_member(out, "rotations_left", progress.file->rotations_left);
    }
    out += progress.present ? ",\"present\":true" : ",\"present\":false";
    out += progress.failing ? ",\"failing\":true}" : ",\"failing\":false}";
  }
  out.push_back(']');
}

void texts_member(std::string& out, std::string_view name, const std::vector<std::string>& texts) {
  append_json_string(out, name);
  out += ":[";
  for (const std::string& text : texts) {
    out += &text == texts.data() ? "" : ",";
    append_json_string(out, text);
  }
  out.push_back(']');
}

void warnings_member(std::string& out, const std::vector<logging::Warning>& warnings) {
  out += "\"warnings\":[";
  for (const logging::Warning& warning : warnings) {
    out += &warning == warnings.data() ? "{" : ",{";
    time_member(out, "first", warning.first_ns);
    out.push_back(',');
    time_member(out, "last", warning.last_ns);
    number_member(out, "count", warning.count);
    out.push_back(',');
    member(out, "level", warning.level == LogLevel::error ? "error" : "warn");
    out.push_back(',');
    member(out, "code", warning.code);
    out.push_back(',');
    member(out, "message", warning.text);
    out.push_back(',');
    member(out, "values", warning.values);
    out.push_back('}');
  }
  out.push_back(']');
}

void gauge_members(std::string& out, const pipeline::PipelineStats& stats) {
  for (const numbers::GaugeDefinition& gauge : numbers::gauge_definitions()) {
    const auto value = gauge.of(stats);
    out.push_back(',');
    append_json_string(out, gauge.json);
    out += value && std::isfinite(*value) ? ":" + std::to_string(*value) : ":null";
  }
}

void append_stream(std::string& out, const numbers::StreamStatus& stream) {
  member(out, "name", stream.name);
  for (const numbers::MetricDefinition& metric : numbers::metric_definitions()) {
    number_member(out, metric.json, metric.of(stream.stats));
  }
  gauge_members(out, stream.stats);
  out.push_back(',');
  counts_member(out, "by_rule", stream.stats.read.by_rule);
  out.push_back(',');
  counts_member(out, "failures", stream.stats.delivery.failures);
  out.push_back(',');
  counts_member(out, "retries", stream.stats.delivery.retries);
  out.push_back(',');
  member(out, "last_failure", stream.stats.delivery.last_failure);
  out.push_back(',');
  member(out, "unparsed_example", stream.stats.unparsed_example);
  rules_member(out, stream.rules);
  files_member(out, stream.logs);
  out.push_back(',');
  texts_member(out, "events", stream.events);
}

}  // namespace

std::string render_status_json(const numbers::AgentStatus& status) {
  std::string out = "{";
  member(out, "version", status.version);
  out.push_back(',');
  member(out, "cluster", status.cluster);
  out.push_back(',');
  member(out, "node", status.node);
  out += status.running ? ",\"running\":true," : ",\"running\":false,";
  if (status.running) {
    time_member(out, "started", status.started_ns);
    out.push_back(',');
    member(out, "sink", status.sink);
    out.push_back(',');
    texts_member(out, "unready", numbers::unready_reasons(status));
    out.push_back(',');
    warnings_member(out, status.warnings);
    out.push_back(',');
  }
  time_member(out, "now", status.now_ns);
  out += ",\"streams\":[";
  for (const numbers::StreamStatus& stream : status.streams) {
    out += &stream == status.streams.data() ? "{" : ",{";
    append_stream(out, stream);
    out.push_back('}');
  }
  out += "]}\n";
  return out;
}

}  // namespace auditship::status
