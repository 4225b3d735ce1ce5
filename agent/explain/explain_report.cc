#include "agent/explain/explain_report.h"

#include <cmath>
#include <cstdio>

#include "agent/base/encoding/json_writer.h"
#include "agent/base/human_readable.h"

namespace auditship::explain {
namespace {

std::string share(std::uint64_t part, std::uint64_t whole) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%",
                whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
  return text;
}

// 1234567 as 1,234,567.
std::string number(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string events(std::uint64_t count) {
  return number(count) + (count == 1 ? " event" : " events");
}

std::uint64_t rounded(double value) {
  return value < 1e18 ? static_cast<std::uint64_t>(std::llround(value)) : std::uint64_t(1e18);
}

// "about 1,200 documents and 3.4 MiB a day", or n/a.
std::string a_day(const TimeRange& range, std::uint64_t documents, std::uint64_t bytes) {
  const auto docs = range.per_day(documents);
  const auto size = range.per_day(bytes);
  if (!docs || !size) {
    return "n/a a day";
  }
  return "about " + number(rounded(*docs)) + " documents and " + human_bytes(rounded(*size)) +
         " a day";
}

std::string time_text(std::int64_t ns) {
  std::string text;
  append_rfc3339(text, ns);
  return text;
}

std::string times_text(const TimeRange& range) {
  return range.known ? time_text(range.first_ns) + " to " + time_text(range.last_ns)
                     : "no event has a time";
}

void append_samples(std::string& out, const Tally& tally) {
  for (const std::string& sample : tally.samples) {
    out.append("      ").append(sample).append("\n");
  }
}

void append_rule(std::string& out, const Explainer& all, std::string_view name,
                 const RuleStats& stats) {
  out.append("\n  ").append(name).append(": ").append(events(stats.hits.events));
  out += " (" + share(stats.hits.events, all.events()) + "), " + human_bytes(stats.hits.bytes) +
         " (" + share(stats.hits.bytes, all.bytes()) + ")\n";
  if (stats.dropped > 0) {
    out += "    drops " + number(stats.dropped);
    out += stats.stage_omitted > 0 ? ", " + number(stats.stage_omitted) + " for their stage" : "";
    out += stats.sampled_out > 0 ? ", " + number(stats.sampled_out) + " by sampling" : "";
  } else {
    out += "    drops nothing";
  }
  out += stats.body_bytes > 0 ? ", takes " + human_bytes(stats.body_bytes) + " of bodies" : "";
  out += stats.saved > 0 ? ", guards kept " + number(stats.saved) : "";
  out += stats.hidden > 0 ? ", allow_hiding hid " + number(stats.hidden) : "";
  if (stats.dropped + stats.body_bytes > 0) {
    out += "; saves " + a_day(all.times(), stats.dropped, stats.dropped_bytes + stats.body_bytes);
  }
  out += "\n    " + times_text(stats.times) + "\n";
  append_samples(out, stats.hits);
}

void append_head(std::string& out, const Explainer& all, const ExplainAbout& about) {
  out += about.stream + " by " + (about.rules_file.empty() ? "no rules" : about.rules_file);
  if (!about.rules_file.empty()) {
    out += all.rules().kind() == filter::RuleSetKind::policy
               ? " (Policy: no match = drop; guards only report)"
               : " (FilterRules: no match = keep)";
  }
  out += "\n" + number(all.lines()) + " lines, " + events(all.events()) + ", " +
         human_bytes(all.bytes()) + "; " + times_text(all.times()) + "\n";
  out += "dropped: " + events(all.dropped()) + " (" + share(all.dropped(), all.events()) + "), " +
         human_bytes(all.dropped_bytes()) + " (" + share(all.dropped_bytes(), all.bytes()) + ")";
  out +=
      all.body_bytes() > 0 ? "; of the others " + human_bytes(all.body_bytes()) + " of bodies" : "";
  out +=
      "; saves " + a_day(all.times(), all.dropped(), all.dropped_bytes() + all.body_bytes()) + "\n";
  out += all.times().per_day(0) ? "" : "a day: n/a, because its events span less than 10 minutes\n";
  if (all.not_judged().events > 0) {
    out += "not judged, so kept: " + events(all.not_judged().events) +
           " (not understood, or not of the kind that a Policy speaks of)\n";
    append_samples(out, all.not_judged());
  }
}

void append_rules(std::string& out, const Explainer& all) {
  out += "\nRules, in their order\n";
  std::string never, shadowed;
  for (std::size_t i = 0; i < all.by_rule().size(); ++i) {
    const RuleStats& stats = all.by_rule()[i];
    const Shadow& shadow = all.shadow(i);
    const std::string name(all.rules().name(i));
    if (stats.hits.events > 0) {
      append_rule(out, all, name, stats);
    } else if (shadow.events == 0) {
      never += "  " + name + "\n";
    } else {
      shadowed += "  " + name + ": " + events(shadow.events) + " would match, but for";
      const char* before = " ";
      for (const auto& [rule, count] : shadow.by_rule) {
        shadowed += before + std::string(all.rules().name(static_cast<std::size_t>(rule))) + " (" +
                    number(count) + ")";
        before = ", ";
      }
      shadowed += "\n";
    }
  }
  if (all.unmatched().hits.events > 0) {
    append_rule(out, all, "(no rule)", all.unmatched());
  }
  out += never.empty() ? "" : "\nRules that never matched\n" + never;
  out += shadowed.empty() ? "" : "\nRules shadowed by an earlier one\n" + shadowed;
}

void append_guards(std::string& out, const Explainer& all) {
  struct Effect {
    const char* title;
    Tally GuardStats::*tally;
  };
  constexpr Effect effects[] = {
      {"Saved by guards: rules would have dropped these", &GuardStats::saved},
      {"Hidden by allow_hiding: guarded, and dropped nevertheless", &GuardStats::hidden},
      {"Dropped by the Policy although guarded: rule files of our own would keep these",
       &GuardStats::reported}};
  for (const Effect& effect : effects) {
    std::string part;
    for (std::size_t i = 0; i < filter::kGuardCount; ++i) {
      const Tally& tally = all.guards()[i].*effect.tally;
      if (tally.events > 0) {
        part += "  " + std::string(filter::kGuardNames[i]) + ": " + events(tally.events) + ", " +
                human_bytes(tally.bytes) + "\n";
        append_samples(part, tally);
      }
    }
    out += part.empty() ? "" : "\n" + std::string(effect.title) + "\n" + part;
  }
}

void append_noisiest(std::string& out, const Explainer& all) {
  const auto groups = all.groups().noisiest(kNoisiest);
  if (groups.empty()) {
    return;
  }
  out +=
      "\nNoisiest groups that no rule drops, each with a rule that would (the first match decides: "
      "mind the order)\n";
  std::set<std::string> names = rule_names(all.rules());
  for (const NoisyGroup& group : groups) {
    const SuggestedRule rule = suggest_rule(all.groups(), group, all.rules().kind(), names);
    out += "\n  # " + describe_group(group) + ": " + events(group.events) + " (" +
           share(group.events, all.events()) + "), " + human_bytes(group.bytes) + "\n";
    if (group.guarded > 0 && group.guarded < group.events) {
      out += "  # guards cover " + number(group.guarded) + " of them\n";
    }
    if (group.first_rule >= 0 && !rule.yaml.empty()) {
      out += "  # put it before " +
             std::string(all.rules().name(static_cast<std::size_t>(group.first_rule))) + "\n";
    }
    out += rule.why.empty()
               ? ""
               : "  # " + std::string(rule.yaml.empty() ? "no rule: " : "") + rule.why + "\n";
    out += rule.yaml;
  }
  if (all.groups().other_events() > 0) {
    out += "\n  # " + events(all.groups().other_events()) +
           " of further groups were not told apart: names too long, or too many groups\n";
  }
}

void append_side(std::string& out, const filter::RuleSet& rules, const Drops& side,
                 const TimeRange& times) {
  for (const auto& [cause, tally] : side) {
    out += cause.rule < 0 ? "  (no rule)"
                          : "  " + std::string(rules.name(static_cast<std::size_t>(cause.rule)));
    out += " (" + std::string(filter::why_name(cause.why)) + "): " + events(tally.events) + ", " +
           human_bytes(tally.bytes) + "; " + a_day(times, tally.events, tally.bytes) + "\n";
    append_samples(out, tally);
  }
  out += side.empty() ? "  none\n" : "";
}

}  // namespace

std::set<std::string> rule_names(const filter::RuleSet& rules) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    names.emplace(rules.name(i));
  }
  return names;
}

std::string render_explain_text(const Explainer& explainer, const ExplainAbout& about) {
  std::string out;
  append_head(out, explainer, about);
  append_rules(out, explainer);
  append_guards(out, explainer);
  append_noisiest(out, explainer);
  return out;
}

std::string render_comparison_text(const Comparison& comparison, std::string_view a,
                                   std::string_view b) {
  std::string out = "A " + std::string(a) + " keeps " + number(comparison.kept_by_a()) + " of " +
                    events(comparison.events()) + "; B " + std::string(b) + " keeps " +
                    number(comparison.kept_by_b()) + "\n" + times_text(comparison.times()) + "\n";
  out += "\nKept by A, dropped by B, by the rule of B\n";
  append_side(out, comparison.b(), comparison.only_a(), comparison.times());
  out += "\nDropped by A, kept by B, by the rule of A\n";
  append_side(out, comparison.a(), comparison.only_b(), comparison.times());
  if (comparison.other_level().events > 0) {
    out +=
        "\nKept by both, with different bodies: " + events(comparison.other_level().events) + "\n";
    append_samples(out, comparison.other_level());
  }
  return out;
}

}  // namespace auditship::explain
