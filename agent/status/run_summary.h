// The table that `run --once` prints: what became of every line. Pure text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/pipeline/pipeline_stats.h"

namespace auditship::status {

struct StreamSummary {
  std::string name;
  pipeline::PipelineStats stats;
  std::map<std::string, std::uint64_t> unterminated;  // file to bytes of its incomplete last line
  bool finished = false;
};

// Every line read is settled or filtered, nothing is lost, and both sums hold.
[[nodiscard]] bool accounted_for(const StreamSummary& summary);
[[nodiscard]] std::string render_summary(const std::vector<StreamSummary>& streams,
                                         const std::string& destination, double seconds);
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

}  // namespace auditship::status
