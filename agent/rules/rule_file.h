// Rule files: YAML or JSON text to a RuleSetSpec. Two kinds:
//   apiVersion: auditship/v1,    kind: FilterRules   no match = keep, guards hold
//   apiVersion: audit.k8s.io/v1, kind: Policy        a kube-apiserver's own file; no match = drop
//
// Refused is what a kube-apiserver refuses, and what it only warns about: unknown, misspelt or
// repeated keys, because they make a rule wider. Messages are "file:line:column: …" with the
// nearest key, one problem a line. Tests in the file are read but not run by loading. Format:
// docs/configuration.md. Stateless; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "agent/event/event.h"
#include "agent/filter/rule_set.h"
#include "agent/filter/rule_spec.h"

namespace auditship::rules {

// One entry of `tests:`: an event and what the rules must say about it. Absent = not asked.
struct RuleTest {
  std::string name;
  event::Record record;
  // The name of the deciding rule; "" = none.
  std::optional<std::string> rule;
  std::optional<filter::Action> action;
  std::optional<filter::Level> level;
  // "" = none.
  std::optional<std::string> guard;
  int line = 0, column = 0;
};

struct RuleFile {
  std::string file;
  filter::RuleSetSpec spec;
  // Built from spec.
  filter::RuleSet rules;
  std::vector<RuleTest> tests;
  // As "file:line:column: …".
  std::vector<std::string> warnings;
};

// Errors: not_found, io; invalid.
[[nodiscard]] Result<RuleFile> load_rule_file(Fs& fs, const std::string& path);

// The same from text; file is for messages. Errors: invalid.
[[nodiscard]] Result<RuleFile> parse_rule_file(const std::string& file, std::string_view text);

// Runs the tests of a rule file. One readable text for each that fails; empty: all hold.
[[nodiscard]] std::vector<std::string> run_rule_tests(const RuleFile& file);

}  // namespace auditship::rules
