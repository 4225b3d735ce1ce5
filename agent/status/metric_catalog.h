// The numbers of a stream: one table for JSON and metrics. Names of metrics: docs/metrics.md.
#pragma once

#include <optional>
#include <vector>

#include "agent/pipeline/pipeline_stats.h"

namespace auditship::status {

struct StreamNumber {
  const char* json;
  const char* metric;
  const char* type;
  const char* help;
  std::uint64_t (*of)(const pipeline::PipelineStats&);
};

// A measured value, which may be missing.
struct StreamMeasure {
  const char* json;
  const char* metric;  // a gauge
  const char* help;
  std::optional<double> (*of)(const pipeline::PipelineStats&);
};

[[nodiscard]] const std::vector<StreamNumber>& stream_numbers();
[[nodiscard]] const std::vector<StreamMeasure>& stream_measures();

}  // namespace auditship::status
