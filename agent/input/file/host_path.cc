#include "agent/input/file/host_path.h"

namespace auditship::input::file {

std::string host_path(const std::string& path, const std::string& host_root) {
  const bool below = !host_root.empty() && path.size() > host_root.size() &&
                     path.starts_with(host_root) && path[host_root.size()] == '/';
  return below ? path.substr(host_root.size()) : path;
}

}  // namespace auditship::input::file
