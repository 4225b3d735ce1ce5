// Audit events from JSON for tests of the filter: only what rules look at, by simdjson's DOM, on a
// path of its own so that a test of the rules does not rest on the parser.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "agent/event/event.h"

namespace auditship::test {

// Fills record from one event. False when text is no JSON object.
bool read_audit_event(std::string_view text, event::Record& record);

// Calls use with each line of a file, counted from 1; returns how many lines it has (0: no such
// file).
std::size_t for_each_line(const std::string& path,
                          const std::function<void(std::size_t line, std::string_view text)>& use);

}  // namespace auditship::test
