// Reads a log file from its beginning and gives out each line with what its parser makes of it.
// For commands that look at logs; the agent itself reads by FileSource. Stateless.
#pragma once

#include <cstdint>
#include <functional>

#include "agent/event/event.h"
#include "agent/event/position.h"
#include "agent/input/file/log_file_reader.h"
#include "parsers/parser.h"

namespace auditship::explain {

// line and records live until it returns. An empty line comes too, without records. An error ends
// the reading.
using UseLine = std::function<Status(const event::RawLine& line, const event::Records& records)>;

struct LogLinesOptions {
  // Of a longer line its head and its tail are kept.
  std::uint64_t line_max_bytes = 16 << 20;
  // For stamps that need a reference.
  std::int64_t now_ns = 0;
};

// Errors: io, corrupt; what use says.
[[nodiscard]] Status for_each_log_line(input::file::LogFileReader& bytes,
                                       const event::RecordOrigin& origin, parsers::Parser& parser,
                                       const LogLinesOptions& options, const UseLine& use);

}  // namespace auditship::explain
