// `ssh_key_owners:` of the configuration: the list of sources, read and written.
#pragma once

#include <string_view>
#include <vector>

#include "agent/yaml/read_context.h"
#include "agent/yaml/yaml_map.h"
#include "agent/yaml/yaml_writer.h"
#include "parsers/auth_log/key_owners/key_owner_files.h"

namespace auditship::parsers::auth_log::key_owners {

// Replaces into if map has key, and loads the files once, so that `check` finds what is wrong with
// them and their warnings are said.
void read_sources(yaml::YamlMap& map, std::string_view key, yaml::ReadContext& context,
                  std::vector<KeyOwnerSource>& into);

// Nothing where there are no sources.
void write_sources(yaml::YamlWriter& out, std::string_view key,
                   const std::vector<KeyOwnerSource>& sources);

}  // namespace auditship::parsers::auth_log::key_owners
