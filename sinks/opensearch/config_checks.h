// What the values of sink.opensearch must be like, each and together. Internal to sinks/opensearch.
#pragma once

#include <optional>
#include <string>

#include "agent/yaml/schema.h"
#include "sinks/opensearch/config.h"

namespace auditship::sinks::opensearch {

// http or https, a host, perhaps a port; no user, path or query. Takes slashes at the end off.
[[nodiscard]] std::optional<std::string> host_problem(std::string& host);
// https://HOST:PORT, perhaps with the base path that Dashboards is served under. Takes slashes at the end off.
[[nodiscard]] std::optional<std::string> dashboards_problem(std::string& url);

// Between the keys of the section, of tls and of aws_sigv4.
void check_section(yaml::YamlMap& map, yaml::ReadContext& context, OpenSearchConfig& config);
void check_tls(yaml::YamlMap& tls, yaml::ReadContext& context, OpenSearchConfig& config);
void check_aws(yaml::YamlMap& aws, yaml::ReadContext& context, OpenSearchConfig& config);

}  // namespace auditship::sinks::opensearch
