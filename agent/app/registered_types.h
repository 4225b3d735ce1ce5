// The inputs, parsers and sinks of this program, as the configuration is read with them.
#pragma once

#include "agent/config/config.h"

namespace auditship::app {

[[nodiscard]] config::RegisteredTypes registered_types();

}  // namespace auditship::app
