// The numbers of a stream: one table for JSON and metrics. Names of metrics: docs/metrics.md.
//
//   for (const MetricDefinition& each : metric_definitions()) …each.metric, each.of(stats)…
//
// Constant; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/pipeline/pipeline_stats.h"

namespace auditship::status::numbers {

// A whole number that is always there: a counter or a gauge.
struct MetricDefinition {
  const char* json;
  const char* metric;
  const char* type;
  const char* help;
  std::uint64_t (*of)(const pipeline::PipelineStats&);
  // The label `result` of its sample; nullptr: it has none. Metrics that differ in it alone stand
  // next to each other and have one help text.
  const char* result = nullptr;
};

// A measured value, which may be missing: a gauge.
struct GaugeDefinition {
  const char* json;
  const char* metric;
  const char* help;
  std::optional<double> (*of)(const pipeline::PipelineStats&);
};

[[nodiscard]] const std::vector<MetricDefinition>& metric_definitions();
[[nodiscard]] const std::vector<GaugeDefinition>& gauge_definitions();

}  // namespace auditship::status::numbers
