// Metrics of an agent as Prometheus reads them: its text format, or OpenMetrics where the scraper
// asks for it. Names and meanings: docs/metrics.md.
//
//   const MetricsFormat format = wanted_format(request.accept);
//   response = {200, content_type(format), render_metrics(status, format)};
//
// Labels may hold hostile text: it is escaped, and two names that look alike once they are plain are
// one sample. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "agent/status/numbers/agent_status.h"

namespace auditship::status {

enum class MetricsFormat { prometheus, openmetrics };

// What a request's Accept header prefers; the Prometheus text where it says nothing.
[[nodiscard]] MetricsFormat wanted_format(std::string_view accept);
[[nodiscard]] const char* content_type(MetricsFormat format);
[[nodiscard]] std::string render_metrics(const numbers::AgentStatus& status,
                                         MetricsFormat format = MetricsFormat::prometheus);

}  // namespace auditship::status
