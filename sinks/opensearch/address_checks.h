// What the addresses in sink.opensearch must be like. Internal to sinks/opensearch.
//
// Each function brings the address into its usual form (no slashes at the end) and says what is wrong with it. No
// message shows a password that was written into an address.
#pragma once

#include <optional>
#include <string>

namespace auditship::sinks::opensearch {

// http or https, a host, perhaps a port, perhaps the path below which OpenSearch is found.
[[nodiscard]] std::optional<std::string> host_problem(std::string& host);
// The same, or empty; the path is the base path of Dashboards.
[[nodiscard]] std::optional<std::string> dashboards_problem(std::string& url);
// Empty, kEnvironmentProxy, or http or https, a host and a port.
[[nodiscard]] std::optional<std::string> proxy_problem(std::string& proxy);

}  // namespace auditship::sinks::opensearch
