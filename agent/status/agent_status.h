// What an agent is doing: plain values, from a running agent or from its data directory, in JSON
// and in words. Metrics are written by agent/status/prometheus_exposition, the page by agent/status/status_page_html. Pure
// functions but for read_status.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "agent/logging/recent_warnings.h"
#include "agent/pipeline/pipeline_stats.h"
#include "agent/platform/process_stats.h"
#include "agent/rules/rule_watcher.h"
#include "agent/status/certificate_expiry.h"

namespace auditship::status {

struct StreamStatus {
  std::string name;
  pipeline::PipelineStats stats;
  // Of a running agent:
  rules::RulesView rules{};
  std::vector<pipeline::InputFileStatus> files{};
  std::vector<std::string> events{};  // in words, oldest first
};

struct AgentStatus {
  std::string version, cluster, node;
  bool running = false;
  std::int64_t started_ns = 0, now_ns = 0;
  std::vector<StreamStatus> streams;
  // Of a running agent:
  bool draining = false;
  std::string sink;           // where documents go, in words
  bool events_shown = false;  // false: whoever asks may not see them
  std::vector<logging::Warning> warnings;
  std::vector<CertificateEnd> certificates;
  std::optional<platform::ProcessFigures> process;
};

[[nodiscard]] std::string render_status_json(const AgentStatus& status);
// For a terminal: nothing in it acts on one.
[[nodiscard]] std::string render_status_text(const AgentStatus& status);

// What the data directory alone tells: ledgers and buffers. Reads only, also while an agent runs.
// Errors: not_found (no data directory), io, corrupt, newer_version.
[[nodiscard]] Result<AgentStatus> read_status(Fs& fs, const std::string& data_dir);

// Both sums of the ledger hold.
[[nodiscard]] bool sums_hold(const pipeline::PipelineStats& stats);
// Why the agent cannot make progress, one reason each; empty: it can. A target that is down is lag.
[[nodiscard]] std::vector<std::string> unready_reasons(const AgentStatus& status);

// "42 s", "3 h 5 min", "12 d".
[[nodiscard]] std::string human_seconds(double seconds);

}  // namespace auditship::status
