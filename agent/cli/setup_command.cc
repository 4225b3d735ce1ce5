#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "agent/cli/commands.h"
#include "agent/logging/agent_log.h"
#include "agent/platform/posix_filesystem.h"

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

// Each target once, with the files that describe its documents.
std::vector<sinks::SetupTarget> targets_of(const config::Config& config) {
  std::vector<sinks::SetupTarget> targets;
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

int setup_command(const SetupArguments& arguments) {
  platform::PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  const sinks::SinkType& type = config->sink().type();
  if (type.set_up == nullptr) {
    std::fprintf(stderr, "auditship: sink.type of %s is %s: there is nothing to set up\n",
                 arguments.config.c_str(), std::string(type.name).c_str());
    return kExitUsage;
  }
  logging::AgentLog log(LogLevel::warn, logging::LogFormat::text);
  const sinks::SetupRequest request{conf_dir_for(fs, arguments), arguments.only,
                                    arguments.username,          arguments.password_file,
                                    arguments.dry_run,           arguments.rollover};
  const auto good = type.set_up(config->sink(), fs, log, request, targets_of(*config),
                                [](const std::string& line) {
                                  std::printf("%s\n", line.c_str());
                                  std::fflush(stdout);
                                });
  if (!good) {
    std::fprintf(stderr, "auditship: %s\n", good.error().message.c_str());
    return kExitFailed;
  }
  return *good ? 0 : kExitFailed;
}

}  // namespace auditship::cli
