// The parts that load_config is made of. Internal to agent/config.
#pragma once

#include <string>
#include <string_view>

#include "agent/config/config.h"
#include "agent/yaml/schema.h"

namespace auditship::config {

// Replaces ${VAR} and ${VAR:-default}; $${ stands for ${. Errors: invalid, names the variable.
[[nodiscard]] Result<std::string> expand_variables(std::string_view text, const Environment& env);

// The keys that belong to no input, parser or sink: of the top level, and of a stream.
[[nodiscard]] const yaml::Schema<Config>& general_schema();
[[nodiscard]] const yaml::Schema<StreamConfig>& stream_schema();

// What the top level says for all streams: one a registered type, in their order.
struct StreamDefaults {
  std::vector<Polymorphic<input::InputConfig>> inputs;
  std::vector<Polymorphic<parsers::ParserConfig>> parsers;
};
[[nodiscard]] StreamDefaults built_in_defaults(const RegisteredTypes& types);
// Reads the keys of inputs and parsers at the top level.
void read_defaults(yaml::YamlMap& top, yaml::ReadContext& context, StreamDefaults& defaults);

// The streams that are on without any configuration, with what config says for all; filters are left empty.
[[nodiscard]] std::vector<StreamConfig> default_streams(const RegisteredTypes& types,
                                                        const StreamDefaults& defaults,
                                                        const Config& config);

// Reads `streams:` over the default streams in config, and finds and checks their rule files.
void read_streams(yaml::YamlMap& top, yaml::ReadContext& context, const RegisteredTypes& types,
                  const StreamDefaults& defaults, Config& config);

// Refuses streams that would ship lines twice, or mix documents of two formats in one target.
void check_stream_conflicts(yaml::YamlMap& top, const Config& config);

// Refuses full documents for a sink that takes none.
void check_documents(yaml::YamlMap& top, const Config& config);

// The sections of all sinks, with their defaults.
[[nodiscard]] std::vector<Polymorphic<sinks::SinkConfig>> default_sinks(
    const RegisteredTypes& types, const std::string& data_dir);

// Reads `sink:` over the defaults in config.
void read_sink(yaml::YamlMap& top, yaml::ReadContext& context, const RegisteredTypes& types,
               Config& config);

}  // namespace auditship::config
