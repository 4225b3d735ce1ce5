// What the values of sink.opensearch must be like together. Internal to sinks/opensearch.
#pragma once

#include "agent/yaml/schema.h"
#include "sinks/opensearch/config.h"

namespace auditship::sinks::opensearch {

// Between the keys of the section, of tls and of aws_sigv4.
void check_section(yaml::YamlMap& map, yaml::ReadContext& context, OpenSearchConfig& config);
void check_tls(yaml::YamlMap& tls, yaml::ReadContext& context, OpenSearchConfig& config);
void check_aws(yaml::YamlMap& aws, yaml::ReadContext& context, OpenSearchConfig& config);

}  // namespace auditship::sinks::opensearch
