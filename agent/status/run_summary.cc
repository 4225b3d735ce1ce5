#include "agent/status/run_summary.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>

#include "agent/base/human_readable.h"

namespace auditship::status {
namespace {

std::string pad(const std::string& text, std::size_t width, bool right) {
  const std::string fill(text.size() < width ? width - text.size() : 0, ' ');
  return right ? fill + text : text + fill;
}

using Row = std::array<std::string, 10>;

Row row_of(const StreamSummary& s) {
  const event::ReadLedger& read = s.stats.read;
  return {s.name,
          std::to_string(read.lines),
          human_bytes(read.bytes),
          std::to_string(read.filtered + read.sampled_out),
          std::to_string(read.documents),
          std::to_string(read.derived),
          std::to_string(s.stats.delivered.created),
          std::to_string(s.stats.delivered.duplicate),
          std::to_string(s.stats.delivered.dead_lettered),
          std::to_string(s.stats.buffered_documents)};
}

void append_table(std::string& out, const std::vector<Row>& rows) {
  std::array<std::size_t, 10> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += pad(row[i], widths[i], i > 0);
      out += i + 1 < row.size() ? "  " : "\n";
    }
  }
}

// What is to be said of a stream beyond its row, a line each.
void append_notes(std::string& out, const StreamSummary& s) {
  const pipeline::PipelineStats& v = s.stats;
  const auto note = [&](const std::string& text) { out += s.name + ": " + text + "\n"; };
  if (v.sources > 0 && v.present == 0) {
    note("none of its log files is there");
  }
  if (v.left_out_files > 0) {
    note(std::to_string(v.left_out_files) + " rotated files (" + human_bytes(v.left_out_bytes) +
         ") are older than `backfill` and were left out");
  }
  for (const auto& [file, bytes] : s.unterminated) {
    note("the last line of " + file + " has no newline yet (" + human_bytes(bytes) +
         "): not shipped");
  }
  if (v.read.unparsed > 0) {
    note(std::to_string(v.read.unparsed) +
         " lines are not of the format; they are shipped as they are, marked" +
         (v.unparsed_example.empty() ? "" : "; one begins: " + v.unparsed_example));
  }
  if (v.read.cut > 0) {
    note(std::to_string(v.read.cut) + " lines were over the line limit and are cut, marked");
  }
  if (v.read.gaps > 0) {
    note(std::to_string(v.read.gaps) + " gaps: log data vanished before it was read (" +
         human_bytes(v.read.gap_bytes) + " or more)");
  }
  if (v.lost_documents > 0) {
    note(std::to_string(v.lost_documents) + " buffered documents were lost to disk damage; " +
         std::to_string(v.read.reread) + " lines were read again for them");
  }
  if (!v.delivery.last_failure.empty() && !s.finished) {
    note("last failure: " + v.delivery.last_failure);
  }
}

}  // namespace

bool accounted_for(const StreamSummary& s) {
  const event::ReadLedger& read = s.stats.read;
  return s.finished && read.balanced() && read.gaps == 0 && s.stats.failing == 0 &&
         s.stats.unread_bytes <= s.stats.waiting_bytes &&
         s.stats.lost_documents <= read.reread &&  // what disk damage took was read again
         s.stats.buffered_documents == 0 &&
         read.documents + read.derived == s.stats.delivered.accounted();
}

std::string render_summary(const std::vector<StreamSummary>& streams,
                           const std::string& destination, double seconds) {
  std::vector<Row> rows = {{"stream", "lines", "bytes", "filtered", "documents", "derived",
                            "shipped", "already there", "dead letters", "waiting"}};
  for (const StreamSummary& s : streams) {
    rows.push_back(row_of(s));
  }
  std::string out;
  append_table(out, rows);
  for (const StreamSummary& s : streams) {
    append_notes(out, s);
  }
  const bool all = std::all_of(streams.begin(), streams.end(), accounted_for);
  char took[64];
  std::snprintf(took, sizeof took, " in %.1f s", seconds);
  out += "documents: " + destination + took + "\n";
  out += all ? "every line is processed\n" : "NOT every line is processed\n";
  return out;
}

}  // namespace auditship::status
#include <algorithm>
#include <array>
#include <cstdio>
