#include "tests/support/naive_filter.h"

#include <regex>
#include <set>

namespace auditship::test {
namespace {

using Texts = std::vector<std::string>;

bool contains(const Texts& list, const std::string& text) {
  return std::set<std::string>(list.begin(), list.end()).count(text) == 1;
}

bool glob(const std::string& pattern, const std::string& text) {
  std::string expression;
  for (const char c : pattern) {
    if (c == '*') {
      expression += "[\\s\\S]*";
    } else if (c == '?') {
      expression += "[\\s\\S]";
    } else {
      expression += std::string("[") + (c == '^' || c == '\\' || c == ']' ? "\\" : "") + c + "]";
    }
  }
  return std::regex_match(text, std::regex(expression));
}

bool resource_entry(const filter::ResourceSpec& entry, const event::KubeAttributes& kube) {
  if (entry.group != "*" && entry.group != std::string(kube.api_group)) {
    return false;
  }
  if (entry.resources.empty()) {
    return true;
  }
  if (!entry.resource_names.empty() && !contains(entry.resource_names, std::string(kube.name))) {
    return false;
  }
  const std::string resource(kube.resource), sub(kube.subresource);
  Texts accepted = {"*", resource + "/*", sub.empty() ? resource : resource + "/" + sub};
  if (!sub.empty()) {
    accepted.push_back("*/" + sub);
  }
  for (const std::string& wanted : entry.resources) {
    if (contains(accepted, wanted)) {
      return true;
    }
  }
  return false;
}

bool path_matches(const std::string& wanted, const std::string& path) {
  if (!wanted.empty() && wanted.back() == '*') {
    return path.rfind(wanted.substr(0, wanted.size() - 1), 0) == 0;
  }
  return wanted == path;
}

template <typename List, typename Test>
bool any(const List& list, Test test) {
  for (const auto& item : list) {
    if (test(item)) {
      return true;
    }
  }
  return false;
}

bool asks_kubernetes(const filter::MatchSpec& m) {
  return !(m.users.empty() && m.user_groups.empty() && m.verbs.empty() && m.namespaces.empty() &&
           m.resources.empty() && m.non_resource_urls.empty());
}

bool matches(const filter::MatchSpec& m, const event::Record& record) {
  const event::KubeAttributes& kube = record.kube;
  bool ok = !asks_kubernetes(m) || kube.present;
  ok = ok && (m.users.empty() || (kube.has_user && contains(m.users, std::string(kube.user))));
  ok = ok && (m.user_groups.empty() || (kube.has_user && any(kube.groups, [&](std::string_view g) {
                                          return contains(m.user_groups, std::string(g));
                                        })));
  ok = ok && (m.verbs.empty() || contains(m.verbs, std::string(kube.verb)));
  ok = ok && (m.namespaces.empty() ||
              (kube.has_object_ref && contains(m.namespaces, std::string(kube.ns))));
  ok = ok && (m.resources.empty() || (kube.has_object_ref && any(m.resources, [&](const auto& r) {
                                        return resource_entry(r, kube);
                                      })));
  ok = ok && (m.non_resource_urls.empty() ||
              (!kube.has_object_ref && any(m.non_resource_urls, [&](const std::string& url) {
                return path_matches(url, std::string(kube.path));
              })));
  ok = ok && (m.stages == 0 || (m.stages & filter::stage_bit(kube.stage)) != 0);
  ok = ok && (m.response_codes.empty() || any(m.response_codes, [&](const filter::CodeRange& r) {
                return r.first <= kube.code && kube.code <= r.last;
              }));
  ok = ok && (m.user_agents.empty() || any(m.user_agents, [&](const std::string& g) {
                return glob(g, std::string(kube.user_agent));
              }));
  ok = ok && !(m.min_size && record.raw.size() < *m.min_size);
  ok = ok && !(m.max_size && record.raw.size() > *m.max_size);
  for (const filter::NamedGlobs& wanted : m.fields) {
    ok = ok && any(wanted.globs, [&](const std::string& g) {
           return any(record.fields, [&](const event::Field& f) {
             return f.name == wanted.name && glob(g, std::string(f.value));
           });
         });
  }
  return ok;
}

// The table of docs/configuration.md.
bool guard_holds(const std::string& guard, const event::KubeAttributes& k) {
  const bool robot = k.user.substr(0, 7) == "system:";
  const bool deletes = k.verb == "delete" || k.verb == "deletecollection";
  const std::string what =
      std::string(k.api_group) + ":" + std::string(k.resource) + "/" + std::string(k.subresource);
  if (guard == "secrets") {
    return k.has_object_ref &&
           (what.rfind(":secrets/", 0) == 0 || what == ":serviceaccounts/token");
  }
  if (guard == "sessions") {
    const Texts ways = {"exec", "attach", "portforward", "ephemeralcontainers"};
    return k.has_object_ref &&
           (k.subresource == "proxy" ||
            (k.resource == "pods" && contains(ways, std::string(k.subresource))));
  }
  if (guard == "rbac-writes") {
    return k.has_object_ref && k.api_group == "rbac.authorization.k8s.io" && k.verb != "get" &&
           k.verb != "list" && k.verb != "watch";
  }
  if (guard == "csr-approval") {
    return k.has_object_ref && k.resource == "certificatesigningrequests" &&
           k.subresource == "approval";
  }
  if (guard == "admission") {
    return k.has_object_ref && k.api_group == "admissionregistration.k8s.io";
  }
  if (guard == "impersonation") {
    return !k.impersonated_user.empty();
  }
  if (guard == "denied") {
    return k.code == 401 || k.code == 403 || k.decision == "forbid";
  }
  if (guard == "anonymous") {
    return k.has_object_ref &&
           (k.user == "system:anonymous" ||
            any(k.groups, [](std::string_view g) { return g == "system:unauthenticated"; }));
  }
  if (guard == "failures") {
    return k.stage == "Panic" || k.code >= 500;
  }
  return guard == "person-deletes" ? !robot && deletes : !robot;
}

}  // namespace

NaiveDecision naive_decide(const filter::RuleSetSpec& spec, const event::Record& record) {
  NaiveDecision out;
  const bool policy = spec.kind == filter::RuleSetKind::policy;
  const filter::RuleSpec* rule = nullptr;
  for (std::size_t i = spec.rules.size(); i-- > 0;) {  // backwards: the last one found is the first
    if (matches(spec.rules[i].match, record)) {
      rule = &spec.rules[i];
      out.rule = static_cast<int>(i);
    }
  }
  filter::StageSet omitted = spec.omit_stages;
  out.level = policy ? "None" : "RequestResponse";
  if (rule != nullptr) {
    omitted = static_cast<filter::StageSet>(omitted | rule->omit_stages);
    out.level = rule->action == filter::RuleAction::drop ? "None"
                : rule->level ? std::string(filter::level_name(*rule->level))
                              : "RequestResponse";
  }
  out.keep = out.level != "None" && (omitted & filter::stage_bit(record.kube.stage)) == 0;
  std::string lifted;
  for (std::size_t i = 0; i < filter::kGuardCount && record.kube.present; ++i) {
    const std::string guard(filter::kGuardNames[i]);
    bool holds = guard_holds(guard, record.kube);
    for (const filter::GuardException& exception : spec.guards) {
      holds = holds && !(filter::kGuardNames[static_cast<std::size_t>(exception.guard)] == guard &&
                         matches(exception.except, record));
    }
    if (!holds) {
      continue;
    }
    const bool allowed = rule != nullptr && (rule->allow_hiding >> i & 1) != 0;
    if (allowed) {
      lifted = lifted.empty() ? guard : lifted;
    } else if (out.guard.empty()) {
      out.guard = guard;
    }
  }
  if (!out.guard.empty() && !out.keep && !policy) {
    out.keep = true;
    out.level = out.level == "None" ? "RequestResponse" : out.level;
  }
  out.guard = out.guard.empty() ? lifted : out.guard;
  return out;
}

}  // namespace auditship::test
