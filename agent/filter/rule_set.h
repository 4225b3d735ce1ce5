// RuleSet: judges each record. The first rule that matches decides, guards stand above all rules.
//
//   auto rules = RuleSet::build(spec);
//   FilterDecision decision = rules->apply(record);   // may take bodies away, adds nothing
//   if (decision.action == Action::drop) { count it under decision.rule and decision.why }
//
// Every drop has a reason and a rule, so that "filtered" can be told from "lost". A record that its
// parser did not understand is always kept, and a plain Policy says nothing about records that are
// not audit events. Immutable after build; thread-safe. FilterDecision views live as long as the
// RuleSet.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"
#include "agent/event/event.h"
#include "agent/filter/match.h"
#include "agent/filter/rule_spec.h"

namespace auditship::filter {

// The outcome after level, omitStages, sample and guards.
enum class Action : std::uint8_t { keep, drop };

enum class Why : std::uint8_t {
  // By a rule, or by no rule in our own rule files.
  kept,
  // The rule's level is None.
  level_none,
  // The rule says action: drop.
  rule_drop,
  // By omitStages. Counted apart: a RequestReceived may be the only event of its request.
  stage_omitted,
  // Not among the sample.
  sampled_out,
  // A plain Policy drops what no rule names.
  no_match,
  // Kept: it is unparsed, or a Policy was asked about something else.
  not_judged,
};
[[nodiscard]] std::string_view why_name(Why why);

// What guards had to do with it.
enum class GuardEffect : std::uint8_t {
  // No guard covers the event, or nothing wanted to drop it.
  none,
  // A rule would have dropped it; FilterDecision::guard says which guard kept it.
  saved,
  // Dropped although guarded: the rule has allow_hiding for it.
  hidden,
  // Dropped by a plain Policy although guarded.
  reported,
};

struct FilterDecision {
  Action action = Action::keep;
  // The first rule that matches; -1: none.
  int rule_index = -1;
  // Its name, or empty.
  std::string_view rule;
  // What is kept of the event; none when it is dropped by level.
  Level level = Level::request_response;
  // A sample rule decided, either way.
  bool sampled = false;
  // The first guard that covers the event, or empty.
  std::string_view guard;
  GuardEffect guard_effect = GuardEffect::none;
  Why why = Why::kept;
  // Those of the rule and of the set.
  StageSet omit_stages = 0;
  bool omit_managed_fields = false;
};

class RuleSet {
 public:
  // Keeps everything, without rules and guards having anything to do.
  RuleSet();
  // Errors: invalid, with rule and field, for what validate() refuses.
  [[nodiscard]] static Result<RuleSet> build(const RuleSetSpec& spec);

  // Judges record and takes away the bodies that a lower level does not have.
  [[nodiscard]] FilterDecision apply(event::Record& record) const;
  // As apply, without touching the record.
  [[nodiscard]] FilterDecision judge(const event::Record& record) const;

  // SHA-256 of the rule file.
  [[nodiscard]] const Digest& hash() const { return hash_; }
  // The same in hex; empty without a file.
  [[nodiscard]] std::string hash_text() const;
  [[nodiscard]] RuleSetKind kind() const { return kind_; }
  [[nodiscard]] std::size_t size() const { return rules_.size(); }
  // The rule's name; "rule-N" (from 0) where a Policy gives none.
  [[nodiscard]] std::string_view name(std::size_t rule) const { return rules_[rule].name; }
  // Whether the rule alone matches: for finding rules that an earlier one shadows.
  [[nodiscard]] bool rule_matches(std::size_t rule, const event::Record& record) const {
    return rules_[rule].match.matches(record);
  }

 private:
  struct Rule {
    std::string name;
    bool named = false;
    RuleMatch match;
    Level level = Level::request_response;
    RuleAction action = RuleAction::by_level;
    SampleRate sample;
    StageSet omit_stages = 0;
    bool omit_managed_fields = false;
    GuardSet allow_hiding = 0;
  };
  struct Exception {
    Guard guard;
    RuleMatch match;
  };
  [[nodiscard]] const Rule* first_match(const event::Record& record,
                                        FilterDecision& decision) const;
  [[nodiscard]] Why why_of(const Rule* rule, const event::Record& record,
                           FilterDecision& decision) const;
  [[nodiscard]] GuardSet covering_guards(const event::Record& record) const;
  void ask_guards(const Rule* rule, const event::Record& record, FilterDecision& decision) const;

  RuleSetKind kind_ = RuleSetKind::filter_rules;
  std::vector<Rule> rules_;
  std::vector<Exception> exceptions_;
  StageSet omit_stages_ = 0;
  bool omit_managed_fields_ = false;
  Digest hash_{};
};

// Whether a request is in a sample. All stages of one request get the same answer, also after a
// restart; the stamp is the server's own, so a client cannot choose the answer by its Audit-ID.
[[nodiscard]] bool in_sample(const event::Record& record, SampleRate rate);

}  // namespace auditship::filter
