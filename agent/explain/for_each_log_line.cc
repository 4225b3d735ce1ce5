#include "agent/explain/for_each_log_line.h"

namespace auditship::explain {

Status for_each_log_line(input::file::LogFileReader& bytes, const event::RecordOrigin& origin,
                         parsers::Parser& parser, const LogLinesOptions& options,
                         const UseLine& use) {
  event::Records records;
  input::file::LineCalls calls;
  calls.each = [&](const event::RawLine& line) {
    parser.parse(line, options.now_ns, records);
    return use(line, records);
  };
  calls.empty_line = [&] {
    records.clear();
    return use(event::RawLine{}, records);
  };
  input::file::LineReading reading{origin};
  reading.line_max_bytes = options.line_max_bytes;
  reading.last = input::file::LastLine::take_unterminated;
  return input::file::each_line(bytes, reading, calls);
}

}  // namespace auditship::explain
