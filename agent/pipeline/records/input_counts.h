// InputCounts: what the input stage counted beside the lines that it handed out. A plain value.
#pragma once

#include <cstdint>

namespace auditship::pipeline::records {

struct InputCounts {
  // Consumed, newlines included, in uncompressed files.
  std::uint64_t bytes = 0;
  // Lines that are no records: nothing is in them.
  std::uint64_t empty_lines = 0;
  // Times that bytes vanished before they were read, and how many, where that is known.
  std::uint64_t gaps = 0;
  std::uint64_t gap_bytes = 0;
};

}  // namespace auditship::pipeline::records
