// The parts that parse_rule_file is made of. Internal to rule_file*.cc.
#pragma once

#include <vector>

#include "agent/filter/rule_spec.h"
#include "agent/rules/rule_file.h"
#include "agent/yaml/yaml_map.h"

namespace auditship::rules {

// Reads the conditions that a rule of this kind may have into match.
void read_match(yaml::YamlMap& map, filter::RuleSetKind kind, filter::MatchSpec& match);

// Reads a list of stages.
void read_stages(yaml::YamlMap& map, std::string_view key, filter::StageSet& stages);

// Reads `tests:`.
void read_rule_tests(yaml::YamlMap& top, std::vector<RuleTest>& tests);

}  // namespace auditship::rules
