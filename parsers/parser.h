// Parser: the port that turns one line into records. No I/O, no clock but the one given.
//
// A parser never fails: a line that it does not understand becomes one Record of kind unparsed, so
// that nothing is lost. It adds at least one record to `out` for each line. May keep bounded state
// between lines of one source (the year of RFC 3164 stamps, for example); make one Parser a source.
// Not thread-safe.
#pragma once

#include <cstdint>

#include "agent/event/event.h"
#include "agent/event/position.h"

namespace auditship::parsers {

class Parser {
 public:
  Parser() = default;
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  virtual ~Parser() = default;

  // Clears out and adds the records of line. now_ns: wall clock at reading, ns since the epoch.
  virtual void parse(const event::RawLine& line, std::int64_t now_ns, event::Records& out) = 0;
};

}  // namespace auditship::parsers
