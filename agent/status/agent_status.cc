#include "agent/status/agent_status.h"

#include <algorithm>
#include <cmath>

#include "agent/app/identity.h"
#include "agent/base/json_writer.h"
#include "agent/buffer/ack_slot.h"
#include "agent/buffer/segment.h"
#include "agent/status/metric_catalog.h"

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

void files_member(std::string& out, const std::vector<pipeline::InputFileStatus>& files) {
  out += ",\"files\":[";
  for (const pipeline::InputFileStatus& file : files) {
    out += &file == files.data() ? "{" : ",{";
    member(out, "path", file.path);
    out.push_back(',');
    member(out, "reading", file.survey.read_path);
    number_member(out, "offset", file.survey.offset);
    number_member(out, "size", file.survey.size);
    number_member(out, "unread_bytes", file.survey.unread_bytes);
    number_member(out, "files_behind", file.survey.files_behind);
    number_member(out, "rotations_left", file.survey.rotations_left);
    out += file.present ? ",\"present\":true" : ",\"present\":false";
    out += file.failing ? ",\"failing\":true}" : ",\"failing\":false}";
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

void measures_members(std::string& out, const pipeline::PipelineStats& stats) {
  for (const StreamMeasure& measure : stream_measures()) {
    const auto value = measure.of(stats);
    out.push_back(',');
    append_json_string(out, measure.json);
    out += value && std::isfinite(*value) ? ":" + std::to_string(*value) : ":null";
  }
}

void append_stream(std::string& out, const StreamStatus& stream) {
  member(out, "name", stream.name);
  for (const StreamNumber& number : stream_numbers()) {
    number_member(out, number.json, number.of(stream.stats));
  }
  measures_members(out, stream.stats);
  out.push_back(',');
  counts_member(out, "by_rule", stream.stats.read.by_rule);
  out.push_back(',');
  counts_member(out, "failures", stream.stats.delivery.failures);
  out.push_back(',');
  counts_member(out, "retries", stream.stats.delivery.retries);
  out.push_back(',');
  member(out, "last_failure", stream.stats.delivery.last_failure);
  rules_member(out, stream.rules);
  files_member(out, stream.files);
  out.push_back(',');
  texts_member(out, "events", stream.events);
}

Result<StreamStatus> read_stream(Fs& fs, const std::string& name, const std::string& directory) {
  StreamStatus status;
  status.name = name;
  auto ack = buffer::AckSlot::peek(fs, join_path(directory, "ack"));
  if (ack) {
    status.stats.delivered = buffer::furthest_behind(*ack).ledger;
  } else if (ack.error().code != Errc::not_found) {
    return ack.error();
  }
  auto segments = buffer::segments_in(fs, directory);
  if (!segments) {
    return segments.error();
  }
  if (segments->empty()) {
    return status;
  }
  for (const buffer::SegmentFile& each : *segments) {
    status.stats.buffered_bytes += each.bytes;
  }
  auto segment = buffer::Segment::open(fs, segments->back().path, OpenMode::read);
  if (!segment) {
    return segment.error();
  }
  status.stats.read = (*segment)->header().ledger;
  for (std::uint64_t at = (*segment)->header().size;;) {
    auto entry = (*segment)->front(at);
    if (!entry || !*entry) {
      break;  // the end, or a frame that is being written
    }
    status.stats.read = (*entry)->meta.batch.ledger;
    at = (*entry)->end();
  }
  const std::uint64_t made = status.stats.read.documents + status.stats.read.derived;
  const std::uint64_t gone = status.stats.delivered.accounted();
  status.stats.buffered_documents = made > gone ? made - gone : 0;
  return status;
}

}  // namespace

bool sums_hold(const pipeline::PipelineStats& v) {
  return v.read.balanced() && v.delivery.ledger_violations == 0 &&
         v.read.documents + v.read.derived == v.delivered.accounted() + v.buffered_documents;
}

std::string render_status_json(const AgentStatus& status) {
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
    texts_member(out, "unready", unready_reasons(status));
    out.push_back(',');
    warnings_member(out, status.warnings);
    out.push_back(',');
  }
  time_member(out, "now", status.now_ns);
  out += ",\"streams\":[";
  for (const StreamStatus& stream : status.streams) {
    out += &stream == status.streams.data() ? "{" : ",{";
    append_stream(out, stream);
    out.push_back('}');
  }
  out += "]}\n";
  return out;
}

std::vector<std::string> unready_reasons(const AgentStatus& status) {
  std::vector<std::string> reasons;
  if (status.draining) {
    reasons.emplace_back("it is stopping");
  }
  for (const StreamStatus& stream : status.streams) {
    if (!stream.stats.open) {
      reasons.push_back("stream " + stream.name + ": its buffer is not open" +
                        (stream.stats.problem.empty() ? "" : ": " + stream.stats.problem));
    }
  }
  return reasons;
}

Result<AgentStatus> read_status(Fs& fs, const std::string& data_dir) {
  auto names = fs.list(data_dir);
  if (!names) {
    return names.error();
  }
  AgentStatus status;
  if (auto node = app::frozen_node_name(fs, data_dir); node) {
    status.node = std::move(*node);
  }
  std::sort(names->begin(), names->end());
  for (const std::string& name : *names) {
    const std::string directory = join_path(join_path(data_dir, name), "buffer");
    auto there = fs.stat(directory);
    if (!there || !there->is_directory) {
      continue;
    }
    auto stream = read_stream(fs, name, directory);
    if (!stream) {
      return stream.error().in(directory);
    }
    status.streams.push_back(std::move(*stream));
  }
  return status;
}

}  // namespace auditship::status
