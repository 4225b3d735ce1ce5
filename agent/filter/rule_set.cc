#include "agent/filter/rule_set.h"

#include <utility>

#include "agent/base/encoding/json_writer.h"
#include "agent/base/encoding/sha256.h"

namespace auditship::filter {

std::string_view why_name(Why why) {
  switch (why) {
    case Why::kept:
      return "kept";
    case Why::level_none:
      return "level-none";
    case Why::rule_drop:
      return "rule-drop";
    case Why::stage_omitted:
      return "stage-omitted";
    case Why::sampled_out:
      return "sampled-out";
    case Why::no_match:
      return "no-match";
    case Why::not_judged:
      return "not-judged";
  }
  return "kept";
}

bool in_sample(const event::Record& record, SampleRate rate) {
  Sha256 hasher;
  const event::KubeAttributes& kube = record.kube;
  if (kube.present) {
    hasher.update_prefixed(kube.audit_id);
    hasher.update_prefixed(kube.user);
    hasher.update_prefixed(kube.received);
  } else {
    hasher.update_prefixed(record.raw);
  }
  const Digest digest = hasher.finish();
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    number = number << 8 | digest[i];
  }
  return number % rate.of < rate.keep;
}

RuleSet::RuleSet() = default;

std::string RuleSet::hash_text() const {
  std::string text;
  if (hash_ != Digest{}) {
    append_hex(text, hash_.data(), hash_.size());
  }
  return text;
}

Result<RuleSet> RuleSet::build(const RuleSetSpec& spec) {
  if (auto problem = validate(spec)) {
    std::string where;
    if (problem->rule >= 0) {
      where = "rules[" + std::to_string(problem->rule) + "]";
    } else if (problem->rule <= -2) {
      where = "guards[" + std::to_string(-2 - problem->rule) + "]";
    }
    if (!problem->field.empty()) {
      where += (where.empty() ? "" : ".") + problem->field;
    }
    return Error{Errc::invalid, where.empty() ? problem->message : where + ": " + problem->message};
  }
  RuleSet set;
  set.kind_ = spec.kind;
  set.omit_stages_ = spec.omit_stages;
  set.omit_managed_fields_ = spec.omit_managed_fields;
  set.hash_ = spec.hash;
  set.rules_.reserve(spec.rules.size());
  for (const RuleSpec& rule : spec.rules) {
    const Level fallback = rule.action == RuleAction::drop ? Level::none : Level::request_response;
    set.rules_.push_back(
        Rule{.name = rule.name.empty() ? "rule-" + std::to_string(set.rules_.size()) : rule.name,
             .named = !rule.name.empty(),
             .match = RuleMatch(rule.match),
             .level = rule.level.value_or(fallback),
             .action = rule.action,
             .sample = rule.sample,
             .omit_stages = static_cast<StageSet>(rule.omit_stages | spec.omit_stages),
             .omit_managed_fields = rule.omit_managed_fields.value_or(spec.omit_managed_fields),
             .allow_hiding = rule.allow_hiding});
  }
  for (const GuardException& exception : spec.guards) {
    set.exceptions_.push_back(Exception{exception.guard, RuleMatch(exception.except)});
  }
  return set;
}

FilterDecision RuleSet::apply(event::Record& record) const {
  const FilterDecision decision = judge(record);
  if (decision.action == Action::keep && decision.level != Level::request_response) {
    record.response = event::Body{};
    if (decision.level != Level::request) {
      record.request = event::Body{};
    }
  }
  return decision;
}

FilterDecision RuleSet::judge(const event::Record& record) const {
  FilterDecision decision;
  if (record.kind == event::RecordKind::unparsed ||
      (kind_ == RuleSetKind::policy && !record.kube.present)) {
    decision.why = Why::not_judged;
    return decision;
  }
  const Rule* rule = first_match(record, decision);
  decision.why = why_of(rule, record, decision);
  decision.action = decision.why == Why::kept ? Action::keep : Action::drop;
  ask_guards(rule, record, decision);
  return decision;
}

const RuleSet::Rule* RuleSet::first_match(const event::Record& record,
                                          FilterDecision& decision) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    if (rule.match.matches(record)) {
      decision.rule_index = static_cast<int>(i);
      decision.rule = rule.named ? std::string_view(rule.name) : std::string_view();
      decision.level = rule.level;
      decision.omit_stages = rule.omit_stages;
      decision.omit_managed_fields = rule.omit_managed_fields;
      return &rule;
    }
  }
  decision.level = kind_ == RuleSetKind::policy ? Level::none : Level::request_response;
  decision.omit_stages = omit_stages_;
  decision.omit_managed_fields = omit_managed_fields_;
  return nullptr;
}

Why RuleSet::why_of(const Rule* rule, const event::Record& record, FilterDecision& decision) const {
  if (rule == nullptr && kind_ == RuleSetKind::policy) {
    return Why::no_match;
  }
  if (rule != nullptr && rule->action == RuleAction::drop) {
    return Why::rule_drop;
  }
  if (decision.level == Level::none) {
    return Why::level_none;
  }
  if ((decision.omit_stages & stage_bit(record.kube.stage)) != 0) {
    return Why::stage_omitted;
  }
  if (rule != nullptr && rule->action == RuleAction::sample) {
    decision.sampled = true;
    return in_sample(record, rule->sample) ? Why::kept : Why::sampled_out;
  }
  return Why::kept;
}

GuardSet RuleSet::covering_guards(const event::Record& record) const {
  GuardSet set = guards_of(record.kube);
  for (const Exception& exception : exceptions_) {
    if ((set & guard_bit(exception.guard)) != 0 && exception.match.matches(record)) {
      set = static_cast<GuardSet>(set & ~guard_bit(exception.guard));
    }
  }
  return set;
}

void RuleSet::ask_guards(const Rule* rule, const event::Record& record,
                         FilterDecision& decision) const {
  const GuardSet covering = covering_guards(record);
  if (covering == 0) {
    return;
  }
  const GuardSet allowed = rule == nullptr ? GuardSet{0} : rule->allow_hiding;
  const auto holding = static_cast<GuardSet>(covering & ~allowed);
  decision.guard = guard_name(first_guard(holding != 0 ? holding : covering));
  if (decision.action == Action::keep) {
    return;
  }
  if (kind_ == RuleSetKind::policy) {
    decision.guard_effect = GuardEffect::reported;
  } else if (holding == 0) {
    decision.guard_effect = GuardEffect::hidden;
  } else {
    // Kept whole unless the rule asked for less than everything but more than nothing.
    decision.guard_effect = GuardEffect::saved;
    decision.action = Action::keep;
    decision.why = Why::kept;
    if (decision.level == Level::none) {
      decision.level = Level::request_response;
    }
  }
}

}  // namespace auditship::filter
