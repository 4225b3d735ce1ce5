#include <cstdio>

#include "agent/app/cli.h"
#include "agent/app/one_shot.h"
#include "agent/app/own_log.h"
#include "agent/app/setup.h"
#include "agent/app/system.h"
#include "agent/app/version.h"
#include "agent/core/posix_fs.h"

namespace auditship {
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
void take_user(const SetupArguments& arguments, OpenSearchConfig& opensearch) {
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

SetupClientOptions client_options(Fs& fs, const Config& config, std::vector<std::string> hosts) {
  SetupClientOptions options;
  options.hosts = std::move(hosts);
  options.credentials = credential_source(fs, config.opensearch);
  options.agent_version = kVersion;
  options.wall_ns = [] { return SystemClock().wall_ns(); };
  return options;
}

}  // namespace

int setup_command(const SetupArguments& arguments) {
  PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  if (config->sink != SinkType::opensearch) {
    std::fprintf(stderr,
                 "auditship: sink.type of %s is not opensearch: there is nothing to set up\n",
                 arguments.config.c_str());
    return kExitUsage;
  }
  take_user(arguments, config->opensearch);
  OwnLog log(LogLevel::warn, LogFormat::text);
  auto shot = OneShot::connect(fs, *config, log);
  if (!shot) {
    std::fprintf(stderr, "auditship: %s\n", shot.error().message.c_str());
    return kExitFailed;
  }
  const SetupClient::Run run = [&](const auto& start) { return (*shot)->run(start); };
  SetupClient client(client_options(fs, *config, config->opensearch.hosts), (*shot)->transport(),
                     run);
  SetupClientOptions other = client_options(fs, *config, {config->opensearch.dashboards_url});
  other.headers.emplace_back("osd-xsrf", "true");  // Dashboards refuses changes without it
  SetupClient dashboards(std::move(other), (*shot)->transport(), run);
  SetupOptions options{conf_dir_for(fs, arguments), arguments.only, arguments.dry_run,
                       arguments.rollover};
  const bool good = run_setup(fs, *config, options, client,
                              config->opensearch.dashboards_url.empty() ? nullptr : &dashboards,
                              [](const std::string& line) {
                                std::printf("%s\n", line.c_str());
                                std::fflush(stdout);
                              });
  return good ? 0 : kExitFailed;
}

}  // namespace auditship
