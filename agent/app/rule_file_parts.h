// The parts that parse_rule_file is made of. Internal to rule_file*.cc.
#pragma once

#include <vector>

#include "agent/app/rule_file.h"
#include "agent/app/yaml_reader.h"
#include "agent/filter/spec.h"

namespace auditship {

// Reads the conditions that a rule of this kind may have into match.
void read_match(YamlMap& map, RuleSetKind kind, MatchSpec& match);

// Reads a list of stages.
void read_stages(YamlMap& map, std::string_view key, StageSet& stages);

// Reads `tests:`.
void read_rule_tests(YamlMap& top, std::vector<RuleTest>& tests);

}  // namespace auditship
