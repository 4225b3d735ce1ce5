// Does a rule exist to hide what a guard keeps? Internal to agent/filter.
#pragma once

#include "agent/filter/rule_spec.h"

namespace auditship::filter {

// The guards of which the rule's own fields prove that every event it can match is covered by at
// least one that is not in ignored, or 0. A rule that merely may match guarded events is fine: the
// guard keeps those.
[[nodiscard]] GuardSet guards_proven(const MatchSpec& match, GuardSet ignored);

}  // namespace auditship::filter
