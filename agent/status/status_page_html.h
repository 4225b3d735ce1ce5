// The status page for people: one HTML document without anything from outside, readable without
// JavaScript; with it, it renews itself. Pure text. What it shows is hostile: names of files and
// rules, events, words of the server. All of it is escaped, and the policy lets nothing run but the
// page's own script.
#pragma once

#include <string>
#include <string_view>

#include "agent/status/agent_status.h"

namespace auditship::status {

[[nodiscard]] std::string render_page(const AgentStatus& status);
// The Content-Security-Policy to send with it: only its own script and style, by their hashes.
[[nodiscard]] const std::string& page_policy();

// Text for an element or a quoted attribute: valid UTF-8 without markup and control characters.
[[nodiscard]] std::string html_text(std::string_view text);

}  // namespace auditship::status
