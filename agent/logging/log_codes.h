// What an operator can do about a warning or error of the agent's own log, by its code. Every code
// has a hint here and a row in docs/log-codes.md; tests/unit/log_codes_test.py compares the three.
// Stateless; thread-safe.
#pragma once

#include <string_view>

namespace auditship::logging {

// "" for codes of mere information.
[[nodiscard]] std::string_view hint_for(std::string_view code);

}  // namespace auditship::logging
