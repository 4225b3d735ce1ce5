#include <algorithm>
#include <cctype>
#include <set>

#include "agent/filter/guard_proof.h"
#include "agent/filter/rule_spec.h"

namespace auditship::filter {
namespace {

using Complaint = std::optional<std::pair<std::string, std::string>>;  // field, message

constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxGlob = 1024;

Complaint complain(std::string field, std::string message) {
  return std::pair(std::move(field), std::move(message));
}

bool is_lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// RFC 1123 subdomain, as Kubernetes checks API groups.
bool is_subdomain(std::string_view text) {
  if (text.empty() || text.size() > 253) {
    return false;
  }
  char before = '.';
  for (const char c : text) {
    const bool ends_label = c == '.';
    if (ends_label || c == '-' ? before == '.' || (ends_label && before == '-')
                               : !is_lower_alnum(c)) {
      return false;
    }
    before = c;
  }
  return is_lower_alnum(before);
}

// What k8s.io/apiserver's ValidatePolicy refuses in a rule, besides levels and stages.
Complaint check_policy_match(const MatchSpec& match) {
  if (!match.non_resource_urls.empty() && (!match.resources.empty() || !match.namespaces.empty())) {
    return complain("nonResourceURLs",
                    "a rule cannot be about both resources and non-resource URLs");
  }
  for (const std::string& url : match.non_resource_urls) {
    if (url == "*") {
      continue;
    }
    if (!url.starts_with('/')) {
      return complain("nonResourceURLs",
                      "\"" + url + "\": expected a path that begins with /, or *");
    }
    if (const std::size_t star = url.find('*');
        star != std::string::npos && star + 1 != url.size()) {
      return complain("nonResourceURLs", "\"" + url + "\": * may stand at the very end only");
    }
  }
  for (const ResourceSpec& resource : match.resources) {
    if (!resource.group.empty() && resource.group != "*" && !is_subdomain(resource.group)) {
      return complain("resources", "group \"" + resource.group +
                                       "\": expected an API group without a version, as apps; "
                                       "empty for the core group");
    }
    if (!resource.resource_names.empty() && resource.resources.empty()) {
      return complain("resources", "resourceNames needs resources beside it");
    }
  }
  return std::nullopt;
}

Complaint check_globs(std::string_view field, const std::vector<std::string>& globs) {
  for (const std::string& glob : globs) {
    if (glob.size() > kMaxGlob) {
      return complain(std::string(field), "a pattern is longer than 1024 bytes");
    }
  }
  return std::nullopt;
}

Complaint check_named_globs(std::string_view field, const std::vector<NamedGlobs>& list) {
  for (const NamedGlobs& named : list) {
    if (named.globs.empty()) {
      return complain(std::string(field),
                      "\"" + named.name + "\" needs at least one value; \"*\" accepts any");
    }
    if (auto complaint = check_globs(field, named.globs)) {
      return complaint;
    }
  }
  return std::nullopt;
}

Complaint check_match(const MatchSpec& match) {
  if (auto complaint = check_policy_match(match)) {
    return complaint;
  }
  if (auto complaint = check_globs("userAgents", match.user_agents)) {
    return complaint;
  }
  if (auto complaint = check_named_globs("annotations", match.annotations)) {
    return complaint;
  }
  if (auto complaint = check_named_globs("fields", match.fields)) {
    return complaint;
  }
  if (match.min_size && match.max_size && *match.min_size > *match.max_size) {
    return complain("maxSize", "is below minSize: the rule would match nothing");
  }
  return std::nullopt;
}

bool is_rule_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' ||
                  c == '.' || c == '/';
         });
}

bool takes_away(const RuleSpec& rule) {
  return rule.action == RuleAction::drop || rule.action == RuleAction::sample ||
         rule.level == Level::none;
}

Complaint check_own_rule(const RuleSpec& rule) {
  if (!is_rule_name(rule.name)) {
    return complain("name",
                    "expected 1 to 64 letters, digits, - _ . or /: drops are counted by it");
  }
  if (rule.action == RuleAction::by_level && !rule.level) {
    return complain("action", "expected action: keep, drop or sample, or a level");
  }
  if (rule.action == RuleAction::drop && rule.level.value_or(Level::none) != Level::none) {
    return complain("level", "contradicts action: drop");
  }
  if ((rule.action == RuleAction::keep || rule.action == RuleAction::sample) &&
      rule.level == Level::none) {
    return complain("level", "None drops, which contradicts the action");
  }
  if (rule.action == RuleAction::sample &&
      (rule.sample.keep == 0 || rule.sample.keep >= rule.sample.of)) {
    return complain("sample", "action: sample needs a share, as sample: 1/100");
  }
  if (rule.allow_hiding != 0 && !takes_away(rule) && rule.omit_stages == 0) {
    return complain("allow_hiding", "has no use in a rule that drops nothing");
  }
  return std::nullopt;
}

Complaint check_hiding(const RuleSpec& rule, GuardSet narrowed) {
  if (!takes_away(rule)) {
    return std::nullopt;
  }
  const auto ignored = static_cast<GuardSet>(narrowed | rule.allow_hiding);
  const GuardSet proven = guards_proven(rule.match, ignored);
  if (proven == 0) {
    return std::nullopt;
  }
  const std::string guard(guard_name(first_guard(proven)));
  return complain("", "the rule can only drop what guard " + guard +
                          " keeps; take it out, or write allow_hiding: [" + guard + "] in it");
}

bool asks_nothing(const MatchSpec& m) {
  return m.users.empty() && m.user_groups.empty() && m.verbs.empty() && m.namespaces.empty() &&
         m.non_resource_urls.empty() && m.resources.empty() && m.stages == 0 &&
         m.source_networks.empty() && m.response_codes.empty() && m.annotations.empty() &&
         m.user_agents.empty() && m.fields.empty() && !m.min_size && !m.max_size && m.times.empty();
}

Complaint check_exception(const GuardException& exception) {
  if (asks_nothing(exception.except)) {
    return complain("except", "expected at least one condition: a guard is narrowed, not removed");
  }
  if (exception.reason.find_first_not_of(" \t\r\n") == std::string::npos) {
    return complain("reason", "expected a text that says why this need not be kept");
  }
  return check_match(exception.except);
}

SpecProblem problem_at(int rule, const std::pair<std::string, std::string>& complaint) {
  return SpecProblem{rule, complaint.first, complaint.second};
}

}  // namespace

std::optional<SpecProblem> validate(const RuleSetSpec& spec) {
  const bool ours = spec.kind == RuleSetKind::filter_rules;
  if (!ours && spec.rules.empty()) {
    return SpecProblem{-1, "rules", "a Policy without rules would drop every event"};
  }
  GuardSet narrowed = 0;
  for (std::size_t i = 0; i < spec.guards.size(); ++i) {
    narrowed |= guard_bit(spec.guards[i].guard);
    if (auto complaint = check_exception(spec.guards[i])) {
      return problem_at(-2 - static_cast<int>(i), *complaint);
    }
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < spec.rules.size(); ++i) {
    const RuleSpec& rule = spec.rules[i];
    Complaint complaint = check_match(rule.match);
    if (!complaint && !ours && !rule.level) {
      complaint = complain("level", "required: None, Metadata, Request or RequestResponse");
    }
    if (!complaint && ours) {
      complaint = check_own_rule(rule);
    }
    if (!complaint && ours) {
      complaint = check_hiding(rule, narrowed);
    }
    if (!complaint && ours && !names.insert(rule.name).second) {
      complaint = complain("name", "\"" + rule.name + "\" is the name of an earlier rule");
    }
    if (complaint) {
      return problem_at(static_cast<int>(i), *complaint);
    }
  }
  return std::nullopt;
}

}  // namespace auditship::filter
