// AgentStatus: what an agent is doing, as plain values: from a running agent (status_endpoints.h) or
// from its data directory (read_status).
//
//   Result<AgentStatus> status = read_status(fs, "/var/lib/auditship");
//
// Shown by status_json, status_terminal, status_page_html and prometheus_exposition.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "agent/logging/recent_warnings.h"
#include "agent/pipeline/pipeline_stats.h"
#include "agent/platform/process_stats.h"
#include "agent/rules/rule_watcher.h"
#include "agent/status/numbers/certificate_expiry.h"

namespace auditship::status::numbers {

struct StreamStatus {
  std::string name;
  pipeline::PipelineStats stats;

  // Of a running agent:
  rules::RulesView rules{};
  std::vector<pipeline::SourceStatus> logs{};
  // One line each, oldest first.
  std::vector<std::string> events{};
};

struct AgentStatus {
  std::string version, cluster, node;
  bool running = false;
  std::int64_t started_ns = 0, now_ns = 0;
  std::vector<StreamStatus> streams;

  // Of a running agent:
  bool draining = false;
  // Where documents go, as text.
  std::string sink;
  // False: whoever asks may not see them.
  bool events_shown = false;
  std::vector<logging::Warning> warnings;
  std::vector<CertificateExpiry> certificates;
  std::optional<platform::ProcessStats> process;
};

// What the data directory alone tells: ledgers and buffers. Reads only, also while an agent runs.
// Errors: not_found (no data directory), io, corrupt, newer_version.
[[nodiscard]] Result<AgentStatus> read_status(Fs& fs, const std::string& data_dir);

// Both sums of the ledger hold.
[[nodiscard]] bool sums_hold(const pipeline::PipelineStats& stats);
// Why the agent cannot make progress, one reason each; empty: it can. A target that is down is lag.
[[nodiscard]] std::vector<std::string> unready_reasons(const AgentStatus& status);

}  // namespace auditship::status::numbers
