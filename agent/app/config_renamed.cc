#include "agent/app/config_renamed.h"

#include <algorithm>

namespace auditship {
namespace {

YamlNode::Member* find(YamlNode& map, std::string_view key) {
  const auto at = std::find_if(map.members.begin(), map.members.end(),
                               [&](const YamlNode::Member& m) { return m.key == key; });
  return at == map.members.end() ? nullptr : &*at;
}

}  // namespace

const std::vector<RenamedKey>& renamed_keys() {
  static const std::vector<RenamedKey> kRenamed = {};
  return kRenamed;
}

void apply_renames(YamlNode& root, const std::vector<RenamedKey>& renamed, YamlProblems& problems,
                   std::vector<std::string>& warnings) {
  for (const RenamedKey& key : renamed) {
    YamlNode* map = &root;
    std::string_view rest = key.before;
    for (std::size_t dot = 0; map != nullptr && (dot = rest.find('.')) != std::string_view::npos;) {
      YamlNode::Member* const inner = find(*map, rest.substr(0, dot));
      map = inner == nullptr ? nullptr : &inner->value;
      rest.remove_prefix(dot + 1);
    }
    YamlNode::Member* const old = map == nullptr ? nullptr : find(*map, rest);
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
        at_position(problems.file(), old->line, old->column,
                    words + "; the old name is still read, but will not be for ever"));
    old->key = key.now;
  }
}

}  // namespace auditship
