#include <cstdio>

#include "agent/app/opensearch_setup.h"
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

}  // namespace

int setup_command(const SetupArguments& arguments) {
  platform::PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  if (!app::has_setup(*config)) {
    std::fprintf(stderr,
                 "auditship: sink.type of %s is not opensearch: there is nothing to set up\n",
                 arguments.config.c_str());
    return kExitUsage;
  }
  logging::OwnLog log(LogLevel::warn, logging::LogFormat::text);
  const app::SetupRequest request{conf_dir_for(fs, arguments), arguments.only,
                                  arguments.username,          arguments.password_file,
                                  arguments.dry_run,           arguments.rollover};
  const auto good = app::set_up(fs, log, *config, request, [](const std::string& line) {
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
