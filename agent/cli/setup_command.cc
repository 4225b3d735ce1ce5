#include <cstdio>

#include "agent/base/version.h"
#include "agent/cli/commands.h"
#include "agent/logging/agent_log.h"
#include "agent/platform/posix_filesystem.h"
#include "agent/platform/system_clock.h"
#include "sinks/opensearch/blocking_client.h"
#include "sinks/opensearch/setup/setup.h"

namespace auditship::cli {
namespace {

constexpr const char* kInstalled = "/usr/share/auditship/opensearch";

// --conf-dir, else the directory beside the configuration file, else what packages install.
std::string conf_dir_for(Fs& fs, const SetupArguments& arguments) {
  if (!arguments.conf_dir.empty()) {
    return arguments.conf_dir;
  }
  std::string beside = join_path(directory_of(arguments.config), "opensearch");
  const auto stat = fs.stat(beside);
  return stat && stat->is_directory ? beside : kInstalled;
}

// Another user than the sink's. Its client certificate goes too: a server believes that first.
void take_user(const SetupArguments& arguments, config::OpenSearchConfig& opensearch) {
  if (arguments.username.empty()) {
    return;
  }
  opensearch.username = arguments.username;
  opensearch.password_file = arguments.password_file;
  opensearch.password.clear();
  opensearch.bearer_token_file.clear();
  opensearch.certificate_file.clear();
  opensearch.key_file.clear();
}

sinks::opensearch::setup::SetupClientOptions client_options(Fs& fs, const config::Config& config,
                                                            std::vector<std::string> hosts) {
  sinks::opensearch::setup::SetupClientOptions options;
  options.hosts = std::move(hosts);
  options.credentials = sinks::opensearch::credential_source(fs, config.opensearch);
  options.agent_version = kVersion;
  options.wall_ns = [] { return platform::SystemClock().wall_ns(); };
  return options;
}

}  // namespace

int setup_command(const SetupArguments& arguments) {
  platform::PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  if (config->sink != config::SinkType::opensearch) {
    std::fprintf(stderr,
                 "auditship: sink.type of %s is not opensearch: there is nothing to set up\n",
                 arguments.config.c_str());
    return kExitUsage;
  }
  take_user(arguments, config->opensearch);
  logging::AgentLog log(LogLevel::warn, logging::LogFormat::text);
  auto shot = sinks::opensearch::OneShot::connect(fs, *config, log);
  if (!shot) {
    std::fprintf(stderr, "auditship: %s\n", shot.error().message.c_str());
    return kExitFailed;
  }
  const sinks::opensearch::setup::SetupClient::Run run = [&](const auto& start) {
    return (*shot)->run(start);
  };
  sinks::opensearch::setup::SetupClient client(
      client_options(fs, *config, config->opensearch.hosts), (*shot)->transport(), run);
  sinks::opensearch::setup::SetupClientOptions other =
      client_options(fs, *config, {config->opensearch.dashboards_url});
  other.headers.emplace_back("osd-xsrf", "true");  // Dashboards refuses changes without it
  sinks::opensearch::setup::SetupClient dashboards(std::move(other), (*shot)->transport(), run);
  sinks::opensearch::setup::SetupOptions options{conf_dir_for(fs, arguments), arguments.only,
                                                 arguments.dry_run, arguments.rollover};
  const bool good = sinks::opensearch::setup::run_setup(
      fs, *config, options, client,
      config->opensearch.dashboards_url.empty() ? nullptr : &dashboards,
      [](const std::string& line) {
        std::printf("%s\n", line.c_str());
        std::fflush(stdout);
      });
  return good ? 0 : kExitFailed;
}

}  // namespace auditship::cli
