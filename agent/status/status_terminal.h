// The status as text for a terminal, for /status and `auditship status`. Pure function. What it shows
// is hostile (names of files, events, words of the server): nothing of it acts on a terminal.
#pragma once

#include <string>

#include "agent/status/numbers/agent_status.h"

namespace auditship::status {

[[nodiscard]] std::string render_status_text(const numbers::AgentStatus& status);

}  // namespace auditship::status
