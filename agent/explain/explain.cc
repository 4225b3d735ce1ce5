#include "agent/explain/explain.h"

#include <algorithm>

#include "agent/base/encoding/json_writer.h"
#include "agent/event/event_summary.h"

namespace auditship::explain {
namespace {

constexpr std::size_t kSamples = 2;
constexpr std::string_view kStamp = "1970-01-01 00:00:00";  // as append_pretty begins a line
constexpr std::size_t kShadowRules = 16;
constexpr std::int64_t kShortNs = std::int64_t{600} * 1'000'000'000;

// Bytes of the bodies that level takes from a record which is kept.
std::uint64_t taken_bodies(const event::Record& record, filter::Level level) {
  std::uint64_t bytes = level < filter::Level::request_response ? record.response.raw.size() : 0;
  bytes += level < filter::Level::request ? record.request.raw.size() : 0;
  return bytes;
}

}  // namespace

void TimeRange::add(const event::Record& record) {
  if (!record.time_known) {
    return;
  }
  first_ns = known ? std::min(first_ns, record.time_ns) : record.time_ns;
  last_ns = known ? std::max(last_ns, record.time_ns) : record.time_ns;
  known = true;
}

std::optional<double> TimeRange::per_day(std::uint64_t count) const {
  if (!known || last_ns - first_ns < kShortNs) {
    return std::nullopt;
  }
  constexpr double day_ns = 86'400e9;
  return static_cast<double>(count) * (day_ns / static_cast<double>(last_ns - first_ns));
}

void Tally::add(const event::Record& record, std::uint64_t size) {
  ++events;
  bytes += size;
  if (samples.size() < kSamples) {
    std::string& line = samples.emplace_back();
    event::append_pretty(line, record, 0, true);
    line.pop_back();
    if (!record.time_known) {
      line.replace(0, kStamp.size(), "(no time)");
    }
  }
}

std::uint64_t bytes_in_log(const event::RawLine& line, const event::Records& records,
                           std::size_t i) {
  return records.size() == 1 ? line.length + (line.unterminated ? 0 : 1) : records[i].raw.size();
}

Explainer::Explainer(const filter::RuleSet& rules)
    : rules_(rules), by_rule_(rules.size()), shadows_(rules.size()) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    idle_.push_back(static_cast<int>(i));
  }
}

void Explainer::add(const event::RawLine& line, const event::Records& records) {
  ++lines_;
  empty_lines_ += records.size() == 0 ? 1 : 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    count(records[i], rules_.judge(records[i]), bytes_in_log(line, records, i));
  }
}

void Explainer::count(const event::Record& record, const filter::FilterDecision& decision,
                      std::uint64_t size) {
  ++events_;
  bytes_ += size;
  times_.add(record);
  if (decision.why == filter::Why::not_judged) {
    not_judged_.add(record, size);
    return;
  }
  const int rule = decision.rule_index;
  count_rule(rule < 0 ? unmatched_ : by_rule_[static_cast<std::size_t>(rule)], record, decision,
             size);
  count_guard(record, decision, size);
  if (rule >= 0) {
    look_behind(record, rule);
  }
  if (decision.action == filter::Action::keep) {
    groups_.add(record, decision, size);
  }
}

void Explainer::count_rule(RuleStats& stats, const event::Record& record,
                           const filter::FilterDecision& decision, std::uint64_t size) {
  stats.hits.add(record, size);
  stats.times.add(record);
  if (decision.action == filter::Action::drop) {
    ++stats.dropped;
    stats.dropped_bytes += size;
    ++dropped_;
    dropped_bytes_ += size;
    stats.stage_omitted += decision.why == filter::Why::stage_omitted ? 1 : 0;
    stats.sampled_out += decision.why == filter::Why::sampled_out ? 1 : 0;
  } else {
    const std::uint64_t bodies = taken_bodies(record, decision.level);
    stats.body_bytes += bodies;
    body_bytes_ += bodies;
  }
  stats.saved += decision.guard_effect == filter::GuardEffect::saved ? 1 : 0;
  stats.hidden += decision.guard_effect == filter::GuardEffect::hidden ? 1 : 0;
}

void Explainer::count_guard(const event::Record& record, const filter::FilterDecision& decision,
                            std::uint64_t size) {
  const auto guard = decision.guard_effect == filter::GuardEffect::none
                         ? std::nullopt
                         : filter::guard_by_name(decision.guard);
  if (!guard) {
    return;
  }
  GuardStats& stats = guards_[static_cast<std::size_t>(*guard)];
  switch (decision.guard_effect) {
    case filter::GuardEffect::none:
      break;
    case filter::GuardEffect::saved:
      stats.saved.add(record, size);
      break;
    case filter::GuardEffect::hidden:
      stats.hidden.add(record, size);
      break;
    case filter::GuardEffect::reported:
      stats.reported.add(record, size);
      break;
  }
}

// Only rules that never decide can be shadowed as a whole, so only those are asked again.
void Explainer::look_behind(const event::Record& record, int rule) {
  auto at = std::lower_bound(idle_.begin(), idle_.end(), rule);
  if (at != idle_.end() && *at == rule) {
    at = idle_.erase(at);
  }
  for (; at != idle_.end(); ++at) {
    const auto later = static_cast<std::size_t>(*at);
    if (rules_.rule_matches(later, record)) {
      Shadow& shadow = shadows_[later];
      ++shadow.events;
      if (shadow.by_rule.size() < kShadowRules || shadow.by_rule.count(rule) > 0) {
        ++shadow.by_rule[rule];
      }
    }
  }
}

void Comparison::add(const event::RawLine& line, const event::Records& records) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const event::Record& record = records[i];
    const std::uint64_t size = bytes_in_log(line, records, i);
    const filter::FilterDecision a = a_.judge(record);
    const filter::FilterDecision b = b_.judge(record);
    const bool by_a = a.action == filter::Action::keep;
    const bool by_b = b.action == filter::Action::keep;
    ++events_;
    bytes_ += size;
    kept_by_a_ += by_a ? 1 : 0;
    kept_by_b_ += by_b ? 1 : 0;
    times_.add(record);
    if (by_a && !by_b) {
      only_a_[{b.rule_index, b.why}].add(record, size);
    } else if (by_b && !by_a) {
      only_b_[{a.rule_index, a.why}].add(record, size);
    } else if (by_a && taken_bodies(record, a.level) != taken_bodies(record, b.level)) {
      other_level_.add(record, size);
    }
  }
}

filter::FilterDecision decide_line(const filter::RuleSet& rules, const event::Records& records) {
  filter::FilterDecision of_line;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const filter::FilterDecision decision = rules.judge(records[i]);
    if (i == 0 || decision.action == filter::Action::keep) {
      of_line = decision;
    }
    if (decision.action == filter::Action::keep) {
      break;
    }
  }
  return of_line;
}

void append_decision(std::string& out, std::uint64_t number,
                     const filter::FilterDecision& decision) {
  const auto name = [&out](std::string_view text) {
    if (text.empty()) {
      out += "null";
    } else {
      append_json_string(out, text);
    }
  };
  out += R"({"line":)";
  append_json_uint(out, number);
  out += decision.action == filter::Action::keep ? R"(,"action":"keep","level":")"
                                                 : R"(,"action":"drop","level":")";
  out += filter::level_name(decision.level);
  out += R"(","rule":)";
  name(decision.rule);
  out += R"(,"rule_index":)";
  append_json_int(out, decision.rule_index);
  out += decision.sampled ? R"(,"sampled":true,"guard":)" : R"(,"sampled":false,"guard":)";
  name(decision.guard);
  out += "}\n";
}

}  // namespace auditship::explain
