// The status page for people: one HTML document without anything from outside, readable without
// JavaScript; with it, it renews itself.
//
//   response.body = render_status_page(status);
//   response.content_security_policy = status_page_policy();
//
// What it shows is hostile: names of files and rules, events, words of the server. All of it is
// escaped, and the policy lets nothing run but the page's own script. Pure functions.
#pragma once

#include <string>

#include "agent/status/numbers/agent_status.h"

namespace auditship::status::page {

[[nodiscard]] std::string render_status_page(const numbers::AgentStatus& status);
// The Content-Security-Policy to send with it: only its own script and style, by their hashes.
[[nodiscard]] const std::string& status_page_policy();

}  // namespace auditship::status::page
