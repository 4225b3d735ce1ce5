// What an agent is doing, in JSON, in Prometheus text and in words; from a running agent or from
// its data directory. Pure functions over plain values, but for read_status. Names of metrics:
// docs/metrics.md.
#pragma once

#include <string>
#include <vector>

#include "agent/app/rule_watch.h"
#include "agent/app/stream.h"
#include "agent/core/fs.h"
#include "agent/core/result.h"

namespace auditship {

struct StreamStatus {
  std::string name;
  StreamView view;
  RulesView rules{};  // of a running agent
};

struct AgentStatus {
  std::string version, cluster, node;
  bool running = false;
  std::int64_t started_ns = 0, now_ns = 0;
  std::vector<StreamStatus> streams;
};

[[nodiscard]] std::string render_status_json(const AgentStatus& status);
[[nodiscard]] std::string render_status_text(const AgentStatus& status);
[[nodiscard]] std::string render_metrics(const AgentStatus& status);

// What the data directory alone tells: ledgers and buffers. Reads only, also while an agent runs.
// Errors: not_found (no data directory), io, corrupt, newer_version.
[[nodiscard]] Result<AgentStatus> read_status(Fs& fs, const std::string& data_dir);

// Both sums of the ledger hold.
[[nodiscard]] bool sums_hold(const StreamView& view);

}  // namespace auditship
