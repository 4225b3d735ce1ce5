// `setup` for OpenSearch: connects to the cluster that the configuration names, and has it set up.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "sinks/sink_type.h"

namespace auditship::sinks::opensearch {

// See sinks::SetUp. config is an OpenSearchConfig. Parts: templates, lifecycle, dashboards, roles.
Result<bool> set_up(const SinkConfig& config, Fs& fs, Logger& log, const SetupRequest& request,
                    std::span<const SetupTarget> targets,
                    const std::function<void(const std::string&)>& say);

}  // namespace auditship::sinks::opensearch
