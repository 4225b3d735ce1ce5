// Setting up the cluster that the configuration names: for `auditship setup`.
#pragma once

#include <functional>
#include <string>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/config/config.h"

namespace auditship::app {

struct SetupRequest {
  // With component_templates/, index_templates/, lifecycle/, roles/, dashboards/.
  std::string conf_dir;
  // templates, lifecycle, dashboards, roles; empty: all.
  std::string only;
  // Another user than the sink's; empty: that one. The sink's client certificate does not go with another user: a
  // server believes that first.
  std::string username, password_file;
  // Tells requests and differences; sends only what reads.
  bool dry_run = false;
  // Only `_rollover` by the conditions of the lifecycle policies.
  bool rollover = false;
};

// Whether the sink of the configuration has anything to set up.
[[nodiscard]] bool has_setup(const config::Config& config);

// Blocks. False when something failed, which is told line by line. Errors: no request could be made. Only when
// has_setup(config).
[[nodiscard]] Result<bool> set_up(Fs& fs, Logger& log, const config::Config& config,
                                  const SetupRequest& request,
                                  const std::function<void(const std::string&)>& say);

}  // namespace auditship::app
