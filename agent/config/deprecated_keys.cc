#include "agent/config/deprecated_keys.h"

#include <algorithm>

namespace auditship::config {
namespace {

yaml::YamlNode::Member* find(yaml::YamlNode& map, std::string_view key) {
  const auto at = std::find_if(map.members.begin(), map.members.end(),
                               [&](const yaml::YamlNode::Member& m) { return m.key == key; });
  return at == map.members.end() ? nullptr : &*at;
}

}  // namespace

const std::vector<RenamedKey>& renamed_keys() {
  static const std::vector<RenamedKey> kRenamed = {};
  return kRenamed;
}

void apply_renames(yaml::YamlNode& root, const std::vector<RenamedKey>& renamed,
                   yaml::YamlProblems& problems, std::vector<std::string>& warnings) {
  for (const RenamedKey& key : renamed) {
    yaml::YamlNode* map = &root;
    std::string_view rest = key.before;
    for (std::size_t dot = 0; map != nullptr && (dot = rest.find('.')) != std::string_view::npos;) {
      yaml::YamlNode::Member* const inner = find(*map, rest.substr(0, dot));
      map = inner == nullptr ? nullptr : &inner->value;
      rest.remove_prefix(dot + 1);
    }
    yaml::YamlNode::Member* const old = map == nullptr ? nullptr : find(*map, rest);
    if (old == nullptr) {
      continue;
    }
    const std::string words =
        std::string(key.before) + " is called " + std::string(key.now) + " now";
    if (find(*map, key.now) != nullptr) {
      problems.add(old->line, old->column, words + ", and the file has both: take the old one out");
      continue;
    }
    warnings.push_back(
        yaml::at_position(problems.file(), old->line, old->column,
                          words + "; the old name is still read, but will not be for ever"));
    old->key = key.now;
  }
}

}  // namespace auditship::config
