#include "agent/explain/for_each_log_line.h"

namespace auditship::explain {

Status for_each_log_line(input::LogFile& file, parsers::Parser& parser, std::int64_t now_ns,
                         const UseLine& use) {
  event::Records records;
  input::LineCalls calls;
  calls.each = [&](const event::RawLine& line) {
    parser.parse(line, now_ns, records);
    return use(line, records);
  };
  calls.empty_line = [&] {
    records.clear();
    return use(event::RawLine{}, records);
  };
  return file.each_line(calls);
}

}  // namespace auditship::explain
