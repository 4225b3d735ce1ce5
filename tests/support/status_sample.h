// A status as a running agent has it, for tests of what shows it.
#pragma once

#include "agent/status/numbers/agent_status.h"

namespace auditship::test {

inline status::numbers::AgentStatus sample_status() {
  status::numbers::AgentStatus status;
  status.version = "1";
  status.cluster = "prod \"eu\"";
  status.node = "n1";
  status.running = true;
  status::numbers::StreamStatus stream;
  stream.name = "kubeaudit";
  stream.stats.open = true;
  stream.stats.read.lines = 5;
  stream.stats.read.filtered = 2;
  stream.stats.read.documents = 3;
  stream.stats.read.by_rule = {{"probes", 2}};
  stream.stats.delivered.created = 1;
  stream.stats.buffered_documents = 2;
  status.streams.push_back(stream);
  return status;
}

}  // namespace auditship::test
