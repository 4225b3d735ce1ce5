// Keys of the configuration that have a newer name. The old one is read for some releases more, and
// said at every start. Internal to config*.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/yaml/yaml_map.h"

namespace auditship::config {

struct RenamedKey {
  std::string_view before;  // dotted, "log.verbosity"
  std::string_view now;     // the last name only: a key stays where it is
};

// The keys that were renamed so far.
[[nodiscard]] const std::vector<RenamedKey>& renamed_keys();

// Gives old keys their new names in the document, with a warning each. A file that has both is a
// problem.
void apply_renames(yaml::YamlNode& root, const std::vector<RenamedKey>& renamed,
                   yaml::YamlProblems& problems, std::vector<std::string>& warnings);

}  // namespace auditship::config
