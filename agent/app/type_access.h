// What commands ask of one type by name: OpenSearch itself, for `reconcile` and `dead-letter replay`.
#pragma once

#include "agent/base/result.h"
#include "agent/config/config.h"
#include "sinks/opensearch/config.h"

namespace auditship::app {

// The section of the sink in use. Errors: invalid, that sink is another.
[[nodiscard]] Result<sinks::opensearch::OpenSearchConfig> opensearch_config(
    const config::Config& config);

}  // namespace auditship::app
