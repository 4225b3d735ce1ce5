#include <cstdio>

#include "agent/app/cli.h"
#include "agent/app/status.h"
#include "agent/app/status_http.h"
#include "agent/app/system.h"
#include "agent/app/version.h"
#include "agent/core/posix_fs.h"

namespace auditship {

std::optional<std::string> data_dir_for(Fs& fs, const std::string& config,
                                        const std::string& data_dir) {
  if (!data_dir.empty()) {
    return data_dir;
  }
  if (config.empty()) {
    return default_config().data_dir;
  }
  auto loaded = config_for(fs, config);
  return loaded ? std::optional<std::string>(loaded->data_dir) : std::nullopt;
}

int status_command(const StatusArguments& arguments) {
  PosixFs fs;
  const auto data_dir = data_dir_for(fs, arguments.config, arguments.data_dir);
  if (!data_dir) {
    return kExitFailed;
  }
  auto live =
      get_from_socket(status_socket(*data_dir), arguments.json ? "/status.json" : "/status");
  if (live) {
    std::fputs(live->c_str(), stdout);
    return 0;
  }
  auto status = read_status(fs, *data_dir);
  if (!status) {
    std::fprintf(stderr, "auditship: no agent answers, and its data directory cannot be read: %s\n",
                 status.error().message.c_str());
    return kExitFailed;
  }
  status->version = kVersion;
  status->now_ns = SystemClock().wall_ns();
  std::fputs((arguments.json ? render_status_json(*status) : render_status_text(*status)).c_str(),
             stdout);
  return 0;
}

std::string status_socket(const std::string& data_dir) {
  return join_path(data_dir, "status.sock");
}

}  // namespace auditship
