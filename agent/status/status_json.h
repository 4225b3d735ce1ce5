// The status as JSON, for /status.json and `auditship status --json`. Pure function; all text in it is
// escaped.
#pragma once

#include <string>

#include "agent/status/numbers/agent_status.h"

namespace auditship::status {

[[nodiscard]] std::string render_status_json(const numbers::AgentStatus& status);

}  // namespace auditship::status
