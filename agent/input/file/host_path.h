// The path of a log as the host sees it, for an agent in a container that has the host's files
// mounted somewhere: /host/var/log/auth.log is /var/log/auth.log. Pure functions.
#pragma once

#include <string>

namespace auditship::input::file {

// path: where this process opens it. host_root: the prefix of the mount, without a slash at its end;
// empty: none. A path that does not lie below it is returned as it is.
[[nodiscard]] std::string host_path(const std::string& path, const std::string& host_root);

}  // namespace auditship::input::file
