// RuleMatch: the compiled form of a MatchSpec, asked once for each rule and event.
//
// The Kubernetes part equals k8s.io/apiserver's policy evaluator (proven by
// tests/data/audit-policy). No allocation while matching, no recursion, time linear in the event
// but for globs (pattern × text, both bounded). Immutable; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/event/event.h"
#include "agent/filter/rule_spec.h"

namespace auditship::filter {

// Exact membership; sorted so that long lists stay cheap.
class StringSet {
 public:
  explicit StringSet(std::vector<std::string> values);
  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] bool has(std::string_view text) const;

 private:
  std::vector<std::string> values_;
};

class RuleMatch {
 public:
  explicit RuleMatch(const MatchSpec& spec);
  [[nodiscard]] bool matches(const event::Record& record) const;

 private:
  struct Resource {
    std::string group;
    std::vector<std::string> resources;
    StringSet names;
  };
  [[nodiscard]] bool matches_policy_part(const event::KubeAttributes& kube) const;
  [[nodiscard]] bool matches_resource(const event::KubeAttributes& kube) const;
  [[nodiscard]] bool matches_path(std::string_view path) const;
  [[nodiscard]] bool matches_own_part(const event::Record& record) const;
  [[nodiscard]] bool matches_network(std::string_view ip) const;
  [[nodiscard]] bool matches_time(const event::Record& record) const;
  [[nodiscard]] bool matches_annotations(const event::KubeAttributes& kube) const;

  StringSet users_, user_groups_, verbs_, namespaces_;
  std::vector<std::string> paths_;
  std::vector<Resource> resources_;
  // The conditions that only a shipper has.
  MatchSpec own_;
  // There is a condition of the Kubernetes part, or of the other one.
  bool asks_policy_ = false;
  bool asks_own_ = false;
};

}  // namespace auditship::filter
