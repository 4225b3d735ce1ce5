#include <algorithm>
#include <csignal>
#include <cstdio>
#include <sys/stat.h>

#include "agent/app/agent.h"
#include "agent/base/version.h"
#include "agent/cli/commands.h"
#include "agent/logging/agent_log.h"
#include "agent/logging/recent_warnings.h"
#include "agent/pipeline/pipeline.h"
#include "agent/platform/event_loop.h"
#include "agent/platform/http_server.h"
#include "agent/platform/memory_trim.h"
#include "agent/platform/posix_filesystem.h"
#include "agent/platform/system_clock.h"
#include "agent/platform/systemd_notify.h"
#include "agent/status/run_summary.h"
#include "agent/status/status_endpoints.h"

namespace auditship::cli {
namespace {

constexpr std::chrono::seconds kDrainLimit{
    4};  // from SIGTERM; the rest stays in the buffer, synced

std::vector<status::StreamSummary> summaries_of(const app::Agent& agent) {
  std::vector<status::StreamSummary> all;
  for (const auto& stream : agent.pipelines()) {
    all.push_back(status::StreamSummary{stream->settings().name, stream->stats(),
                                        stream->unterminated(), stream->finished()});
  }
  return all;
}

// What differs when anything was done.
std::uint64_t work_of(const app::Agent& agent) {
  std::uint64_t work = 0;
  for (const auto& stream : agent.pipelines()) {
    const pipeline::PipelineStats stats = stream->stats();
    work += stats.read.bytes + stats.delivered.accounted() + stats.delivery.requests;
  }
  return work;
}

// One line for `systemctl status`.
std::string describe(const app::Agent& agent) {
  std::string text;
  for (const auto& stream : agent.pipelines()) {
    const pipeline::PipelineStats stats = stream->stats();
    text += (text.empty() ? "" : "; ") + stream->settings().name + ": " +
            std::to_string(stats.delivered.settled()) + " shipped, " +
            std::to_string(stats.buffered_documents) + " waiting" +
            (stats.full ? ", buffer full" : "");
  }
  return text;
}

// SIGHUP: the manager is told when it begins and when it is over.
void reload(app::Agent& agent, platform::SystemdNotifier& notifier) {
  notifier.reloading();
  agent.reload();
  notifier.ready(describe(agent));
}

// The same pages on IP:PORT of status.listen, for probes and scrapes of a pod. Anybody who
// reaches it can read them.
std::unique_ptr<platform::HttpServer> listen_where_told(const std::string& address,
                                                        platform::EventLoop& loop, Logger& log,
                                                        platform::HttpServer::Handler handler) {
  if (address.empty()) {
    return nullptr;
  }
  auto server = platform::HttpServer::listen(loop, log, address, std::move(handler));
  if (!server) {
    log.error("status-listen", "status.listen cannot be used: no probe and no scrape is answered",
              {{"error", server.error().message}});
    return nullptr;
  }
  return std::move(*server);
}

// What the loop calls while the agent runs: its steps, and the signals that bring it to an end.
class RunLoop {
 public:
  struct Parts {
    app::Agent& agent;
    app::RunMode mode;
    Fs& fs;
    const Clock& clock;
    logging::AgentLog& agent_log;
    Logger& log;
    platform::EventLoop& loop;
    status::StatusEndpoints& endpoints;
    platform::SystemdNotifier& notifier;
  };
  explicit RunLoop(const Parts& parts) : with_(parts) {}

  // Returns when it is to be called again.
  TimePoint step(TimePoint now) {
    TimePoint next = with_.agent.step(now);
    with_.endpoints.stepped(now);
    next = std::min(next, with_.agent_log.tick(now));
    if (is_over(now)) {
      with_.loop.stop();
      return now;
    }
    if (now >= watch_at_ && with_.mode == app::RunMode::follow) {
      look_around(now);
      watch_at_ = now + std::chrono::seconds(10);
    }
    next = std::min(next, with_.notifier.ping(now));
    return stop_at_ ? std::min(next, *stop_at_) : next;
  }

  void on_signal(int signal) {
    if (signal == SIGHUP) {
      if (!stop_at_) {  // whoever stops reads no more lines that rules could judge
        reload(with_.agent, with_.notifier);
      }
      return;
    }
    if (stop_at_) {
      stop_at_ = with_.clock.now();  // asked twice: at once
      return;
    }
    with_.log.info("stop", "stopping: what was read is delivered or stays in the buffer",
                   {{"signal", signal}});
    with_.notifier.stopping();
    with_.endpoints.drain();
    with_.agent.stop_reading();
    stop_at_ = with_.clock.now() + kDrainLimit;
  }

 private:
  [[nodiscard]] bool is_over(TimePoint now) const {
    if (stop_at_ && (with_.agent.delivered() || now >= *stop_at_)) {
      return true;
    }
    return with_.mode == app::RunMode::once && with_.agent.finished();
  }

  // What is done only now and then.
  void look_around(TimePoint now) {
    with_.loop.change_notifier().watch(with_.agent.watch_directories());
    if (idle_.due(now, work_of(with_.agent))) {
      platform::trim_memory();
    }
    if (!stop_at_) {
      with_.notifier.status(describe(with_.agent));
    }
  }

  Parts with_;
  std::optional<TimePoint> stop_at_;
  TimePoint watch_at_{};
  platform::IdleDetector idle_;
};

// Its warnings. False: `run --once` would wait for ever for what is missing; `run` waits, and its
// sink tells.
bool tell_config(Logger& log, const config::Config& config, bool once) {
  for (const std::string& warning : config.warnings) {
    log.warn("config", warning);
  }
  if (!once || config.missing.empty()) {
    return true;
  }
  log.error("start-failed", config.missing.front());
  return false;
}

}  // namespace

int run_command(const RunArguments& arguments) {
  ::umask(077);
  std::signal(SIGPIPE, SIG_IGN);
  platform::PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  logging::AgentLog agent_log(log_options(config->log_level, config->log_format,
                                          platform::system_environment("JOURNAL_STREAM")));
  platform::SystemClock clock;
  logging::RecentWarnings log(agent_log, clock);
  if (!tell_config(log, *config, arguments.once)) {
    return kExitFailed;
  }
  platform::SystemRng rng;
  platform::EventLoop loop(log);
  const TimePoint begin = clock.now();
  const std::string destination = config->sink().destination();
  log.info("start", "auditship starts",
           {{"version", kVersion},
            {"cluster", config->cluster_name},
            {"sink", destination},
            {"data_dir", config->data_dir}});
  const app::RunMode mode = arguments.once ? app::RunMode::once : app::RunMode::follow;
  auto agent = app::Agent::start(
      std::move(*config), pipeline::RuntimeServices{fs, clock, rng, log, [&] { loop.wake(); }},
      loop.post(), mode);
  if (!agent) {
    log.error("start-failed", agent.error().message);
    return kExitFailed;
  }
  app::Agent& running = **agent;
  status::StatusEndpoints endpoints(running, fs, clock, log, destination);
  auto server = platform::HttpServer::listen(loop, log, status_socket(running.config().data_dir),
                                             endpoints.handler(status::Events::shown));
  if (!server) {
    log.warn("status-socket", "`auditship status` cannot ask this agent",
             {{"error", server.error().message}});
  }
  const auto open_server =
      listen_where_told(running.config().status_listen, loop, log,
                        endpoints.handler(running.config().status_events ? status::Events::shown
                                                                         : status::Events::hidden));
  platform::SystemdNotifier notifier(log, platform::system_environment);
  notifier.ready(describe(running));
  loop.on_change([&] { running.notify_change(); });
  RunLoop run_loop({running, mode, fs, clock, agent_log, log, loop, endpoints, notifier});
  loop.run([&](TimePoint now) { return run_loop.step(now); },
           [&](int signal) { run_loop.on_signal(signal); });
  running.flush();
  const auto summaries = summaries_of(running);
  if (!arguments.once) {
    log.info("stopped", "auditship stopped");
    return 0;
  }
  const double seconds = std::chrono::duration<double>(clock.now() - begin).count();
  std::fputs(status::render_summary(summaries, destination, seconds).c_str(), stdout);
  const bool all = std::all_of(summaries.begin(), summaries.end(), status::accounted_for);
  return all ? 0 : kExitFailed;
}

}  // namespace auditship::cli
