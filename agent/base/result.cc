#include "agent/base/result.h"

#include <cstdio>
#include <cstdlib>

namespace auditship {

void check_failed(const char* why, const char* file, int line) {
  std::fprintf(stderr, "auditship: broken invariant at %s:%d: %s\n", file, line, why);
  std::fflush(stderr);
  std::abort();
}

}  // namespace auditship
