// Identity: the node's name, frozen in the data directory at the first start.
//
// Document ids contain the node name, so it must not change when the host is renamed: the frozen
// name wins over configuration, NODE_NAME and hostname, and a difference is told.
#pragma once

#include <string>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"

namespace auditship::app {

struct Identity {
  std::string node;
};

// wanted: the name by configuration or environment; not empty.
// Errors: io, no_space, corrupt (the file is there but cannot be understood).
[[nodiscard]] Result<Identity> load_identity(Fs& fs, const std::string& data_dir,
                                             const std::string& wanted, Logger& log);

// The node name that a data directory was made with. Errors: not_found, io, corrupt.
[[nodiscard]] Result<std::string> frozen_node_name(Fs& fs, const std::string& data_dir);

}  // namespace auditship::app
