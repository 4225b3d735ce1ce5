#include <algorithm>
#include <csignal>
#include <cstdio>
#include <sys/stat.h>

#include "agent/app/agent.h"
#include "agent/app/cli.h"
#include "agent/app/give_back.h"
#include "agent/app/loop.h"
#include "agent/app/notify.h"
#include "agent/app/own_log.h"
#include "agent/app/recent_warnings.h"
#include "agent/app/status_http.h"
#include "agent/app/status_pages.h"
#include "agent/app/summary.h"
#include "agent/app/system.h"
#include "agent/app/version.h"
#include "agent/core/posix_fs.h"

namespace auditship {
namespace {

constexpr std::chrono::seconds kDrainLimit{
    4};  // from SIGTERM; the rest stays in the buffer, synced

std::string destination_of(const Config& config) {
  if (config.sink == SinkType::file) {
    return "NDJSON files under " + config.file_sink.directory;
  }
  std::string hosts;
  for (const std::string& host : config.opensearch.hosts) {
    hosts += (hosts.empty() ? "" : ", ") + host;
  }
  return "OpenSearch at " + hosts;
}

std::vector<StreamSummary> summaries_of(const Agent& agent) {
  std::vector<StreamSummary> all;
  for (const auto& stream : agent.streams()) {
    all.push_back(StreamSummary{stream->settings().name, stream->view(), stream->unterminated(),
                                stream->finished()});
  }
  return all;
}

// What differs when anything was done.
std::uint64_t work_of(const Agent& agent) {
  std::uint64_t work = 0;
  for (const auto& stream : agent.streams()) {
    const StreamView view = stream->view();
    work += view.read.bytes + view.delivered.accounted() + view.delivery.requests;
  }
  return work;
}

// One line for `systemctl status`.
std::string words_of(const Agent& agent) {
  std::string text;
  for (const auto& stream : agent.streams()) {
    const StreamView view = stream->view();
    text += (text.empty() ? "" : "; ") + stream->settings().name + ": " +
            std::to_string(view.delivered.settled()) + " shipped, " +
            std::to_string(view.buffered_documents) + " waiting" +
            (view.full ? ", buffer full" : "");
  }
  return text;
}

// SIGHUP: the manager is told when it begins and when it is over.
void reload(Agent& agent, Notifier& notifier) {
  notifier.reloading();
  agent.reload();
  notifier.ready(words_of(agent));
}

// The same pages on IP:PORT of status.listen, for probes and scrapes of a pod. Anybody who
// reaches it can read them.
std::unique_ptr<StatusServer> listen_where_told(const std::string& address, Loop& loop, Logger& log,
                                                StatusServer::Handler handler) {
  if (address.empty()) {
    return nullptr;
  }
  auto server = StatusServer::listen(loop, log, address, std::move(handler));
  if (!server) {
    log.error("status-listen", "status.listen cannot be used: no probe and no scrape is answered",
              {{"error", server.error().message}});
    return nullptr;
  }
  return std::move(*server);
}

}  // namespace

std::optional<Config> config_for(Fs& fs, const std::string& path) {
  auto config = load_config(fs, path, system_environment);
  if (!config) {
    std::fprintf(stderr, "auditship: %s\n", config.error().message.c_str());
    return std::nullopt;
  }
  return std::move(*config);
}

int run_command(const RunArguments& arguments) {
  ::umask(077);
  std::signal(SIGPIPE, SIG_IGN);
  PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  OwnLog own_log(
      log_options(config->log_level, config->log_format, system_environment("JOURNAL_STREAM")));
  SystemClock clock;
  RecentWarnings log(own_log, clock);
  for (const std::string& warning : config->warnings) {
    log.warn("config", warning);
  }
  SystemRng rng;
  Loop loop(log);
  const TimePoint begin = clock.now();
  const std::string destination = destination_of(*config);
  log.info("start", "auditship starts",
           {{"version", kVersion},
            {"cluster", config->cluster_name},
            {"sink", destination},
            {"data_dir", config->data_dir}});
  auto agent = Agent::start(std::move(*config), Env{fs, clock, rng, log, [&] { loop.wake(); }},
                            loop.post(), arguments.once ? RunMode::once : RunMode::follow);
  if (!agent) {
    log.error("start-failed", agent.error().message);
    return kExitFailed;
  }
  Agent& running = **agent;
  StatusPages pages(running, fs, clock, log, destination);
  auto server = StatusServer::listen(loop, log, status_socket(running.config().data_dir),
                                     pages.handler(Events::shown));
  if (!server) {
    log.warn("status-socket", "`auditship status` cannot ask this agent",
             {{"error", server.error().message}});
  }
  const auto open_server = listen_where_told(
      running.config().status_listen, loop, log,
      pages.handler(running.config().status_events ? Events::shown : Events::hidden));
  Notifier notifier(log, system_environment);
  notifier.ready(words_of(running));
  std::optional<TimePoint> stop_at;
  TimePoint watch_at{};
  Quiet quiet;
  loop.on_change([&] { running.hint(); });
  const auto step = [&](TimePoint now) {
    TimePoint next = running.step(now);
    pages.stepped(now);
    next = std::min(next, own_log.tick(now));
    if (stop_at && (running.delivered() || now >= *stop_at)) {
      loop.stop();
      return now;
    }
    if (arguments.once && running.finished()) {
      loop.stop();
      return now;
    }
    if (now >= watch_at && !arguments.once) {
      loop.watcher().watch(running.watch_directories());
      watch_at = now + std::chrono::seconds(10);
      if (quiet.due(now, work_of(running))) {
        (void)give_back_memory(fs);  // as much as could be
      }
      if (!stop_at) {
        notifier.status(words_of(running));
      }
    }
    next = std::min(next, notifier.ping(now));
    return stop_at ? std::min(next, *stop_at) : next;
  };
  loop.run(step, [&](int signal) {
    if (signal == SIGHUP) {
      if (!stop_at) {  // whoever stops reads no more lines that rules could judge
        reload(running, notifier);
      }
      return;
    }
    if (stop_at) {
      stop_at = clock.now();  // asked twice: at once
      return;
    }
    log.info("stop", "stopping: what was read is delivered or stays in the buffer",
             {{"signal", signal}});
    notifier.stopping();
    pages.drain();
    running.stop_reading();
    stop_at = clock.now() + kDrainLimit;
  });
  running.flush();
  const auto summaries = summaries_of(running);
  if (!arguments.once) {
    log.info("stopped", "auditship stopped");
    return 0;
  }
  const double seconds = std::chrono::duration<double>(clock.now() - begin).count();
  std::fputs(render_summary(summaries, destination, seconds).c_str(), stdout);
  const bool all = std::all_of(summaries.begin(), summaries.end(), accounted_for);
  return all ? 0 : kExitFailed;
}

}  // namespace auditship
