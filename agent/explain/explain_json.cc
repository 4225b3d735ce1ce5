#include <cmath>
#include <cstdio>

#include "agent/base/encoding/json_writer.h"
#include "agent/explain/explain_report.h"

namespace auditship::explain {
namespace {

// Writes members and items with their commas.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void open(char bracket) {
    out_.push_back(bracket);
    first_ = true;
  }
  void close(char bracket) {
    out_.push_back(bracket);
    first_ = false;
  }
  void item() {
    out_.append(first_ ? "" : ",");
    first_ = false;
  }
  void key(std::string_view name) {
    item();
    append_json_string(out_, name);
    out_.push_back(':');
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  void text_or_null(std::string_view name, std::string_view value) {
    key(name);
    if (value.empty()) {
      out_ += "null";
    } else {
      append_json_string(out_, value);
    }
  }
  void number(std::string_view name, std::uint64_t value) {
    key(name);
    append_json_uint(out_, value);
  }
  void index(std::string_view name, int value) {
    key(name);
    append_json_int(out_, value);
  }
  void estimate(std::string_view name, std::optional<double> value) {
    key(name);
    if (value) {
      char text[64];
      std::snprintf(text, sizeof text, "%.0f", *value);
      out_ += text;
    } else {
      out_ += "null";
    }
  }
  void ratio(std::string_view name, std::uint64_t part, std::uint64_t whole) {
    key(name);
    char text[32];
    std::snprintf(text, sizeof text, "%.6f",
                  whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole));
    out_ += text;
  }
  void times(const TimeRange& range) {
    time("first", range.known, range.first_ns);
    time("last", range.known, range.last_ns);
  }
  void samples(const Tally& tally) {
    key("samples");
    open('[');
    for (const std::string& sample : tally.samples) {
      item();
      append_json_string(out_, sample);
    }
    close(']');
  }

 private:
  void time(std::string_view name, bool known, std::int64_t ns) {
    key(name);
    if (!known) {
      out_ += "null";
      return;
    }
    out_.push_back('"');
    append_rfc3339(out_, ns);
    out_.push_back('"');
  }

  std::string& out_;
  bool first_ = true;
};

std::string_view name_of(const filter::RuleSet& rules, int rule) {
  return rule < 0 ? std::string_view() : rules.name(static_cast<std::size_t>(rule));
}

void write_stats(Writer& json, const Explainer& all, int rule, const RuleStats& stats) {
  json.text_or_null("rule", name_of(all.rules(), rule));
  json.index("rule_index", rule);
  json.number("hits", stats.hits.events);
  json.number("bytes", stats.hits.bytes);
  json.ratio("share", stats.hits.events, all.events());
  json.ratio("bytes_share", stats.hits.bytes, all.bytes());
  json.number("dropped", stats.dropped);
  json.number("dropped_bytes", stats.dropped_bytes);
  json.number("stage_omitted", stats.stage_omitted);
  json.number("sampled_out", stats.sampled_out);
  json.number("body_bytes", stats.body_bytes);
  json.estimate("documents_saved_per_day", all.times().per_day(stats.dropped));
  json.estimate("bytes_saved_per_day", all.times().per_day(stats.dropped_bytes + stats.body_bytes));
  json.number("saved_by_guards", stats.saved);
  json.number("hidden_by_allow_hiding", stats.hidden);
  json.times(stats.times);
  json.samples(stats.hits);
}

void write_rules(Writer& json, const Explainer& all) {
  json.key("rules");
  json.open('[');
  for (std::size_t i = 0; i < all.by_rule().size(); ++i) {
    json.item();
    json.open('{');
    write_stats(json, all, static_cast<int>(i), all.by_rule()[i]);
    json.close('}');
  }
  json.close(']');
  json.key("no_rule");
  json.open('{');
  write_stats(json, all, -1, all.unmatched());
  json.close('}');
}

void write_idle(Writer& json, const Explainer& all) {
  json.key("never_matched");
  json.open('[');
  for (std::size_t i = 0; i < all.by_rule().size(); ++i) {
    if (all.by_rule()[i].hits.events == 0 && all.shadow(i).events == 0) {
      json.item();
      json.open('{');
      json.text("rule", all.rules().name(i));
      json.number("rule_index", i);
      json.close('}');
    }
  }
  json.close(']');
  json.key("shadowed");
  json.open('[');
  for (std::size_t i = 0; i < all.by_rule().size(); ++i) {
    if (all.by_rule()[i].hits.events > 0 || all.shadow(i).events == 0) {
      continue;
    }
    json.item();
    json.open('{');
    json.text("rule", all.rules().name(i));
    json.number("rule_index", i);
    json.number("events", all.shadow(i).events);
    json.key("by");
    json.open('[');
    for (const auto& [rule, count] : all.shadow(i).by_rule) {
      json.item();
      json.open('{');
      json.text("rule", name_of(all.rules(), rule));
      json.index("rule_index", rule);
      json.number("events", count);
      json.close('}');
    }
    json.close(']');
    json.close('}');
  }
  json.close(']');
}

void write_guards(Writer& json, const Explainer& all) {
  struct Effect {
    const char* name;
    Tally GuardStats::*tally;
  };
  constexpr Effect effects[] = {{"saved", &GuardStats::saved},
                                {"hidden", &GuardStats::hidden},
                                {"reported", &GuardStats::reported}};
  json.key("guards");
  json.open('{');
  for (const Effect& effect : effects) {
    json.key(effect.name);
    json.open('[');
    for (std::size_t i = 0; i < filter::kGuardCount; ++i) {
      const Tally& tally = all.guards()[i].*effect.tally;
      if (tally.events > 0) {
        json.item();
        json.open('{');
        json.text("guard", filter::kGuardNames[i]);
        json.number("events", tally.events);
        json.number("bytes", tally.bytes);
        json.samples(tally);
        json.close('}');
      }
    }
    json.close(']');
  }
  json.close('}');
}

void write_group_parts(Writer& json, const NoisyGroup& group) {
  if (group.kind == GroupKind::fields) {
    json.text_or_null("event.action", group.parts[0]);
    json.text_or_null("process.name", group.parts[1]);
    json.text_or_null("user.name", group.parts[2]);
    return;
  }
  json.text_or_null("user", group.parts[0]);
  json.text_or_null("verb", group.parts[1]);
  const bool path = group.parts[3].empty();
  json.text_or_null("path", path ? group.parts[2] : "");
  json.text("group", path ? "" : group.parts[2]);
  json.text_or_null("resource", group.parts[3]);
}

void write_noisiest(Writer& json, const Explainer& all) {
  json.key("noisiest");
  json.open('[');
  std::set<std::string> names = rule_names(all.rules());
  for (const NoisyGroup& group : all.groups().noisiest(kNoisiest)) {
    const SuggestedRule rule = suggest_rule(all.groups(), group, all.rules().kind(), names);
    json.item();
    json.open('{');
    write_group_parts(json, group);
    json.number("events", group.events);
    json.number("bytes", group.bytes);
    json.ratio("share", group.events, all.events());
    json.number("guarded", group.guarded);
    json.text_or_null("put_before", name_of(all.rules(), group.first_rule));
    json.text_or_null("suggested_rule", rule.yaml);
    json.text_or_null("note", rule.why);
    json.close('}');
  }
  json.close(']');
  json.key("groups");
  json.open('{');
  json.number("distinct", all.groups().size());
  json.number("limit", NoisyGroups::kMaxGroups);
  json.number("other_events", all.groups().other_events());
  json.close('}');
}

void write_side(Writer& json, std::string_view key, const filter::RuleSet& rules, const Drops& side,
                const TimeRange& times) {
  json.key(key);
  json.open('[');
  for (const auto& [cause, tally] : side) {
    json.item();
    json.open('{');
    json.text_or_null("rule", name_of(rules, cause.rule));
    json.index("rule_index", cause.rule);
    json.text("why", filter::why_name(cause.why));
    json.number("events", tally.events);
    json.number("bytes", tally.bytes);
    json.estimate("events_per_day", times.per_day(tally.events));
    json.estimate("bytes_per_day", times.per_day(tally.bytes));
    json.samples(tally);
    json.close('}');
  }
  json.close(']');
}

}  // namespace

std::string render_explain_json(const Explainer& explainer, const ExplainAbout& about) {
  std::string out;
  Writer json(out);
  json.open('{');
  json.text("stream", about.stream);
  json.text_or_null("rules_file", about.rules_file);
  json.text_or_null("rules_hash", explainer.rules().hash_text());
  json.text("kind",
            explainer.rules().kind() == filter::RuleSetKind::policy ? "Policy" : "FilterRules");
  json.number("lines", explainer.lines());
  json.number("empty_lines", explainer.empty_lines());
  json.number("events", explainer.events());
  json.number("bytes", explainer.bytes());
  json.times(explainer.times());
  json.number("dropped", explainer.dropped());
  json.number("dropped_bytes", explainer.dropped_bytes());
  json.number("body_bytes", explainer.body_bytes());
  json.number("not_judged", explainer.not_judged().events);
  json.estimate("documents_saved_per_day", explainer.times().per_day(explainer.dropped()));
  json.estimate("bytes_saved_per_day",
                explainer.times().per_day(explainer.dropped_bytes() + explainer.body_bytes()));
  write_rules(json, explainer);
  write_idle(json, explainer);
  write_guards(json, explainer);
  write_noisiest(json, explainer);
  json.close('}');
  out.push_back('\n');
  return out;
}

std::string render_comparison_json(const Comparison& comparison, std::string_view a,
                                   std::string_view b) {
  std::string out;
  Writer json(out);
  json.open('{');
  json.text("a", a);
  json.text("b", b);
  json.number("events", comparison.events());
  json.number("bytes", comparison.bytes());
  json.times(comparison.times());
  json.number("kept_by_a", comparison.kept_by_a());
  json.number("kept_by_b", comparison.kept_by_b());
  write_side(json, "kept_by_a_dropped_by_b", comparison.b(), comparison.only_a(),
             comparison.times());
  write_side(json, "dropped_by_a_kept_by_b", comparison.a(), comparison.only_b(),
             comparison.times());
  json.key("kept_by_both_with_other_bodies");
  json.open('{');
  json.number("events", comparison.other_level().events);
  json.number("bytes", comparison.other_level().bytes);
  json.samples(comparison.other_level());
  json.close('}');
  json.close('}');
  out.push_back('\n');
  return out;
}

}  // namespace auditship::explain
