#include "agent/platform/system_clock.h"

#include <cstdlib>
#include <unistd.h>

namespace auditship::platform {

SystemRng::SystemRng() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(),
                     device(), device(), device(), device()};
  engine_.seed(seed);
}

std::optional<std::string> system_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // before any thread is started
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string system_host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

}  // namespace auditship::platform
