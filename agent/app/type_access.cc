#include "agent/app/type_access.h"

namespace auditship::app {

Result<sinks::opensearch::OpenSearchConfig> opensearch_config(const config::Config& config) {
  const auto* sink = dynamic_cast<const sinks::opensearch::OpenSearchConfig*>(&config.sink());
  if (sink == nullptr) {
    return Error{Errc::invalid, "the configured sink is not opensearch"};
  }
  return *sink;
}

}  // namespace auditship::app
