#include "agent/filter/guard_proof.h"

#include <algorithm>

#include "agent/filter/guards.h"

namespace auditship::filter {
namespace {

template <typename List, typename Predicate>
bool all_given(const List& list, Predicate predicate) {
  return !list.empty() && std::all_of(list.begin(), list.end(), predicate);
}

// What every request on one resources[] entry falls under; 0 when some may be unguarded.
GuardSet entry_guards(const ResourceSpec& entry, bool only_writes, GuardSet ignored) {
  if (entry.resources.empty()) {
    GuardSet whole_group = guards_of_resource(entry.group, {}, {});
    if (entry.group == "rbac.authorization.k8s.io" && only_writes) {
      whole_group |= guard_bit(Guard::rbac_writes);
    }
    return static_cast<GuardSet>(whole_group & ~ignored);
  }
  GuardSet set = 0;
  for (const std::string& pattern : entry.resources) {
    const std::size_t slash = pattern.find('/');
    const std::string_view resource = std::string_view(pattern).substr(0, slash);
    const std::string_view subresource =
        slash == std::string::npos ? "" : std::string_view(pattern).substr(slash + 1);
    GuardSet guards = guards_of_resource(entry.group, resource, subresource);
    if (entry.group == "rbac.authorization.k8s.io" && only_writes) {
      guards |= guard_bit(Guard::rbac_writes);
    }
    guards = static_cast<GuardSet>(guards & ~ignored);
    if (guards == 0) {
      return 0;
    }
    set |= guards;
  }
  return set;
}

GuardSet resource_guards(const MatchSpec& match, GuardSet ignored) {
  const bool only_writes =
      all_given(match.verbs, [](const std::string& verb) { return !is_read_verb(verb); });
  GuardSet set = 0;
  for (const ResourceSpec& entry : match.resources) {
    const GuardSet guards = entry_guards(entry, only_writes, ignored);
    if (guards == 0) {
      return 0;
    }
    set |= guards;
  }
  return set;
}

GuardSet outcome_guards(const MatchSpec& match) {
  GuardSet set = 0;
  if (all_given(match.response_codes, [](const CodeRange& range) {
        return range.first == range.last && (range.first == 401 || range.first == 403);
      })) {
    set |= guard_bit(Guard::denied);
  }
  for (const NamedGlobs& annotation : match.annotations) {
    if (annotation.name == "authorization.k8s.io/decision" &&
        all_given(annotation.globs, [](const std::string& glob) { return glob == "forbid"; })) {
      set |= guard_bit(Guard::denied);
    }
  }
  if (match.stages == kPanic ||
      all_given(match.response_codes, [](const CodeRange& range) { return range.first >= 500; })) {
    set |= guard_bit(Guard::failures);
  }
  return set;
}

GuardSet user_guards(const MatchSpec& match) {
  GuardSet set = 0;
  const bool on_resources = !match.resources.empty() || !match.namespaces.empty();
  const bool nobody =
      all_given(match.users, [](const std::string& user) { return user == "system:anonymous"; }) ||
      all_given(match.user_groups,
                [](const std::string& group) { return group == "system:unauthenticated"; });
  if (nobody && on_resources) {
    set |= guard_bit(Guard::anonymous);
  }
  if (all_given(match.users, [](const std::string& user) { return !is_known_robot(user); })) {
    set |= guard_bit(Guard::unknown_names);
  }
  return set;
}

}  // namespace

GuardSet guards_proven(const MatchSpec& match, GuardSet ignored) {
  return static_cast<GuardSet>(
      (resource_guards(match, ignored) | outcome_guards(match) | user_guards(match)) & ~ignored);
}

}  // namespace auditship::filter
