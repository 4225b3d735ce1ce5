// NoisyGroups: who does what most often and is not dropped, with a rule for each that would.
//
// A group of audit events is (user, verb, API group and resource[/subresource], or path); of other
// records (event.action, process.name, user.name). At most 100,000 groups are told apart, of 512 bytes
// each; what comes after those is counted as other. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/event/event.h"
#include "agent/filter/rule_set.h"

namespace auditship::explain {

enum class GroupKind : std::uint8_t {
  // User, verb, API group, resource[/subresource].
  resource,
  // User, verb, path.
  path,
  // As resource or path, without a user (a 401): rules cannot ask for that.
  nobody,
  // event.action, process.name, user.name.
  fields,
};

inline constexpr std::array<std::string_view, 3> kGroupFields = {"event.action", "process.name",
                                                                 "user.name"};

struct NoisyGroup {
  GroupKind kind = GroupKind::resource;
  // As the kind says; empty where absent.
  std::array<std::string, 4> parts;
  std::uint64_t events = 0, bytes = 0;
  // How many of the events a guard covers.
  std::uint64_t guarded = 0;
  // The earliest rule that decided one of them; -1: none. The new rule goes before it.
  int first_rule = -1;
};

struct SuggestedRule {
  std::string name;
  // An item of `rules:`, indented by two; empty where there is none.
  std::string yaml;
  // Why there is none, or what to think of before it is used.
  std::string why;
};

class NoisyGroups {
 public:
  static constexpr std::size_t kMaxGroups = 100'000;
  static constexpr std::size_t kMaxKeyBytes = 512;

  explicit NoisyGroups(std::size_t max_groups = kMaxGroups) : max_groups_(max_groups) {}

  // Counts a record that is kept.
  void add(const event::Record& record, const filter::FilterDecision& decision, std::uint64_t size);

  // The noisiest first; of equal ones the first by name.
  [[nodiscard]] std::vector<NoisyGroup> noisiest(std::size_t count) const;
  [[nodiscard]] std::size_t size() const { return groups_.size(); }
  [[nodiscard]] std::uint64_t other_events() const { return other_events_; }
  // Whether another group has all the parts that this one has: a rule for this one, which cannot
  // ask that a part is absent, would match the other too.
  [[nodiscard]] bool has_narrower(const NoisyGroup& group) const;

 private:
  struct Count {
    std::uint64_t events = 0, bytes = 0, guarded = 0;
    int first_rule = -1;
  };
  struct Hash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's name
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::size_t max_groups_;
  std::unordered_map<std::string, Count, Hash, std::equal_to<>> groups_;
  // Kept for its capacity.
  std::string key_;
  std::uint64_t other_events_ = 0;
};

// A rule that drops this group of all and no other, proven by loading it. names: taken ones; that
// of the rule is added.
[[nodiscard]] SuggestedRule suggest_rule(const NoisyGroups& all, const NoisyGroup& group,
                                         filter::RuleSetKind kind, std::set<std::string>& names);

// The group in words, safe for a terminal.
[[nodiscard]] std::string describe_group(const NoisyGroup& group);

// text as a YAML string in double quotes that does nothing to a terminal and reads back as it is;
// only for valid UTF-8.
void append_yaml_string(std::string& out, std::string_view text);

}  // namespace auditship::explain
