#include "agent/app/log_lines.h"

namespace auditship {

Status for_each_log_line(LogBytes& bytes, const LineSource& source, Parser& parser,
                         const LogLinesOptions& options, const UseLine& use) {
  Records records;
  LineCalls calls;
  calls.each = [&](const RawLine& line) {
    parser.parse(line, options.now_ns, records);
    return use(line, records);
  };
  calls.empty_line = [&] {
    records.clear();
    return use(RawLine{}, records);
  };
  return each_line(bytes, source, options.line_max_bytes, LastLine::take_unterminated, calls);
}

}  // namespace auditship
