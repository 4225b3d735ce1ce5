// The table that `run --once` prints: the disposition of each line.
//
//   std::fputs(render_summary(summaries, "OpenSearch at …", seconds).c_str(), stdout);
//
// Pure functions.
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
  // Bytes of incomplete last lines, by file.
  std::map<std::string, std::uint64_t> unterminated;
  // Everything was read and settled.
  bool finished = false;
};

// Every line read is settled or filtered, nothing is lost, and both sums hold.
[[nodiscard]] bool accounted_for(const StreamSummary& summary);
// destination: where documents went, as text. seconds: of the run.
[[nodiscard]] std::string render_summary(const std::vector<StreamSummary>& streams,
                                         const std::string& destination, double seconds);

}  // namespace auditship::status
