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

enum class Action : std::uint8_t {
  keep,
  drop
};  // the outcome after level, omitStages, sample, guards

enum class Why : std::uint8_t {
  kept,           // by a rule, or by no rule in our own rule files
  level_none,     // the rule's level is None
  rule_drop,      // the rule says action: drop
  stage_omitted,  // omitStages: counted apart, a RequestReceived may be the only event of its
                  // request
  sampled_out,    // not among the sample
  no_match,       // a plain Policy drops what no rule names
  not_judged,     // unparsed, or a Policy asked about something else: kept
};
[[nodiscard]] std::string_view why_name(Why why);

// What guards had to do with it.
enum class GuardEffect : std::uint8_t {
  none,      // no guard covers the event, or nothing wanted to drop it
  saved,     // a rule would have dropped it; guard says which guard kept it
  hidden,    // dropped although guarded: the rule has allow_hiding for it
  reported,  // dropped by a plain Policy although guarded
};

struct FilterDecision {
  Action action = Action::keep;
  int rule_index = -1;                    // the first rule that matches; -1: none
  std::string_view rule;                  // its name, or empty
  Level level = Level::request_response;  // what is kept of the event; none when dropped by level
  bool sampled = false;                   // a sample rule decided, either way
  std::string_view guard;                 // the first guard that covers the event, or empty
  GuardEffect guard_effect = GuardEffect::none;
  Why why = Why::kept;
  StageSet omit_stages = 0;  // union of rule and set
  bool omit_managed_fields = false;
};

using Decision = FilterDecision;  // not for files that also see sinks/bulk_decision.h

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
