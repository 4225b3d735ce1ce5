// A rule for a noisy group: written, loaded and tried, so that what is printed can be pasted.
#include <algorithm>
#include <cctype>

#include "agent/base/encoding/json_writer.h"
#include "agent/base/encoding/terminal_text.h"
#include "agent/explain/noisy_groups.h"
#include "agent/filter/guard_proof.h"
#include "agent/rules/rule_file.h"

namespace auditship::explain {
namespace {

constexpr std::size_t kMaxSlug = 48;  // of the 64 that a rule's name may have

bool has_absent(const NoisyGroup& group) {
  return std::any_of(group.parts.begin(), group.parts.begin() + kGroupFields.size(),
                     [](const std::string& part) { return part.empty(); });
}

std::string fields_obstacle(const NoisyGroups& all, const NoisyGroup& group) {
  std::string absent;
  for (std::size_t i = 0; i < kGroupFields.size(); ++i) {
    if (group.parts[i].find_first_of("*?") != std::string::npos) {
      return "its " + std::string(kGroupFields[i]) +
             " would be read as a pattern, which matches more";
    }
    if (group.parts[i].empty()) {
      absent += (absent.empty() ? "" : " and ") + std::string(kGroupFields[i]);
    }
  }
  if (absent.empty()) {
    return {};
  }
  const bool nothing = group.parts == decltype(group.parts){};
  return nothing || all.other_events() > 0 || all.has_narrower(group)
             ? "no rule can ask that " + absent + " is absent"
             : std::string();
}

// Why no rule can name exactly this group; empty: one can.
std::string obstacle(const NoisyGroups& all, const NoisyGroup& group) {
  for (const std::string& part : group.parts) {
    if (!is_valid_utf8(part)) {
      return "a name in it is not UTF-8, which no rule file can hold";
    }
  }
  const std::string& last = group.parts[group.kind == GroupKind::path ? 2 : 3];
  switch (group.kind) {
    case GroupKind::nobody:
      return "no rule can ask for requests without a user";
    case GroupKind::resource:
      if (group.parts[2] == "*" || last == "*" || last.starts_with("*/") || last.ends_with("/*")) {
        return "its resource would be read as a pattern, which matches more";
      }
      return {};
    case GroupKind::path:
      return last.ends_with('*') ? "its path would be read as a pattern, which matches more"
                                 : std::string();
    case GroupKind::fields:
      return fields_obstacle(all, group);
  }
  return {};
}

// What guards keep of all that the rule could match: without allow_hiding it would not load.
filter::GuardSet proven_guards(const NoisyGroup& group) {
  filter::MatchSpec match;
  if (group.kind == GroupKind::fields) {
    return 0;
  }
  match.users = {group.parts[0]};
  match.verbs = {group.parts[1]};
  if (group.kind == GroupKind::path) {
    match.non_resource_urls = {group.parts[2]};
  } else {
    match.resources = {filter::ResourceSpec{group.parts[2], {group.parts[3]}, {}}};
  }
  return filter::guards_proven(match, 0);
}

// quiet-LAST-WORD-OF-USER-VERB-RESOURCE, as far as a rule's name may hold it.
std::string free_name(const NoisyGroup& group, std::set<std::string>& names) {
  std::string name = "quiet";
  for (std::size_t i = 0; i < group.parts.size(); ++i) {
    std::string_view part = group.parts[i];
    if (i == 0 && group.kind != GroupKind::fields) {
      part = part.substr(part.rfind(':') + 1);
    }
    if (part.empty() || (i == 2 && group.kind == GroupKind::resource)) {
      continue;
    }
    name += '-';
    for (const char c : part) {
      const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
      if (plain || name.back() != '-') {
        name += plain ? c : '-';
      }
    }
  }
  name.resize(std::min(name.size(), kMaxSlug));
  const std::string stem = name;
  for (int n = 2; !names.insert(name).second; ++n) {
    name = stem + "-" + std::to_string(n);
  }
  return name;
}

void append_list(std::string& out, std::string_view key, std::string_view value) {
  out.append("    ").append(key).append(": [");
  append_yaml_string(out, value);
  out += "]\n";
}

void append_guards(std::string& out, filter::GuardSet guards) {
  out += "    allow_hiding: [";
  for (std::size_t i = 0, n = 0; i < filter::kGuardCount; ++i) {
    if ((guards & filter::guard_bit(static_cast<filter::Guard>(i))) != 0) {
      out.append(n++ > 0 ? ", " : "").append(filter::kGuardNames[i]);
    }
  }
  out += "]\n";
}

std::string rule_text(const NoisyGroup& group, filter::RuleSetKind kind, const std::string& name,
                      filter::GuardSet guards) {
  std::string out = "  - level: None\n";
  if (kind == filter::RuleSetKind::filter_rules) {
    out = "  - name: " + name + "\n    action: drop\n";
    if (guards != 0) {
      append_guards(out, guards);
    }
  }
  if (group.kind == GroupKind::fields) {
    out += "    fields:\n";
    for (std::size_t i = 0; i < kGroupFields.size(); ++i) {
      if (!group.parts[i].empty()) {
        out += "  ";
        append_list(out, kGroupFields[i], group.parts[i]);
      }
    }
    return out;
  }
  append_list(out, "users", group.parts[0]);
  append_list(out, "verbs", group.parts[1]);
  if (group.kind == GroupKind::path) {
    append_list(out, "nonResourceURLs", group.parts[2]);
    return out;
  }
  out += "    resources: [{group: ";
  append_yaml_string(out, group.parts[2]);
  out += ", resources: [";
  append_yaml_string(out, group.parts[3]);
  out += "]}]\n";
  return out;
}

// A record of the group, for the proof that its rule matches.
void fill_record(const NoisyGroup& group, event::Record& record) {
  if (group.kind == GroupKind::fields) {
    for (std::size_t i = 0; i < kGroupFields.size(); ++i) {
      record.add(kGroupFields[i], group.parts[i]);
    }
    return;
  }
  event::KubeAttributes& kube = record.kube;
  kube.present = kube.has_user = true;
  kube.stage = "ResponseComplete";
  kube.user = group.parts[0];
  kube.verb = group.parts[1];
  kube.has_object_ref = group.kind == GroupKind::resource;
  if (kube.has_object_ref) {
    kube.api_group = group.parts[2];
    const std::string_view resource = group.parts[3];
    const std::size_t slash = resource.find('/');
    kube.resource = resource.substr(0, slash);
    kube.subresource = slash == std::string_view::npos ? "" : resource.substr(slash + 1);
  } else {
    kube.path = group.parts[2];
  }
}

// What is wrong with the rule, or empty: it loads and matches.
std::string flaw(const NoisyGroup& group, filter::RuleSetKind kind, const std::string& yaml) {
  const std::string head = kind == filter::RuleSetKind::filter_rules
                               ? "apiVersion: auditship/v1\nkind: FilterRules\nrules:\n"
                               : "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n";
  const auto file = rules::parse_rule_file("rule", head + yaml);
  if (!file) {
    return "a rule file cannot hold it: " + file.error().message;
  }
  event::Record record;
  fill_record(group, record);
  return file->rules.rule_matches(0, record) ? "" : "a name in it cannot be written in a rule file";
}

// YAML's escape of one code point in a double-quoted text.
void append_yaml_escape(std::string& out, char32_t code) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const bool is_short = code < 0x10000;
  out += is_short ? "\\u" : "\\U";
  for (int shift = is_short ? 12 : 28; shift >= 0; shift -= 4) {
    out += kDigits[code >> static_cast<unsigned>(shift) & 0xFU];
  }
}

}  // namespace

SuggestedRule suggest_rule(const NoisyGroups& all, const NoisyGroup& group,
                           filter::RuleSetKind kind, std::set<std::string>& names) {
  SuggestedRule rule;
  rule.why = obstacle(all, group);
  if (rule.why.empty() && group.kind == GroupKind::fields && kind == filter::RuleSetKind::policy) {
    rule.why = "a Policy says nothing about records that are not audit events";
  }
  if (!rule.why.empty()) {
    return rule;
  }
  const filter::GuardSet guards = proven_guards(group);
  rule.name = free_name(group, names);
  rule.yaml = rule_text(group, kind, rule.name, guards);
  rule.why = flaw(group, kind, rule.yaml);
  if (!rule.why.empty()) {
    rule.yaml.clear();
  } else if (guards != 0) {
    rule.why = kind == filter::RuleSetKind::policy
                   ? "guards of our own rule files would keep all of these: think twice"
                   : "guards keep all of these; allow_hiding lifts that: think twice";
  } else if (group.kind == GroupKind::fields && has_absent(group)) {
    rule.why =
        "matches also events that have more of event.action, process.name, user.name; none here "
        "has";
  }
  return rule;
}

void append_yaml_string(std::string& out, std::string_view text) {
  std::string json;
  append_json_escaped(json, text);
  out += '"';
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t begin = at;
    const char32_t code = next_code_point(json, at);
    if (is_unsafe_to_show(code)) {
      append_yaml_escape(out, code);
    } else {
      out.append(json, begin, at - begin);
    }
  }
  out += '"';
}

}  // namespace auditship::explain
