// `check --online` for OpenSearch: does a host answer, and is each stream's target there?
#pragma once

#include <functional>
#include <span>
#include <string>

#include "sinks/sink_type.h"

namespace auditship::sinks::opensearch {

// See sinks::OnlineCheck. config is an OpenSearchConfig.
bool check_online(const SinkConfig& config, Fs& fs, Logger& log,
                  std::span<const SinkStream> streams,
                  const std::function<void(const std::string&)>& say);

}  // namespace auditship::sinks::opensearch
