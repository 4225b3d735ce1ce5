// Reads a log file from its beginning and gives out each line with what its parser makes of it.
// For commands that look at logs; the agent itself reads by Tail. Stateless.
#pragma once

#include <cstdint>
#include <functional>

#include "agent/app/log_bytes.h"
#include "agent/core/position.h"
#include "agent/core/record.h"
#include "parsers/parser.h"

namespace auditship {

// line and records live until it returns. An empty line comes too, without records. An error ends
// the reading.
using UseLine = std::function<Status(const RawLine& line, const Records& records)>;

struct LogLinesOptions {
  std::uint64_t line_max_bytes = 16 << 20;  // of a longer line its head and its tail are kept
  std::int64_t now_ns = 0;                  // for stamps that need a reference
};

// Errors: io, corrupt; what use says.
[[nodiscard]] Status for_each_log_line(LogBytes& bytes, const LineSource& source, Parser& parser,
                                       const LogLinesOptions& options, const UseLine& use);

}  // namespace auditship
