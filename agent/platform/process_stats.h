// What the system says of this process: CPU, memory, descriptors. From /proc; Linux only.
#pragma once

#include <cstdint>

#include "agent/base/filesystem.h"

namespace auditship::platform {

struct ProcessFigures {
  double cpu_seconds = 0;  // user and system, of all threads
  std::uint64_t resident_bytes = 0, virtual_bytes = 0, threads = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;  // 0: no limit, or not known
};

// Errors: io, corrupt.
[[nodiscard]] Result<ProcessFigures> read_process_figures(Fs& fs);

}  // namespace auditship::platform
