#include "agent/platform/process_stats.h"

#include <sstream>
#include <sys/resource.h>
#include <unistd.h>

namespace auditship::platform {
namespace {

constexpr std::size_t kMaxFile = 1 << 20;

}  // namespace

Result<ProcessStats> read_process_stats(Fs& fs) {
  auto own = fs.read_file("/proc/self/stat", kMaxFile);
  if (!own) {
    return own.error();
  }
  // Fields as in proc(5), counted behind the name, which may hold anything: state is field 3.
  std::istringstream fields(own->substr(own->rfind(')') + 1));
  std::string state;
  std::uint64_t user = 0;
  std::uint64_t kernel = 0;
  std::uint64_t pages = 0;
  ProcessStats stats;
  fields >> state;
  const auto skip = [&](int count) {
    for (std::int64_t any = 0; count > 0; --count) {
      fields >> any;
    }
  };
  skip(10);  // 4 … 13
  fields >> user >> kernel;
  skip(4);  // 16 … 19
  fields >> stats.threads;
  skip(2);  // 21, 22
  fields >> stats.virtual_bytes >> pages;
  if (!fields) {
    return Error{Errc::corrupt, "/proc/self/stat is not as expected"};
  }
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  stats.cpu_seconds = static_cast<double>(user + kernel) / ticks;
  stats.resident_bytes = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  if (auto open = fs.list("/proc/self/fd")) {
    stats.open_fds = open->empty() ? 0 : open->size() - 1;  // without the one that lists
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    stats.max_fds = limit.rlim_cur;
  }
  return stats;
}

}  // namespace auditship::platform
