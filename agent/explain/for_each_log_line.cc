#include "agent/explain/for_each_log_line.h"

namespace auditship::explain {

Status for_each_log_line(input::file::LogFileReader& bytes, const event::LineSource& source,
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
  return input::file::each_line(bytes, source, options.line_max_bytes,
                                input::file::LastLine::take_unterminated, calls);
}

}  // namespace auditship::explain
