#include "agent/app/opensearch_setup.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/app/type_access.h"
#include "agent/base/version.h"
#include "agent/platform/system_clock.h"
#include "sinks/opensearch/blocking_client.h"
#include "sinks/opensearch/setup/setup.h"

namespace auditship::app {
namespace {

namespace opensearch = sinks::opensearch;

void take_user(const SetupRequest& request, opensearch::OpenSearchConfig& config) {
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

opensearch::setup::SetupClientOptions client_options(Fs& fs,
                                                     const opensearch::OpenSearchConfig& config,
                                                     std::vector<std::string> hosts) {
  opensearch::setup::SetupClientOptions options;
  options.hosts = std::move(hosts);
  options.credentials = opensearch::credential_source(fs, config);
  options.agent_version = kVersion;
  options.wall_ns = [] { return platform::SystemClock().wall_ns(); };
  return options;
}

// Each target once, with the files that describe its documents.
std::vector<opensearch::setup::SetupTarget> targets_of(const config::Config& config) {
  std::vector<opensearch::setup::SetupTarget> targets;
  for (const config::StreamConfig& stream : config.streams) {
    const bool known = std::any_of(targets.begin(), targets.end(),
                                   [&](const auto& t) { return t.name == stream.target; });
    if (!known) {
      targets.push_back({stream.target, std::string(stream.parser->type().templates)});
    }
  }
  return targets;
}

}  // namespace

bool has_setup(const config::Config& config) { return opensearch_config(config).ok(); }

Result<bool> set_up(Fs& fs, Logger& log, const config::Config& config, const SetupRequest& request,
                    const std::function<void(const std::string&)>& say) {
  auto sink = opensearch_config(config);
  if (!sink) {
    return sink.error();
  }
  take_user(request, *sink);
  auto client = opensearch::BlockingOpenSearchClient::connect(fs, *sink, log);
  if (!client) {
    return client.error();
  }
  const opensearch::setup::SetupClient::Run run = [&](const auto& start) {
    return (*client)->run(start);
  };
  opensearch::setup::SetupClient cluster(client_options(fs, *sink, sink->hosts),
                                         (*client)->transport(), run);
  opensearch::setup::SetupClientOptions other = client_options(fs, *sink, {sink->dashboards_url});
  // Dashboards refuses changes without it.
  other.headers.emplace_back("osd-xsrf", "true");
  opensearch::setup::SetupClient dashboards(std::move(other), (*client)->transport(), run);
  const opensearch::setup::SetupOptions options{request.conf_dir, request.only, request.dry_run,
                                                request.rollover, sink->style};
  return opensearch::setup::run_setup(fs, options, targets_of(config), cluster,
                                      sink->dashboards_url.empty() ? nullptr : &dashboards, say);
}

}  // namespace auditship::app
