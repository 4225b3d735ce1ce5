// The parts that load_config is made of. Internal to config*.cc.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/filesystem.h"
#include "agent/config/config.h"
#include "agent/yaml/yaml_map.h"

namespace auditship::config {

// Replaces ${VAR} and ${VAR:-default}; $${ stands for ${. Errors: invalid, names the variable.
[[nodiscard]] Result<std::string> expand_variables(std::string_view text, const Environment& env);

// name as seen from the directory of the configuration file.
[[nodiscard]] std::string resolve_path(const std::string& config_file, std::string_view name);

// nullopt when path is a readable regular file, else what is wrong with it.
[[nodiscard]] std::optional<std::string> unreadable(Fs& fs, const std::string& path);

// Reads key as the name of a file that must be readable; into becomes the resolved path.
void read_file_name(yaml::YamlMap& map, std::string_view key, Fs& fs,
                    const std::string& config_file, std::string& into);
// The same for what only delivery needs: when it cannot be read now, that is in config.missing.
void read_file_of_delivery(yaml::YamlMap& map, std::string_view key, Fs& fs, Config& config,
                           std::string& into);

// The streams that are on without any configuration; filters are left empty.
[[nodiscard]] std::vector<StreamConfig> default_streams();

// Reads `streams:` over the default streams in config, and finds and checks their rule files.
void read_streams(yaml::YamlMap& top, Fs& fs, Config& config);

// Reads `bodies:` and `redaction:`.
void read_bodies(yaml::YamlMap& top, Config& config);

// Reads `ssh_key_owners:`, and the files it names once.
void read_key_owners(yaml::YamlMap& top, Fs& fs, Config& config);

// Reads `sink:`.
void read_sink(yaml::YamlMap& top, Fs& fs, Config& config);

}  // namespace auditship::config
