// What the system says of this process: CPU, memory, descriptors. From /proc; Linux only.
//
//   Result<ProcessStats> stats = read_process_stats(fs);
//
// Reads a few small files; cheap enough for every scrape.
#pragma once

#include <cstdint>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"

namespace auditship::platform {

struct ProcessStats {
  // User and system, of all threads.
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t threads = 0;
  std::uint64_t open_fds = 0;
  // 0: no limit, or not known.
  std::uint64_t max_fds = 0;
};

// Errors: io, corrupt.
[[nodiscard]] Result<ProcessStats> read_process_stats(Fs& fs);

}  // namespace auditship::platform
