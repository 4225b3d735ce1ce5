#include "agent/status/status_terminal.h"

#include <cstdint>
#include <utility>

#include "agent/base/encoding/json_writer.h"
#include "agent/base/encoding/terminal_text.h"
#include "agent/base/human_readable.h"

namespace auditship::status {
namespace {

class Lines {
 public:
  void add(const std::string& text) { out_ += terminal_text(text) + "\n"; }
  // A line of a stream: what it is about, and the rest in a column of its own.
  void add(std::string name, const std::string& text) {
    name.resize(11, ' ');
    add("  " + name + text);
  }
  std::string finish() { return std::move(out_); }

 private:
  std::string out_;
};

std::string count(std::uint64_t n) { return std::to_string(n); }

std::string describe(const pipeline::SourceStatus& log) {
  const input::SourceProgress& progress = log.progress;
  if (progress.failing) {
    return log.name + ": CANNOT BE READ";
  }
  if (!progress.present) {
    return log.name + ": not there";
  }
  const std::string behind =
      progress.backlog_bytes > 0 ? human_bytes(progress.backlog_bytes) + " behind" : "";
  if (!progress.file) {
    return log.name + ": " + (behind.empty() ? "read to its end" : behind);
  }
  const input::FileProgress& file = *progress.file;
  std::string text = log.name;
  text += file.read_path == log.name || file.read_path.empty() ? "" : ", reading " + file.read_path;
  text += ": read to " + count(file.offset);
  text += file.compressed ? "" : " of " + count(file.size);
  text += behind.empty() ? "" : ", " + behind;
  text += file.files_behind > 0 ? ", " + count(file.files_behind) + " files wait" : "";
  text += file.files_behind > 0 && file.rotations_left <= 1 ? ", NEXT TO BE DELETED" : "";
  return text;
}

void add_files(Lines& out, const numbers::StreamStatus& stream) {
  std::string name = "files";
  for (const pipeline::SourceStatus& log : stream.logs) {
    out.add(name, describe(log));
    name.clear();
  }
}

void add_delivery(Lines& out, const pipeline::PipelineStats& v) {
  out.add("delivered", count(v.delivered.created) + " created, " + count(v.delivered.duplicate) +
                           " already there, " + count(v.delivered.dead_lettered) +
                           " in dead letters");
  out.add("waiting",
          count(v.buffered_documents) + " documents; buffer " + human_bytes(v.buffered_bytes) +
              (v.buffer_max_bytes > 0 ? " of " + human_bytes(v.buffer_max_bytes) : "") +
              (v.full                  ? ", FULL: reading stops"
               : v.buffer_full_seconds ? ", full in " + human_seconds(*v.buffer_full_seconds)
                                       : ""));
}

void add_stream(Lines& out, const numbers::StreamStatus& stream, bool running) {
  const pipeline::PipelineStats& v = stream.stats;
  out.add("");
  out.add(stream.name);
  out.add("read",
          count(v.read.lines) + " lines, " + human_bytes(v.read.bytes) +
              (v.read.salvaged > 0 ? ", " + count(v.read.salvaged) + " salvaged" : "") +
              (v.read.unparsed > 0 ? ", " + count(v.read.unparsed) + " of no known format" : "") +
              (v.unread_bytes > 0 ? "; " + human_bytes(v.unread_bytes) + " not read yet" : ""));
  add_files(out, stream);
  out.add("filtered",
          count(v.read.filtered) +
              (v.read.sampled_out > 0 ? ", sampled out " + count(v.read.sampled_out) : ""));
  for (const auto& [rule, hits] : v.read.by_rule) {
    out.add("", count(hits) + "  " + rule);
  }
  add_delivery(out, v);
  if (running) {
    out.add("lag", human_seconds(v.lag_seconds) + ", " + human_bytes(v.lag_bytes));
  }
  if (!stream.rules.file.empty()) {
    out.add("rules", stream.rules.file + ", " + stream.rules.hash.substr(0, 12));
  }
  if (!stream.rules.problem.empty()) {
    out.add("", "REFUSED as it is now, older rules stay in force: " + stream.rules.problem);
  }
  if (v.read.gaps > 0) {
    out.add("gaps", count(v.read.gaps) + ", at least " + human_bytes(v.read.gap_bytes));
  }
  if (!v.delivery.last_failure.empty()) {
    out.add("failing", v.delivery.last_failure);
  }
  out.add("ledger", numbers::sums_hold(v) ? "holds" : "MISMATCH: this is a bug, please report it");
  std::string name = "events";
  for (const std::string& event : stream.events) {
    out.add(name, event);
    name.clear();
  }
}

}  // namespace

std::string render_status_text(const numbers::AgentStatus& status) {
  Lines out;
  std::string head = "auditship " + status.version + " on node " + status.node;
  head += status.cluster.empty() ? "" : " of cluster " + status.cluster;
  head += status.running ? ", running" : ", not running (from the data directory)";
  out.add(head);
  if (!status.sink.empty()) {
    out.add("ships to " + status.sink);
  }
  for (const std::string& reason :
       status.running ? numbers::unready_reasons(status) : std::vector<std::string>()) {
    out.add("NOT READY: " + reason);
  }
  for (const numbers::StreamStatus& stream : status.streams) {
    add_stream(out, stream, status.running);
  }
  for (const logging::Warning& warning : status.warnings) {
    if (&warning == status.warnings.data()) {
      out.add("");
      out.add("warnings");
    }
    std::string when;
    append_rfc3339(when, warning.last_ns / 1'000'000'000 * 1'000'000'000);
    out.add("  " + when.substr(0, 19) + "Z  " + warning.code + ": " + warning.text +
            (warning.values.empty() ? "" : " (" + warning.values + ")") +
            (warning.count > 1 ? ", " + count(warning.count) + " times" : ""));
  }
  return out.finish();
}

}  // namespace auditship::status
