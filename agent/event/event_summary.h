// One readable line for a record: when, who, did what, to what, from where, outcome.
//
//   03:12:44 node1 ssh-login alice (key ED25519 SHA256:…) as root from 10.0.0.7: success
//
// Control characters and invalid UTF-8 in values are made visible: a hostile name cannot move the
// cursor or start a line of its own. Each value is cut to 300 bytes. Stateless; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "agent/event/event.h"

namespace auditship::event {

// Appends the line and a newline. fallback_ns: the time to show for a record without one.
void append_pretty(std::string& out, const Record& record, std::int64_t fallback_ns,
                   bool with_date);

}  // namespace auditship::event
