// RuleSetSpec: a set of filter rules as plain values, before it is compiled into a RuleSet.
//
// agent/rules/rule_file reads it from YAML or JSON; tests write it by hand. The parse_ functions
// turn the texts that people write into values; their errors are invalid and say what was expected.
// validate() finds where rules contradict themselves or the guards. Stateless; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/net/ip_network.h"
#include "agent/base/result.h"
#include "agent/event/position.h"
#include "agent/filter/guards.h"

namespace auditship::filter {

// How much of an event is kept: the audit level of Kubernetes. None drops it.
enum class Level : std::uint8_t { none, metadata, request, request_response };
[[nodiscard]] std::string_view level_name(Level level);
[[nodiscard]] Result<Level> parse_level(std::string_view text);

// Stages as a set of bits.
using StageSet = std::uint8_t;
inline constexpr StageSet kRequestReceived = 1, kResponseStarted = 2, kResponseComplete = 4,
                          kPanic = 8;
// 0: not a stage that Kubernetes has.
[[nodiscard]] StageSet stage_bit(std::string_view stage);
[[nodiscard]] Result<StageSet> parse_stage(std::string_view text);

enum class RuleAction : std::uint8_t { by_level, keep, drop, sample };

struct CodeRange {
  std::int32_t first = 0, last = 0;
};
// As 403 or 400-499.
[[nodiscard]] Result<CodeRange> parse_code_range(std::string_view text);

struct SampleRate {
  std::uint32_t keep = 1, of = 1;
};
// As 1/100.
[[nodiscard]] Result<SampleRate> parse_sample_rate(std::string_view text);

// Hours of UTC days; to before from means over midnight, and the day is the one it began on.
struct TimeWindow {
  // Bit 0 is Monday.
  std::uint8_t days = 0x7f;
  std::uint16_t from_minute = 0, to_minute = 24 * 60;
};
// As mon-fri 22:00-06:00.
[[nodiscard]] Result<TimeWindow> parse_time_window(std::string_view text);

struct ResourceSpec {
  // Exact; * is any, empty is core.
  std::string group;
  // As pods, pods/exec, pods/*, */scale or *; empty: all.
  std::vector<std::string> resources;
  // Empty: all.
  std::vector<std::string> resource_names;
};

// A key with the values that are accepted for it; values may hold * and ?.
struct NamedGlobs {
  std::string name;
  std::vector<std::string> globs;
};

// All given conditions must hold; an empty list accepts everything. The first six are those of
// audit.k8s.io/v1 PolicyRule and match as Kubernetes matches: exact, case-sensitive, no wildcards.
struct MatchSpec {
  std::vector<std::string> users, user_groups, verbs, namespaces, non_resource_urls;
  std::vector<ResourceSpec> resources;
  // 0: any.
  StageSet stages = 0;
  std::vector<IpNetwork> source_networks;
  std::vector<CodeRange> response_codes;
  // All keys must match.
  std::vector<NamedGlobs> annotations;
  // Globs.
  std::vector<std::string> user_agents;
  // Of Record::fields; all names must match.
  std::vector<NamedGlobs> fields;
  // Bytes of the event as it was in the file.
  std::optional<std::uint64_t> min_size, max_size;
  std::vector<TimeWindow> times;
};

struct RuleSpec {
  // May be empty in a plain Policy.
  std::string name;
  MatchSpec match;
  std::optional<Level> level;
  RuleAction action = RuleAction::by_level;
  SampleRate sample;
  StageSet omit_stages = 0;
  std::optional<bool> omit_managed_fields;
  GuardSet allow_hiding = 0;
};

// Events that a guard does not cover, although its definition says so.
struct GuardException {
  Guard guard = Guard::secrets;
  MatchSpec except;
  std::string reason;
};

// policy: no match drops, guards are only reported: what a kube-apiserver would do.
// filter_rules: no match keeps, guards keep.
enum class RuleSetKind : std::uint8_t { policy, filter_rules };

struct RuleSetSpec {
  RuleSetKind kind = RuleSetKind::filter_rules;
  std::vector<RuleSpec> rules;
  StageSet omit_stages = 0;
  bool omit_managed_fields = false;
  std::vector<GuardException> guards;
  // SHA-256 of the rule file's bytes, as sha256sum prints it; zero without a file.
  Digest hash{};
};

// Where and why a spec is refused. rule: index into rules, -1 = the set, -2-i = guards[i].
struct SpecProblem {
  int rule = -1;
  // The key as written in a rule file, or empty.
  std::string field;
  std::string message;
};
[[nodiscard]] std::optional<SpecProblem> validate(const RuleSetSpec& spec);

}  // namespace auditship::filter
