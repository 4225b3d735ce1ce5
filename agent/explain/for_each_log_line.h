// Reads a log file from its beginning and gives out each line with what its parser makes of it.
// For commands that look at logs; the agent itself reads by input::Source. Stateless.
#pragma once

#include <cstdint>
#include <functional>

#include "agent/event/event.h"
#include "agent/event/position.h"
#include "agent/input/log_files.h"
#include "parsers/parser.h"

namespace auditship::explain {

// line and records live until it returns. An empty line comes too, without records. An error ends
// the reading.
using UseLine = std::function<Status(const event::RawLine& line, const event::Records& records)>;

// now_ns: for stamps that need a reference. Errors: io, corrupt; what use says.
[[nodiscard]] Status for_each_log_line(input::LogFile& file, parsers::Parser& parser,
                                       std::int64_t now_ns, const UseLine& use);

}  // namespace auditship::explain
