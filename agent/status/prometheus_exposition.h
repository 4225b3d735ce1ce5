// Metrics of an agent as Prometheus reads them: its text format, or OpenMetrics where the scraper
// asks for it. Names and meanings: docs/metrics.md. Pure text.
#pragma once

#include <string>
#include <string_view>

#include "agent/status/agent_status.h"

namespace auditship::status {

enum class MetricsFormat { prometheus, openmetrics };

// What a request's Accept header prefers; the Prometheus text where it says nothing.
[[nodiscard]] MetricsFormat wanted_format(std::string_view accept);
[[nodiscard]] const char* content_type(MetricsFormat format);
[[nodiscard]] std::string render_metrics(const AgentStatus& status,
                                         MetricsFormat format = MetricsFormat::prometheus);

}  // namespace auditship::status
