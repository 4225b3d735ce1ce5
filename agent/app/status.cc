#include "agent/app/status.h"

#include <algorithm>

#include "agent/app/identity.h"
#include "agent/app/summary.h"
#include "agent/buffer/ack_slot.h"
#include "agent/buffer/segment.h"
#include "agent/core/json_out.h"

namespace auditship {
namespace {

// One number of a stream: its name in JSON, its metric and what it means.
struct Number {
  const char* json;
  const char* metric;
  const char* type;
  const char* help;
  std::uint64_t (*of)(const StreamView&);
};

constexpr Number kNumbers[] = {
    {"lines", "auditship_read_lines_total", "counter", "Non-empty lines read.",
     [](const StreamView& v) { return v.read.lines; }},
    {"empty_lines", "auditship_read_empty_lines_total", "counter",
     "Empty lines read; they are no records.",
     [](const StreamView& v) { return v.read.empty_lines; }},
    {"bytes", "auditship_read_bytes_total", "counter",
     "Bytes of log files dealt with, uncompressed.",
     [](const StreamView& v) { return v.read.bytes; }},
    {"salvaged", "auditship_salvaged_records_total", "counter",
     "Events found behind a torn piece of the same line.",
     [](const StreamView& v) { return v.read.salvaged; }},
    {"filtered", "auditship_filtered_records_total", "counter", "Records that a rule dropped.",
     [](const StreamView& v) { return v.read.filtered; }},
    {"sampled_out", "auditship_sampled_out_records_total", "counter",
     "Records that a sample rule dropped.", [](const StreamView& v) { return v.read.sampled_out; }},
    {"documents", "auditship_documents_total", "counter", "Documents put into the buffer.",
     [](const StreamView& v) { return v.read.documents; }},
    {"derived", "auditship_derived_documents_total", "counter",
     "Documents that the agent itself made.", [](const StreamView& v) { return v.read.derived; }},
    {"unparsed", "auditship_unparsed_records_total", "counter", "Lines that are not of the format.",
     [](const StreamView& v) { return v.read.unparsed; }},
    {"cut", "auditship_cut_lines_total", "counter", "Lines over the limit.",
     [](const StreamView& v) { return v.read.cut; }},
    {"gaps", "auditship_gaps_total", "counter", "Times that log data vanished before it was read.",
     [](const StreamView& v) { return v.read.gaps; }},
    {"gap_bytes", "auditship_gap_bytes_total", "counter",
     "Bytes that vanished, where that is known.",
     [](const StreamView& v) { return v.read.gap_bytes; }},
    {"created", "auditship_created_documents_total", "counter", "Documents that the sink made.",
     [](const StreamView& v) { return v.delivered.created; }},
    {"existed", "auditship_existed_documents_total", "counter",
     "Documents that the sink already had.",
     [](const StreamView& v) { return v.delivered.existed; }},
    {"dead_lettered", "auditship_dead_lettered_documents_total", "counter",
     "Documents refused for their content.",
     [](const StreamView& v) { return v.delivered.dead_lettered; }},
    {"buffered_documents", "auditship_buffered_documents", "gauge",
     "Documents that wait for delivery.", [](const StreamView& v) { return v.buffered_documents; }},
    {"buffer_bytes", "auditship_buffer_bytes", "gauge", "Bytes of buffer files on disk.",
     [](const StreamView& v) { return v.buffered_bytes; }},
    {"buffer_max_bytes", "auditship_buffer_max_bytes", "gauge",
     "Bytes that the buffer may have; 0 = not known.",
     [](const StreamView& v) { return v.buffer_max_bytes; }},
    {"unread_bytes", "auditship_unread_bytes", "gauge",
     "Bytes of log files that are there but not read yet.",
     [](const StreamView& v) { return v.unread_bytes; }},
    {"buffer_full", "auditship_buffer_full", "gauge", "1 while a full buffer stops reading.",
     [](const StreamView& v) { return std::uint64_t{v.full}; }},
    {"requests", "auditship_requests_total", "counter", "Requests sent by this run.",
     [](const StreamView& v) { return v.delivery.requests; }},
    {"sent_bytes", "auditship_sent_bytes_total", "counter",
     "Bytes of bodies sent by this run, as on the wire.",
     [](const StreamView& v) { return v.delivery.sent_bytes; }},
    {"reread", "auditship_reread_lines_total", "counter",
     "Lines read again because a frame that held them was damaged.",
     [](const StreamView& v) { return v.read.reread; }},
    {"forgotten", "auditship_forgotten_documents_total", "counter",
     "Documents settled, but the slots that said how were damaged.",
     [](const StreamView& v) { return v.delivered.forgotten; }},
    {"failing_sources", "auditship_failing_sources", "gauge", "Log files that cannot be read now.",
     [](const StreamView& v) { return std::uint64_t{v.failing}; }},
    {"lost_documents", "auditship_lost_documents_total", "counter",
     "Buffered documents lost to disk damage; their lines are read again.",
     [](const StreamView& v) { return v.delivered.lost; }},
    {"ledger_broken", "auditship_ledger_broken", "gauge",
     "1 when a sum of the ledger does not hold: a bug.",
     [](const StreamView& v) { return std::uint64_t{!sums_hold(v)}; }},
};

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

void append_label(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += "=\"";
  std::string clean;
  append_utf8_repaired(clean, value);
  for (const char c : clean) {  // Prometheus knows these three escapes and no other
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') {
      out.push_back('\\');
    }
    out.push_back(c);
  }
  out.push_back('"');
}

void rules_member(std::string& out, const RulesView& rules) {
  out += ",\"rules\":{";
  member(out, "file", rules.file);
  out.push_back(',');
  member(out, "hash", rules.hash);
  out += ",\"loaded\":" + std::to_string(rules.loaded) +
         ",\"refused\":" + std::to_string(rules.refused) + ",";
  member(out, "problem", rules.problem);
  out.push_back('}');
}

void append_rules_metrics(std::string& out, const AgentStatus& status) {
  const auto metric = [&](const std::string& name, const char* type, const char* help,
                          auto value_of) {
    out += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
    for (const StreamStatus& stream : status.streams) {
      if (!stream.rules.file.empty()) {
        out += name + "{";
        append_label(out, "stream", stream.name);
        value_of(stream.rules);
        out.push_back('\n');
      }
    }
  };
  metric("auditship_rules_info", "gauge", "The rules in force, by the SHA-256 of their file.",
         [&out](const RulesView& rules) {
           out.push_back(',');
           append_label(out, "hash", rules.hash);
           out += "} 1";
         });
  metric("auditship_rules_loaded_total", "counter", "Rule files taken, the one at start too.",
         [&out](const RulesView& rules) { out += "} " + std::to_string(rules.loaded); });
  metric("auditship_rules_refused_total", "counter", "Changed rule files that were refused.",
         [&out](const RulesView& rules) { out += "} " + std::to_string(rules.refused); });
  metric("auditship_rules_broken", "gauge",
         "1 while the rule file is refused and older rules are in force.",
         [&out](const RulesView& rules) { out += rules.problem.empty() ? "} 0" : "} 1"; });
}

Result<StreamStatus> read_stream(Fs& fs, const std::string& name, const std::string& directory) {
  StreamStatus status{name, {}, {}};
  auto ack = AckSlot::peek(fs, join_path(directory, "ack"));
  if (ack) {
    status.view.delivered = ack->ledger;
  } else if (ack.error().code != Errc::not_found) {
    return ack.error();
  }
  auto segments = segments_in(fs, directory);
  if (!segments) {
    return segments.error();
  }
  if (segments->empty()) {
    return status;
  }
  for (const SegmentFile& each : *segments) {
    status.view.buffered_bytes += each.bytes;
  }
  auto segment = Segment::open(fs, segments->back().path, OpenMode::read);
  if (!segment) {
    return segment.error();
  }
  status.view.read = (*segment)->header().ledger;
  for (std::uint64_t at = (*segment)->header().size;;) {
    auto entry = (*segment)->front(at);
    if (!entry || !*entry) {
      break;  // the end, or a frame that is being written
    }
    status.view.read = (*entry)->meta.batch.ledger;
    at = (*entry)->end();
  }
  const std::uint64_t made = status.view.read.documents + status.view.read.derived;
  const std::uint64_t gone = status.view.delivered.accounted();
  status.view.buffered_documents = made > gone ? made - gone : 0;
  return status;
}

}  // namespace

bool sums_hold(const StreamView& v) {
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
  }
  time_member(out, "now", status.now_ns);
  out += ",\"streams\":[";
  for (std::size_t i = 0; i < status.streams.size(); ++i) {
    const StreamStatus& stream = status.streams[i];
    out += i > 0 ? ",{" : "{";
    member(out, "name", stream.name);
    for (const Number& number : kNumbers) {
      out += ",\"";
      out += number.json;
      out += "\":";
      append_json_uint(out, number.of(stream.view));
    }
    out.push_back(',');
    counts_member(out, "by_rule", stream.view.read.by_rule);
    out.push_back(',');
    counts_member(out, "failures", stream.view.delivery.failures);
    out.push_back(',');
    member(out, "last_failure", stream.view.delivery.last_failure);
    rules_member(out, stream.rules);
    out.push_back('}');
  }
  out += "]}\n";
  return out;
}

std::string render_status_text(const AgentStatus& status) {
  std::string out = "auditship " + status.version + " on node " + status.node;
  out += status.cluster.empty() ? "" : " of cluster " + status.cluster;
  out += status.running ? ", running\n" : ", not running (from the data directory)\n";
  for (const auto& [name, v, rules] : status.streams) {
    const auto line = [&](const std::string& text) { out += "  " + text + "\n"; };
    out += "\n" + name + "\n";
    line("read       " + std::to_string(v.read.lines) + " lines, " + human_bytes(v.read.bytes) +
         (v.read.salvaged > 0 ? ", " + std::to_string(v.read.salvaged) + " salvaged" : "") +
         (v.unread_bytes > 0 ? "; " + human_bytes(v.unread_bytes) + " not read yet" : ""));
    line("filtered   " + std::to_string(v.read.filtered) +
         (v.read.sampled_out > 0 ? ", sampled out " + std::to_string(v.read.sampled_out) : ""));
    for (const auto& [rule, count] : v.read.by_rule) {
      line("           " + std::to_string(count) + "  " + rule);
    }
    line("delivered  " + std::to_string(v.delivered.created) + " created, " +
         std::to_string(v.delivered.existed) + " already there, " +
         std::to_string(v.delivered.dead_lettered) + " in dead letters");
    line("waiting    " + std::to_string(v.buffered_documents) + " documents; buffer " +
         human_bytes(v.buffered_bytes) +
         (v.buffer_max_bytes > 0 ? " of " + human_bytes(v.buffer_max_bytes) : "") +
         (v.full ? ", FULL: reading stops" : ""));
    if (!rules.file.empty()) {
      line("rules      " + rules.file + ", " + rules.hash.substr(0, 12));
    }
    if (!rules.problem.empty()) {
      line("           REFUSED as it is now, older rules stay in force: " + rules.problem);
    }
    if (v.read.gaps > 0) {
      line("gaps       " + std::to_string(v.read.gaps) + ", at least " +
           human_bytes(v.read.gap_bytes));
    }
    if (!v.delivery.last_failure.empty()) {
      line("failing    " + v.delivery.last_failure);
    }
    line(sums_hold(v) ? "ledger     holds"
                      : "ledger     DOES NOT HOLD: this is a bug, please report it");
  }
  return out;
}

std::string render_metrics(const AgentStatus& status) {
  std::string out =
      "# HELP auditship_build_info The release that runs.\n# TYPE auditship_build_info "
      "gauge\nauditship_build_info{";
  append_label(out, "version", status.version);
  out += "} 1\n";
  for (const Number& number : kNumbers) {
    out += std::string("# HELP ") + number.metric + " " + number.help + "\n# TYPE " +
           number.metric + " " + number.type + "\n";
    for (const StreamStatus& stream : status.streams) {
      out += number.metric;
      out.push_back('{');
      append_label(out, "stream", stream.name);
      out += "} " + std::to_string(number.of(stream.view)) + "\n";
    }
  }
  const auto labelled = [&](const char* metric, const char* help, const char* label,
                            auto counts_of) {
    out += std::string("# HELP ") + metric + " " + help + "\n# TYPE " + metric + " counter\n";
    for (const StreamStatus& stream : status.streams) {
      for (const auto& [key, count] : counts_of(stream.view)) {
        out += metric;
        out.push_back('{');
        append_label(out, "stream", stream.name);
        out.push_back(',');
        append_label(out, label, key);
        out += "} " + std::to_string(count) + "\n";
      }
    }
  };
  labelled("auditship_filtered_by_rule_total", "Records dropped, by rule.", "rule",
           [](const StreamView& v) { return v.read.by_rule; });
  labelled("auditship_failures_total", "Requests and documents not taken, by reason, of this run.",
           "code", [](const StreamView& v) { return v.delivery.failures; });
  append_rules_metrics(out, status);
  return out;
}

Result<AgentStatus> read_status(Fs& fs, const std::string& data_dir) {
  auto names = fs.list(data_dir);
  if (!names) {
    return names.error();
  }
  AgentStatus status;
  if (auto node = frozen_node_name(fs, data_dir); node) {
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

}  // namespace auditship
