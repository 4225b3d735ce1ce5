#include <csignal>
#include <cstdio>
#include <ctime>
#include <unistd.h>

#include "agent/base/version.h"
#include "agent/cli/commands.h"
#include "agent/platform/http_server.h"
#include "agent/platform/posix_filesystem.h"
#include "agent/platform/system_clock.h"
#include "agent/status/numbers/agent_status.h"
#include "agent/status/status_json.h"
#include "agent/status/status_terminal.h"

namespace auditship::cli {

std::optional<std::string> data_dir_for(Fs& fs, const std::string& config,
                                        const std::string& data_dir) {
  if (!data_dir.empty()) {
    return data_dir;
  }
  if (config.empty()) {
    return config::Config().data_dir;
  }
  auto loaded = config_for(fs, config);
  return loaded ? std::optional<std::string>(loaded->data_dir) : std::nullopt;
}

namespace {

constexpr long kWatchSeconds = 2;

// The status now, by whoever can tell it.
Result<std::string> status_now(Fs& fs, const std::string& data_dir, bool json) {
  auto live = platform::get_from_socket(status_socket(data_dir), json ? "/status.json" : "/status");
  if (live) {
    return live;
  }
  if (live.error().code != Errc::not_found) {
    std::fprintf(
        stderr,
        "auditship: an agent may be running, but does not answer (%s); this is what its data "
        "directory says\n",
        live.error().message.c_str());
  }
  auto status = status::numbers::read_status(fs, data_dir);
  if (!status) {
    return status.error().in("no agent answers, and its data directory cannot be read");
  }
  status->version = kVersion;
  status->now_ns = platform::SystemClock().wall_ns();
  return json ? status::render_status_json(*status) : status::render_status_text(*status);
}

// Until SIGINT or SIGTERM. A terminal is cleared each time; elsewhere one follows the other.
int watch(Fs& fs, const std::string& data_dir, bool json) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &ends, nullptr);
  const bool terminal = ::isatty(STDOUT_FILENO) == 1 && !json;
  while (true) {
    const auto text = status_now(fs, data_dir, json);
    std::fputs(terminal ? "\x1b[H\x1b[2J" : "", stdout);
    std::fputs(text ? text->c_str() : ("auditship: " + text.error().message + "\n").c_str(),
               stdout);
    std::fputs(json ? "" : "\n", stdout);
    if (std::fflush(stdout) != 0) {
      return kExitFailed;  // nobody reads
    }
    const timespec pause{kWatchSeconds, 0};
    if (::sigtimedwait(&ends, nullptr, &pause) > 0) {
      return 0;
    }
  }
}

}  // namespace

int status_command(const StatusArguments& arguments) {
  platform::PosixFs fs;
  const auto data_dir = data_dir_for(fs, arguments.config, arguments.data_dir);
  if (!data_dir) {
    return kExitFailed;
  }
  if (arguments.watch) {
    return watch(fs, *data_dir, arguments.json);
  }
  auto text = status_now(fs, *data_dir, arguments.json);
  if (!text) {
    std::fprintf(stderr, "auditship: %s\n", text.error().message.c_str());
    return kExitFailed;
  }
  std::fputs(text->c_str(), stdout);
  return 0;
}

std::string status_socket(const std::string& data_dir) {
  return join_path(data_dir, "status.sock");
}

}  // namespace auditship::cli
