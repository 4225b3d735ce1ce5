#include "agent/rules/rule_file_internal.h"

namespace auditship::rules {
namespace {

void read_resources(yaml::YamlMap& map, std::vector<filter::ResourceSpec>& resources) {
  map.for_each_item("resources", [&](const yaml::YamlNode& item) {
    yaml::YamlMap entry(map.problems(), item,
                        map.path_of("resources") + "[" + std::to_string(resources.size()) + "]");
    filter::ResourceSpec resource;
    entry.text("group", resource.group);
    entry.texts("resources", resource.resources);
    entry.texts("resourceNames", resource.resource_names);
    entry.done();
    resources.push_back(std::move(resource));
  });
}

// A mapping of names to a value or a list of values.
void read_named_globs(yaml::YamlMap& map, std::string_view key,
                      std::vector<filter::NamedGlobs>& into) {
  const yaml::YamlNode* node = map.get(key);
  if (node == nullptr) {
    return;
  }
  yaml::YamlMap names(map.problems(), *node, map.path_of(key));
  for (const yaml::YamlNode::Member& member : names.members()) {
    filter::NamedGlobs named;
    named.name = member.key;
    if (member.value.kind == yaml::YamlNode::Kind::list) {
      for (const yaml::YamlNode& item : member.value.items) {
        if (auto text =
                yaml::as_scalar(map.problems(), item, names.path_of(member.key), "a value")) {
          named.globs.push_back(std::move(*text));
        }
      }
    } else if (auto text = yaml::as_scalar(map.problems(), member.value, names.path_of(member.key),
                                           "a value or a list of values")) {
      named.globs.push_back(std::move(*text));
    }
    into.push_back(std::move(named));
  }
}

void read_size(yaml::YamlMap& map, std::string_view key, std::optional<std::uint64_t>& into) {
  std::uint64_t bytes = 0;
  if (map.size(key, 0, std::uint64_t{1} << 40, bytes)) {
    into = bytes;
  }
}

}  // namespace

void read_stages(yaml::YamlMap& map, std::string_view key, filter::StageSet& stages) {
  std::vector<filter::StageSet> bits;
  map.parsed_list(key, filter::parse_stage, bits);
  for (const filter::StageSet bit : bits) {
    stages = static_cast<filter::StageSet>(stages | bit);
  }
}

void read_match(yaml::YamlMap& map, filter::RuleSetKind kind, filter::MatchSpec& match) {
  map.texts("users", match.users);
  map.texts("userGroups", match.user_groups);
  map.texts("verbs", match.verbs);
  read_resources(map, match.resources);
  map.texts("namespaces", match.namespaces);
  map.texts("nonResourceURLs", match.non_resource_urls);
  if (kind == filter::RuleSetKind::policy) {
    return;
  }
  read_stages(map, "stages", match.stages);
  map.parsed_list("sourceNetworks", IpNetwork::parse, match.source_networks);
  map.parsed_list("responseCodes", filter::parse_code_range, match.response_codes);
  read_named_globs(map, "annotations", match.annotations);
  map.texts("userAgents", match.user_agents);
  read_named_globs(map, "fields", match.fields);
  read_size(map, "minSize", match.min_size);
  read_size(map, "maxSize", match.max_size);
  map.parsed_list("times", filter::parse_time_window, match.times);
}

}  // namespace auditship::rules
