// A second implementation of the filter, written from docs/configuration.md alone: slow and plain,
// without compiled forms and early exits. It shares the spec's types with the real one and no code.
#pragma once

#include <string>

#include "agent/event/event.h"
#include "agent/filter/rule_set.h"

namespace auditship::test {

struct NaiveDecision {
  bool keep = true;
  int rule = -1;
  std::string level, guard;
};

// Rules without sample: that has tests of its own.
NaiveDecision naive_decide(const filter::RuleSetSpec& spec, const event::Record& record);

}  // namespace auditship::test
