#include "agent/rules/rule_file.h"

#include <array>

#include "agent/base/encoding/sha256.h"
#include "agent/rules/rule_file_internal.h"

namespace auditship::rules {
namespace {

constexpr std::size_t kMaxRuleFile = 1 << 20;
constexpr std::string_view kOurVersion = "auditship/v1";
constexpr std::string_view kPolicyVersion = "audit.k8s.io/v1";

// Which kind the file says it is, from apiVersion and kind.
std::optional<filter::RuleSetKind> read_kind(yaml::YamlMap& top) {
  std::string version, kind;
  top.text("apiVersion", version);
  top.text("kind", kind);
  if (version == kPolicyVersion && (kind == "Policy" || kind.empty())) {
    return filter::RuleSetKind::policy;  // Kubernetes fills in a kind that is absent
  }
  if (version == kOurVersion && kind == "FilterRules") {
    return filter::RuleSetKind::filter_rules;
  }
  const bool kind_is_wrong = version == kPolicyVersion || version == kOurVersion;
  top.add_problem(kind_is_wrong ? "kind" : "apiVersion",
                  "expected apiVersion: auditship/v1 with kind: FilterRules, or apiVersion: "
                  "audit.k8s.io/v1 with kind: Policy");
  return std::nullopt;
}

void read_level(yaml::YamlMap& map, filter::RuleSpec& rule) {
  std::string text;
  if (!map.text("level", text)) {
    return;
  }
  if (const auto level = filter::parse_level(text)) {
    rule.level = *level;
  } else {
    map.add_problem("level", level.error().message);
  }
}

void read_guard_names(yaml::YamlMap& map, filter::GuardSet& set) {
  std::vector<std::string> names;
  map.texts("allow_hiding", names);
  for (const std::string& name : names) {
    if (const auto guard = filter::guard_by_name(name)) {
      set |= filter::guard_bit(*guard);
      continue;
    }
    const std::string_view near = yaml::nearest_name(
        name,
        std::vector<std::string_view>(filter::kGuardNames.begin(), filter::kGuardNames.end()));
    map.add_problem("allow_hiding",
                    "there is no guard \"" + name + "\"" +
                        (near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?"));
  }
}

void read_own_keys(yaml::YamlMap& map, filter::RuleSpec& rule) {
  map.text("name", rule.name);
  std::string ignored;
  map.text("description", ignored);
  static constexpr std::array kActions = {filter::RuleAction::keep, filter::RuleAction::drop,
                                          filter::RuleAction::sample};
  if (const auto action = map.one_of("action", {"keep", "drop", "sample"})) {
    rule.action = kActions[*action];
  }
  std::string sample;
  if (map.text("sample", sample)) {
    if (const auto rate = filter::parse_sample_rate(sample)) {
      rule.sample = *rate;
    } else {
      map.add_problem("sample", rate.error().message);
    }
    if (!map.has("action")) {
      rule.action = filter::RuleAction::sample;
    } else if (rule.action != filter::RuleAction::sample) {
      map.add_problem("sample", "needs action: sample");
    }
  }
  read_guard_names(map, rule.allow_hiding);
}

filter::RuleSpec read_rule(yaml::YamlProblems& problems, const yaml::YamlNode& node,
                           filter::RuleSetKind kind, const std::string& path) {
  yaml::YamlMap map(problems, node, path);
  filter::RuleSpec rule;
  if (kind == filter::RuleSetKind::filter_rules) {
    read_own_keys(map, rule);
  }
  read_level(map, rule);
  read_match(map, kind, rule.match);
  read_stages(map, "omitStages", rule.omit_stages);
  bool omit = false;
  if (map.boolean("omitManagedFields", omit)) {
    rule.omit_managed_fields = omit;
  }
  map.done();
  return rule;
}

void read_guards(yaml::YamlMap& top, filter::RuleSetSpec& spec,
                 std::vector<const yaml::YamlNode*>& nodes) {
  top.for_each_item("guards", [&](const yaml::YamlNode& item) {
    yaml::YamlMap map(top.problems(), item, "guards[" + std::to_string(spec.guards.size()) + "]");
    filter::GuardException exception;
    const std::vector<std::string_view> names(filter::kGuardNames.begin(),
                                              filter::kGuardNames.end());
    if (const auto guard = map.one_of("guard", names)) {
      exception.guard = static_cast<filter::Guard>(*guard);
    } else if (!map.has("guard")) {
      map.add_problem("guard", "required: the guard to narrow");
    }
    if (const yaml::YamlNode* except = map.get("except")) {
      yaml::YamlMap match(top.problems(), *except, map.path_of("except"));
      read_match(match, filter::RuleSetKind::filter_rules, exception.except);
      match.done();
    }
    map.text("reason", exception.reason);
    map.done();
    spec.guards.push_back(std::move(exception));
    nodes.push_back(&item);
  });
}

// Where a problem of the compiled rules stands in the text.
void add_spec_problem(yaml::YamlMap& top, const filter::SpecProblem& problem,
                      const std::vector<const yaml::YamlNode*>& rules,
                      const std::vector<const yaml::YamlNode*>& guards) {
  if (problem.rule == -1) {
    top.add_problem(problem.field, problem.message);
    return;
  }
  const bool in_rule = problem.rule >= 0;
  const auto index = static_cast<std::size_t>(in_rule ? problem.rule : -2 - problem.rule);
  yaml::YamlMap map(top.problems(), *(in_rule ? rules : guards)[index],
                    (in_rule ? "rules[" : "guards[") + std::to_string(index) + "]");
  if (problem.field.empty()) {
    top.problems().add(*(in_rule ? rules : guards)[index], problem.message);
  } else {
    map.add_problem(problem.field, problem.message);
  }
}

void read_spec(yaml::YamlMap& top, filter::RuleSetKind kind, RuleFile& out) {
  filter::RuleSetSpec& spec = out.spec;
  spec.kind = kind;
  std::vector<const yaml::YamlNode*> rules, guards;
  if (kind == filter::RuleSetKind::filter_rules) {
    read_guards(top, spec, guards);
    read_rule_tests(top, out.tests);
    if (!top.has("rules")) {
      top.add_problem("rules", "required: a list of rules, [] for none");
    }
  } else {
    top.get("metadata");  // Kubernetes takes it and does nothing with it
  }
  read_stages(top, "omitStages", spec.omit_stages);
  top.boolean("omitManagedFields", spec.omit_managed_fields);
  top.for_each_item("rules", [&](const yaml::YamlNode& item) {
    spec.rules.push_back(
        read_rule(top.problems(), item, kind, "rules[" + std::to_string(spec.rules.size()) + "]"));
    rules.push_back(&item);
  });
  top.done();
  if (top.problems().empty()) {
    if (const auto problem = filter::validate(spec)) {
      add_spec_problem(top, *problem, rules, guards);
    }
  }
}

// Fields that documents once had. A rule that names one matches nothing, and may have been written to keep something.
void warn_of_gone_fields(RuleFile& out) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kGone = {{
      {"ident", "name process.name"},
      {"pid", "name process.pid"},
      {"tag", "a rule file belongs to one stream already"},
      {"time", "use the condition times"},
      {"event.kind", "it was always event"},
      {"agent.name", "it was always auditship"},
      {"agent.id", "it was one of an agent"},
      {"orchestrator.type", "it was always kubernetes"},
      {"log.syslog.priority", "name log.syslog.facility.name and log.syslog.severity.name"},
  }};
  for (const filter::RuleSpec& rule : out.spec.rules) {
    for (const filter::NamedGlobs& field : rule.match.fields) {
      for (const auto& [name, instead] : kGone) {
        if (field.name == name) {
          out.warnings.push_back(out.file + ": rule " + rule.name + ": no document has the field " +
                                 field.name +
                                 ", so the rule matches nothing: " + std::string(instead));
        }
      }
    }
  }
}

}  // namespace

Result<RuleFile> parse_rule_file(const std::string& file, std::string_view text) {
  auto document = yaml::parse_yaml(file, text);
  if (!document) {
    return document.error();
  }
  RuleFile out;
  out.file = file;
  yaml::YamlProblems problems(file);
  yaml::YamlMap top(problems, document->root, "");
  const auto kind = read_kind(top);
  if (!kind) {
    return problems.error();
  }
  if (document->more_documents) {
    if (*kind == filter::RuleSetKind::filter_rules) {
      problems.add(document->root, "expected one YAML document, found a second one (---)");
    } else {
      out.warnings.push_back(file + ": only the first YAML document counts, as in Kubernetes");
    }
  }
  read_spec(top, *kind, out);
  if (!problems.empty()) {
    return problems.error();
  }
  warn_of_gone_fields(out);
  out.spec.hash = Sha256().of(text);
  auto rules = filter::RuleSet::build(out.spec);
  if (!rules) {
    return rules.error().in(file);
  }
  out.rules = std::move(*rules);
  return out;
}

Result<RuleFile> load_rule_file(Fs& fs, const std::string& path) {
  auto text = fs.read_file(path, kMaxRuleFile);
  if (!text) {
    return text.error().in("read rule file " + path);
  }
  return parse_rule_file(path, *text);
}

}  // namespace auditship::rules
