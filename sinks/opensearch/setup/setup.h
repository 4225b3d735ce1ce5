// What `auditship setup` does: brings templates, lifecycle policies, first indices, saved objects
// and roles of a cluster to what conf/opensearch says, and tells where live mappings differ from
// it.
//
// Idempotent: everything is read first and only put when it differs. Nothing is ever deleted.
// Answers of the server are untrusted: they are parsed with limits and printed as plain ASCII.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "sinks/opensearch/setup/setup_client.h"
#include "sinks/sink_commands.h"

namespace auditship::sinks::opensearch::setup {

// What a target is: a write alias, or the beginning of the names of dated indices.
enum class TargetStyle : std::uint8_t { alias, dated };

struct SetupOptions {
  // With component_templates/, index_templates/, lifecycle/, roles/, dashboards/.
  std::string conf_dir;
  // templates, lifecycle, dashboards, roles; empty: all.
  std::string only;
  // Tells requests and differences; sends only what reads.
  bool dry_run = false;
  // Only `_rollover` by the conditions of the lifecycle policies.
  bool rollover = false;
  TargetStyle style = TargetStyle::alias;
};

using Say = std::function<void(const std::string& line)>;

// targets: each name once; auditship-KIND.json describe their documents. dashboards: nullptr when no URL of one is configured. True when nothing failed.
bool run_setup(Fs& fs, const SetupOptions& options, std::vector<SetupTarget> targets,
               SetupClient& client, SetupClient* dashboards, const Say& say);

}  // namespace auditship::sinks::opensearch::setup
