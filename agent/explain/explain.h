// Explainer: what rules do to a log, counted; Comparison: where two sets of rules differ on it.
//
//   Explainer explainer(rules);
//   parser.parse(line, now_ns, records);
//   explainer.add(line, records);  // for an empty line: no records
//   std::string report = render_explain_text(explainer, about);  // explain_report.h
//
// No I/O and no errors. Memory is bounded whatever the log holds: it grows with the rules, and with
// groups up to NoisyGroups' limit. Rules must outlive both. Not thread-safe.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/event/event.h"
#include "agent/event/position.h"
#include "agent/explain/noisy_groups.h"
#include "agent/filter/rule_set.h"

namespace auditship::explain {

// The times of the events that have one.
struct TimeRange {
  std::int64_t first_ns = 0, last_ns = 0;
  bool known = false;

  void add(const event::Record& record);
  // count, scaled to a day; nullopt when the range is shorter than ten minutes.
  [[nodiscard]] std::optional<double> per_day(std::uint64_t count) const;
};

// Events, the bytes they have in the log, and what the first two of them look like.
struct Tally {
  std::uint64_t events = 0, bytes = 0;
  // Safe for a terminal; no newline.
  std::vector<std::string> samples;

  void add(const event::Record& record, std::uint64_t size);
};

// What one rule decided.
struct RuleStats {
  // Events that it was the first to match.
  Tally hits;
  std::uint64_t dropped = 0, dropped_bytes = 0;
  // Of dropped.
  std::uint64_t stage_omitted = 0, sampled_out = 0;
  // Of bodies taken from events that are kept.
  std::uint64_t body_bytes = 0;
  // Saved by guards; hidden by its allow_hiding.
  std::uint64_t saved = 0, hidden = 0;
  TimeRange times;
};

// Of a rule that decided nothing: events that it would match, had no earlier rule done so.
struct Shadow {
  std::uint64_t events = 0;
  // The earlier rules; at most 16.
  std::map<int, std::uint64_t> by_rule;
};

// What one guard had to do with events that rules wanted to drop.
struct GuardStats {
  Tally saved, hidden, reported;
};

class Explainer {
 public:
  explicit Explainer(const filter::RuleSet& rules);

  // Counts the records of a line; an empty line has none.
  void add(const event::RawLine& line, const event::Records& records);

  [[nodiscard]] const filter::RuleSet& rules() const { return rules_; }
  // With empty ones.
  [[nodiscard]] std::uint64_t lines() const { return lines_; }
  [[nodiscard]] std::uint64_t empty_lines() const { return empty_lines_; }
  // Records; salvaged ones too.
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  [[nodiscard]] std::uint64_t dropped_bytes() const { return dropped_bytes_; }
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }
  [[nodiscard]] const Tally& not_judged() const { return not_judged_; }
  [[nodiscard]] const TimeRange& times() const { return times_; }
  // By rule; unmatched() is what no rule matched.
  [[nodiscard]] const std::vector<RuleStats>& by_rule() const { return by_rule_; }
  [[nodiscard]] const RuleStats& unmatched() const { return unmatched_; }
  [[nodiscard]] const Shadow& shadow(std::size_t rule) const { return shadows_[rule]; }
  [[nodiscard]] const std::array<GuardStats, filter::kGuardCount>& guards() const {
    return guards_;
  }
  [[nodiscard]] const NoisyGroups& groups() const { return groups_; }

 private:
  void count(const event::Record& record, const filter::FilterDecision& decision,
             std::uint64_t size);
  void count_rule(RuleStats& stats, const event::Record& record,
                  const filter::FilterDecision& decision, std::uint64_t size);
  void count_guard(const event::Record& record, const filter::FilterDecision& decision,
                   std::uint64_t size);
  void look_behind(const event::Record& record, int rule);

  const filter::RuleSet& rules_;
  std::uint64_t lines_ = 0, empty_lines_ = 0, events_ = 0, bytes_ = 0;
  std::uint64_t dropped_ = 0, dropped_bytes_ = 0, body_bytes_ = 0;
  Tally not_judged_;
  TimeRange times_;
  std::vector<RuleStats> by_rule_;
  RuleStats unmatched_;
  std::vector<Shadow> shadows_;
  // Rules that have decided nothing yet, ascending.
  std::vector<int> idle_;
  std::array<GuardStats, filter::kGuardCount> guards_;
  NoisyGroups groups_;
};

// What dropped an event that the other rules keep.
struct DropCause {
  // -1: a Policy without a match.
  int rule = -1;
  filter::Why why = filter::Why::rule_drop;
  auto operator<=>(const DropCause&) const = default;
};
using Drops = std::map<DropCause, Tally>;

// Two sets of rules on one log.
class Comparison {
 public:
  Comparison(const filter::RuleSet& a, const filter::RuleSet& b) : a_(a), b_(b) {}
  void add(const event::RawLine& line, const event::Records& records);

  [[nodiscard]] const filter::RuleSet& a() const { return a_; }
  [[nodiscard]] const filter::RuleSet& b() const { return b_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t kept_by_a() const { return kept_by_a_; }
  [[nodiscard]] std::uint64_t kept_by_b() const { return kept_by_b_; }
  // Kept by both with different bodies.
  [[nodiscard]] const Tally& other_level() const { return other_level_; }
  // Kept by A and dropped by B, by what B drops it for; and the reverse.
  [[nodiscard]] const Drops& only_a() const { return only_a_; }
  [[nodiscard]] const Drops& only_b() const { return only_b_; }
  [[nodiscard]] const TimeRange& times() const { return times_; }

 private:
  const filter::RuleSet &a_, &b_;
  std::uint64_t events_ = 0, bytes_ = 0, kept_by_a_ = 0, kept_by_b_ = 0;
  Drops only_a_, only_b_;
  Tally other_level_;
  TimeRange times_;
};

// Bytes of a record in its log: of a line of its own with the newline.
[[nodiscard]] std::uint64_t bytes_in_log(const event::RawLine& line, const event::Records& records,
                                         std::size_t i);

// What becomes of a line as a whole: the decision of its first record that is kept, else of its
// first. A line without records is kept.
[[nodiscard]] filter::FilterDecision decide_line(const filter::RuleSet& rules,
                                                 const event::Records& records);

// Appends one line of JSON that says what becomes of line `number`.
void append_decision(std::string& out, std::uint64_t number,
                     const filter::FilterDecision& decision);

}  // namespace auditship::explain
