#include "sinks/opensearch/cluster_setup.h"

#include <utility>
#include <vector>

#include "agent/base/version.h"
#include "agent/platform/system_clock.h"
#include "sinks/opensearch/blocking_client.h"
#include "sinks/opensearch/config.h"
#include "sinks/opensearch/setup/setup.h"

namespace auditship::sinks::opensearch {
namespace {

void take_user(const SetupRequest& request, OpenSearchConfig& config) {
  if (request.username.empty()) {
    return;
  }
  config.username = request.username;
  config.password_file = request.password_file;
  config.password.clear();
  config.bearer_token_file.clear();
  config.certificate_file.clear();
  config.key_file.clear();
}

setup::SetupClientOptions client_options(Fs& fs, const OpenSearchConfig& config,
                                         std::vector<std::string> hosts) {
  setup::SetupClientOptions options;
  options.hosts = std::move(hosts);
  options.credentials = credential_source(fs, config);
  options.agent_version = kVersion;
  options.wall_ns = [] { return platform::SystemClock().wall_ns(); };
  return options;
}

}  // namespace

Result<bool> set_up(const SinkConfig& config, Fs& fs, Logger& log, const SetupRequest& request,
                    std::span<const SetupTarget> targets,
                    const std::function<void(const std::string&)>& say) {
  OpenSearchConfig sink = dynamic_cast<const OpenSearchConfig&>(config);
  take_user(request, sink);
  auto client = BlockingOpenSearchClient::connect(fs, sink, log);
  if (!client) {
    return client.error();
  }
  const setup::SetupClient::Run run = [&](const auto& start) { return (*client)->run(start); };
  setup::SetupClient cluster(client_options(fs, sink, sink.hosts), (*client)->transport(), run);
  setup::SetupClientOptions other = client_options(fs, sink, {sink.dashboards_url});
  // Dashboards refuses changes without it.
  other.headers.emplace_back("osd-xsrf", "true");
  setup::SetupClient dashboards(std::move(other), (*client)->transport(), run);
  const setup::SetupOptions options{
      request.conf_dir, request.only, request.dry_run, request.rollover,
      sink.style == IndexStyle::alias ? setup::TargetStyle::alias : setup::TargetStyle::dated};
  return setup::run_setup(fs, options, {targets.begin(), targets.end()}, cluster,
                          sink.dashboards_url.empty() ? nullptr : &dashboards, say);
}

}  // namespace auditship::sinks::opensearch
