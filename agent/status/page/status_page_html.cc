#include "agent/status/page/status_page_html.h"

#include <algorithm>

#include "agent/base/encoding/base64.h"
#include "agent/base/encoding/json_writer.h"
#include "agent/base/encoding/sha256.h"
#include "agent/base/human_readable.h"
#include "agent/base/text.h"
#include "agent/status/page/html_escape.h"
#include "agent/status/page/status_page_assets.h"

namespace auditship::status::page {
namespace {

std::string hash_source(std::string_view text) {
  const Digest digest = Sha256().of(text);
  return "'sha256-" + encode_base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) +
         "'";
}

std::string count(std::uint64_t n) {
  std::string text = std::to_string(n);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, "\u202f");  // a narrow space that does not break
  }
  return text;
}

std::string moment(std::int64_t ns) {
  std::string text;
  append_rfc3339(text, ns);
  return text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
}

std::string element(std::string_view name, std::string_view text, std::string_view kind = "") {
  std::string out = "<" + std::string(name);
  out += kind.empty() ? std::string() : " class=\"" + std::string(kind) + "\"";
  return out + ">" + html_escape(text) + "</" + std::string(name) + ">";
}

// A row "what: words".
void fact(std::string& out, std::string_view name, std::string_view words,
          std::string_view kind = "") {
  out += "<tr>" + element("th", name) + element("td", words, kind) + "</tr>\n";
}

void counts_table(std::string& out, std::string_view title, const auto& counts) {
  if (counts.begin() == counts.end()) {
    return;
  }
  out += element("h3", title) + "<table>\n";
  for (const auto& [name, hits] : counts) {
    out += "<tr>" + element("td", count(hits), "number") + element("td", name) + "</tr>\n";
  }
  out += "</table>\n";
}

std::string_view state_of(const input::SourceProgress& progress, const input::FileProgress& file) {
  return progress.failing    ? "cannot be read"
         : !progress.present ? "not there"
         : file.files_behind > 0 && file.rotations_left <= 1
             ? "behind: the next rotation deletes it"
         : file.files_behind > 0 ? "behind"
                                 : "followed";
}

// Logs that are no files leave the columns of files empty.
void files_table(std::string& out, const std::vector<pipeline::SourceStatus>& logs) {
  if (logs.empty()) {
    return;
  }
  out +=
      "<h3>Files</h3>\n<table>\n<tr><th>file</th><th>state</th><th>read from</th>"
      "<th class=\"number\">position</th><th class=\"number\">size</th>"
      "<th class=\"number\">not read</th></tr>\n";
  for (const pipeline::SourceStatus& log : logs) {
    const bool is_file = log.progress.file.has_value();
    const input::FileProgress file = log.progress.file.value_or(input::FileProgress());
    const std::string_view state = state_of(log.progress, file);
    out += "<tr>" + element("td", log.name) +
           element("td", state, state == "followed" || state == "not there" ? "" : "bad") +
           element("td", is_file && file.read_path == log.name ? std::string_view("itself")
                                                               : std::string_view(file.read_path)) +
           element("td", is_file ? count(file.offset) : "", "number") +
           element("td", is_file ? count(file.size) : "", "number") +
           element("td", human_bytes(log.progress.backlog_bytes), "number") + "</tr>\n";
  }
  out += "</table>\n";
}

void buffer_row(std::string& out, const pipeline::PipelineStats& v) {
  std::string words = human_bytes(v.buffered_bytes);
  std::string meter;
  if (v.buffer_max_bytes > 0) {
    words += " of " + human_bytes(v.buffer_max_bytes);
    meter = "<meter min=\"0\" max=\"" + std::to_string(v.buffer_max_bytes) + "\" high=\"" +
            std::to_string(v.buffer_max_bytes / 2) + "\" value=\"" +
            std::to_string(v.buffered_bytes) + "\"></meter> ";
  }
  words += v.full                  ? ": full, reading stops"
           : v.buffer_full_seconds ? ", full in " + human_seconds(*v.buffer_full_seconds)
                                   : "";
  words += v.open ? "" : ": NOT OPEN: " + v.problem;
  out += "<tr><th>buffer</th><td" + std::string(v.full || !v.open ? " class=\"bad\">" : ">") +
         meter + html_escape(words) + "</td></tr>\n";
}

void events_list(std::string& out, const numbers::AgentStatus& status,
                 const numbers::StreamStatus& stream) {
  out += "<h3>Last events</h3>\n";
  if (!status.events_shown) {
    out +=
        "<p class=\"quiet\">not shown on this address: <code>status.events</code> allows it, and "
        "<code>auditship status</code> on the node shows them</p>\n";
    return;
  }
  out += stream.events.empty() ? "<p class=\"quiet\">none since the start</p>\n" : "<ol>\n";
  for (auto event = stream.events.rbegin(); event != stream.events.rend(); ++event) {
    out += element("li", *event) + "\n";
  }
  out += stream.events.empty() ? "" : "</ol>\n";
}

void stream_part(std::string& out, const numbers::AgentStatus& status,
                 const numbers::StreamStatus& stream) {
  const pipeline::PipelineStats& v = stream.stats;
  out += element("h2", stream.name) + "\n<table>\n";
  fact(out, "read",
       count(v.read.lines) + " lines, " + human_bytes(v.read.bytes) +
           (v.read.unparsed > 0 ? ", " + count(v.read.unparsed) + " not understood" : "") +
           (v.unparsed_example.empty() ? "" : ", as: " + v.unparsed_example));
  fact(out, "lag", human_seconds(v.lag_seconds) + ", " + human_bytes(v.lag_bytes));
  fact(out, "filtered", count(v.read.filtered + v.read.sampled_out));
  fact(out, "delivered",
       count(v.delivered.created) + " created, " + count(v.delivered.duplicate) + " already there");
  fact(out, "dead letters", count(v.delivered.dead_lettered),
       v.delivered.dead_lettered > 0 ? "bad" : "");
  fact(out, "waiting", count(v.buffered_documents) + " documents");
  buffer_row(out, v);
  fact(out, "target",
       v.delivery.last_failure.empty() ? "takes what it is sent" : v.delivery.last_failure,
       v.delivery.last_failure.empty() ? "" : "bad");
  if (v.read.gaps > 0) {
    fact(out, "gaps", count(v.read.gaps) + ", at least " + human_bytes(v.read.gap_bytes), "bad");
  }
  fact(out, "ledger", numbers::sums_hold(v) ? "holds" : "MISMATCH: a bug, please report it",
       numbers::sums_hold(v) ? "" : "bad");
  if (!stream.rules.file.empty()) {
    fact(out, "rules", stream.rules.file + ", " + stream.rules.hash.substr(0, 12));
  }
  if (!stream.rules.problem.empty()) {
    fact(out, "", "refused as it is now: " + stream.rules.problem, "bad");
  }
  out += "</table>\n";
  files_table(out, stream.logs);
  counts_table(out, "Dropped by rule", v.read.by_rule);
  counts_table(out, "Not taken by the target, by reason", v.delivery.failures);
  events_list(out, status, stream);
}

void warnings_part(std::string& out, const std::vector<logging::Warning>& warnings) {
  out += "<h2>Recent warnings</h2>\n";
  out += warnings.empty() ? "<p class=\"quiet\">none since the start</p>\n" : "<table>\n";
  for (auto w = warnings.rbegin(); w != warnings.rend(); ++w) {
    out += "<tr>" + element("td", moment(w->last_ns)) +
           element("td", w->code, w->level == LogLevel::error ? "bad" : "") +
           element("td", w->text + (w->values.empty() ? "" : " (" + w->values + ")") +
                             (w->count > 1 ? ", " + count(w->count) + " times" : "")) +
           "</tr>\n";
  }
  out += warnings.empty() ? "" : "</table>\n";
}

void head_part(std::string& out, const numbers::AgentStatus& status) {
  const auto reasons = numbers::unready_reasons(status);
  out += element("h1", status.node + (status.cluster.empty() ? "" : " in " + status.cluster));
  out += "\n<p>" +
         html_escape("auditship " + status.version + ", since " + moment(status.started_ns) +
                     ", seen " + moment(status.now_ns)) +
         "<br>" + html_escape("ships to " + status.sink) + "<br>";
  out += reasons.empty() ? element("span", "ready", "good") : "";
  for (const std::string& reason : reasons) {
    out += element("span", "not ready: " + reason, "bad") + " ";
  }
  out += "</p>\n";
}

}  // namespace

const std::string& status_page_policy() {
  static const std::string kPolicy =
      "default-src 'none'; script-src " + hash_source(kPageScript) + "; style-src " +
      hash_source(kPageStyle) +
      "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return kPolicy;
}

std::string render_status_page(const numbers::AgentStatus& status) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
      element("title", "auditship on " + status.node) + "\n<style>";
  out += kPageStyle;
  out += "</style>\n</head>\n<body>\n<main>\n";
  head_part(out, status);
  for (const numbers::StreamStatus& stream : status.streams) {
    stream_part(out, status, stream);
  }
  warnings_part(out, status.warnings);
  out +=
      "</main>\n<footer><p><span id=\"live\">load again to renew</span> · "
      "/metrics · /status · /status.json · /healthz · /readyz</p></footer>\n<script>";
  out += kPageScript;
  out += "</script>\n</body>\n</html>\n";
  return out;
}

}  // namespace auditship::status::page
