#include "agent/status/numbers/metric_catalog.h"

#include <limits>

#include "agent/status/numbers/agent_status.h"

namespace auditship::status::numbers {
namespace {

constexpr const char* kDelivered =
    "Documents that are settled: created, already there, refused for their content, or settled "
    "without a record of which.";

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table, an entry a number
const std::vector<MetricDefinition>& metric_definitions() {
  static const std::vector<MetricDefinition> kMetrics = {
      {"lines", "auditship_read_lines_total", "counter", "Non-empty lines read.",
       [](const pipeline::PipelineStats& v) { return v.read.lines; }},
      {"empty_lines", "auditship_read_empty_lines_total", "counter",
       "Empty lines read; they are no records.",
       [](const pipeline::PipelineStats& v) { return v.read.empty_lines; }},
      {"bytes", "auditship_read_bytes_total", "counter",
       "Bytes of log files dealt with, uncompressed.",
       [](const pipeline::PipelineStats& v) { return v.read.bytes; }},
      {"salvaged", "auditship_salvaged_records_total", "counter",
       "Events found behind a torn piece of the same line.",
       [](const pipeline::PipelineStats& v) { return v.read.salvaged; }},
      {"filtered", "auditship_filtered_records_total", "counter", "Records that a rule dropped.",
       [](const pipeline::PipelineStats& v) { return v.read.filtered; }},
      {"sampled_out", "auditship_sampled_out_records_total", "counter",
       "Records that a sample rule dropped.",
       [](const pipeline::PipelineStats& v) { return v.read.sampled_out; }},
      {"documents", "auditship_documents_total", "counter", "Documents put into the buffer.",
       [](const pipeline::PipelineStats& v) { return v.read.documents; }},
      {"derived", "auditship_derived_documents_total", "counter",
       "Documents that the agent itself made.",
       [](const pipeline::PipelineStats& v) { return v.read.derived; }},
      {"unparsed", "auditship_unparsed_records_total", "counter",
       "Lines that are not of the format.",
       [](const pipeline::PipelineStats& v) { return v.read.unparsed; }},
      {"cut", "auditship_cut_lines_total", "counter", "Lines over the limit.",
       [](const pipeline::PipelineStats& v) { return v.read.cut; }},
      {"gaps", "auditship_input_lost_ranges_total", "counter",
       "Times that log data vanished before it was read.",
       [](const pipeline::PipelineStats& v) { return v.read.gaps; }},
      {"gap_bytes", "auditship_input_lost_bytes_total", "counter",
       "Bytes that vanished, where that is known.",
       [](const pipeline::PipelineStats& v) { return v.read.gap_bytes; }},
      {"created", "auditship_delivered_documents_total", "counter", kDelivered,
       [](const pipeline::PipelineStats& v) { return v.delivered.created; }, "created"},
      {"duplicate", "auditship_delivered_documents_total", "counter", kDelivered,
       [](const pipeline::PipelineStats& v) { return v.delivered.duplicate; }, "duplicate"},
      {"dead_lettered", "auditship_delivered_documents_total", "counter", kDelivered,
       [](const pipeline::PipelineStats& v) { return v.delivered.dead_lettered; }, "dead_lettered"},
      {"unattributed", "auditship_delivered_documents_total", "counter", kDelivered,
       [](const pipeline::PipelineStats& v) { return v.delivered.unattributed; }, "unattributed"},
      {"buffered_documents", "auditship_buffered_documents", "gauge",
       "Documents that wait for delivery.",
       [](const pipeline::PipelineStats& v) { return v.buffered_documents; }},
      {"buffer_bytes", "auditship_buffer_bytes", "gauge", "Bytes of buffer files on disk.",
       [](const pipeline::PipelineStats& v) { return v.buffered_bytes; }},
      {"buffer_max_bytes", "auditship_buffer_max_bytes", "gauge",
       "Bytes that the buffer may have; 0 = not known.",
       [](const pipeline::PipelineStats& v) { return v.buffer_max_bytes; }},
      {"unread_bytes", "auditship_unread_bytes", "gauge",
       "Bytes of log files that are there but not read yet.",
       [](const pipeline::PipelineStats& v) { return v.unread_bytes; }},
      {"buffer_full", "auditship_buffer_full", "gauge", "1 while a full buffer stops reading.",
       [](const pipeline::PipelineStats& v) { return std::uint64_t{v.full}; }},
      {"requests", "auditship_requests_total", "counter", "Requests sent by this run.",
       [](const pipeline::PipelineStats& v) { return v.delivery.requests; }},
      {"sent_bytes", "auditship_sent_bytes_total", "counter",
       "Bytes of bodies sent by this run, as on the wire.",
       [](const pipeline::PipelineStats& v) { return v.delivery.sent_bytes; }},
      {"reread", "auditship_reread_lines_total", "counter",
       "Lines read again because a frame that held them was damaged.",
       [](const pipeline::PipelineStats& v) { return v.read.reread; }},
      {"failing_sources", "auditship_failing_sources", "gauge",
       "Log files that cannot be read now.",
       [](const pipeline::PipelineStats& v) { return std::uint64_t{v.failing}; }},
      {"lost_documents", "auditship_lost_documents_total", "counter",
       "Buffered documents lost to disk damage; their lines are read again.",
       [](const pipeline::PipelineStats& v) { return v.delivered.lost; }},
      {"accounting_mismatch", "auditship_accounting_mismatch", "gauge",
       "1 when a sum of the ledger does not add up: a bug.",
       [](const pipeline::PipelineStats& v) { return std::uint64_t{!sums_hold(v)}; }},
      {"unknown", "auditship_unknown_records_total", "counter",
       "Records of this run that are of the format, but of no form that the parser knows.",
       [](const pipeline::PipelineStats& v) { return v.unknown; }},
      {"batches", "auditship_batches_total", "counter",
       "Batches put into the buffer, those that only move positions too.",
       [](const pipeline::PipelineStats& v) { return v.batches; }},
      {"settled_batches", "auditship_settled_batches_total", "counter",
       "Batches of which every document is settled.",
       [](const pipeline::PipelineStats& v) { return v.settled_batches; }},
      {"lag_bytes", "auditship_lag_bytes", "gauge",
       "Bytes of log files that are not read, or read and not settled.",
       [](const pipeline::PipelineStats& v) { return v.lag_bytes; }},
      {"files_behind", "auditship_files_behind", "gauge",
       "Log files that wait until an older generation is read to its end.",
       [](const pipeline::PipelineStats& v) { return v.files_behind; }},
      {"open", "auditship_buffer_open", "gauge", "1 while the buffer is open, 0 while it fails.",
       [](const pipeline::PipelineStats& v) { return std::uint64_t{v.open}; }},
      {"blocked", "auditship_target_blocked", "gauge",
       "1 while the target takes nothing until somebody repairs it.",
       [](const pipeline::PipelineStats& v) { return std::uint64_t{v.delivery.blocked}; }},
  };
  return kMetrics;
}

const std::vector<GaugeDefinition>& gauge_definitions() {
  static const std::vector<GaugeDefinition> kGauges = {
      {"lag_seconds", "auditship_lag_seconds",
       "Age of the oldest event that is read and not settled, or of what is unread.",
       [](const pipeline::PipelineStats& v) { return std::optional(v.lag_seconds); }},
      {"buffer_full_seconds", "auditship_buffer_full_seconds",
       "Time until the buffer is full if it grows on as in the last 10 minutes.",
       [](const pipeline::PipelineStats& v) {
         return std::optional(
             v.buffer_full_seconds.value_or(std::numeric_limits<double>::infinity()));
       }},
      {"rotations_left", "auditship_rotations_left",
       "Rotations until the file that is being read is deleted, the least of all files.",
       [](const pipeline::PipelineStats& v) {
         return v.rotations_left ? std::optional(static_cast<double>(*v.rotations_left))
                                 : std::nullopt;
       }},
      {"unparsed_share", "auditship_unparsed_ratio",
       "Share of the lines of the last hour that are not of the format.",
       [](const pipeline::PipelineStats& v) { return v.unparsed_share; }},
  };
  return kGauges;
}

}  // namespace auditship::status::numbers
