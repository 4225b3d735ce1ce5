// What `auditship explain` says, for people and as JSON. What came from the log is made safe for a
// terminal. Stateless; thread-safe.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "agent/explain/explain.h"

namespace auditship::explain {

struct ExplainAbout {
  std::string stream;
  // Empty: no rules, all is kept.
  std::string rules_file;
};

[[nodiscard]] std::string render_explain_text(const Explainer& explainer,
                                              const ExplainAbout& about);
[[nodiscard]] std::string render_explain_json(const Explainer& explainer,
                                              const ExplainAbout& about);

// a, b: the names of the two rule files.
[[nodiscard]] std::string render_comparison_text(const Comparison& comparison, std::string_view a,
                                                 std::string_view b);
[[nodiscard]] std::string render_comparison_json(const Comparison& comparison, std::string_view a,
                                                 std::string_view b);

// How many groups get a rule.
inline constexpr std::size_t kNoisiest = 10;

// The names of all rules, which a new one must not have.
[[nodiscard]] std::set<std::string> rule_names(const filter::RuleSet& rules);

}  // namespace auditship::explain
