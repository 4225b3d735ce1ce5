// What `auditship setup` does: brings templates, lifecycle policies, first indices, saved objects
// and roles of a cluster to what conf/opensearch says, and tells where live mappings differ from
// it.
//
// Idempotent: everything is read first and only put when it differs. Nothing is ever deleted.
// Answers of the server are untrusted: they are parsed with limits and printed as plain ASCII.
#pragma once

#include <functional>
#include <string>

#include "agent/base/filesystem.h"
#include "agent/config/config.h"
#include "sinks/opensearch/setup/setup_client.h"

namespace auditship::sinks::opensearch::setup {

struct SetupOptions {
  std::string
      conf_dir;      // with component_templates/, index_templates/, lifecycle/, roles/, dashboards/
  std::string only;  // templates, lifecycle, dashboards, roles; empty: all
  bool dry_run = false;   // tells requests and differences; sends only what reads
  bool rollover = false;  // only `_rollover` by the conditions of the lifecycle policies
};

using Say = std::function<void(const std::string& line)>;

// dashboards: nullptr when no URL of one is configured. True when nothing failed.
bool run_setup(Fs& fs, const config::Config& config, const SetupOptions& options,
               SetupClient& client, SetupClient* dashboards, const Say& say);

}  // namespace auditship::sinks::opensearch::setup
