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

// What the loop calls while the agent runs: its steps, and the signals that bring it to an end.
class Drive {
 public:
  struct Parts {
    Agent& agent;
    RunMode mode;
    Fs& fs;
    const Clock& clock;
    OwnLog& own_log;
    Logger& log;
    Loop& loop;
    StatusPages& pages;
    Notifier& notifier;
  };
  explicit Drive(const Parts& parts) : with_(parts) {}

  // Returns when it is to be called again.
  TimePoint step(TimePoint now) {
    TimePoint next = with_.agent.step(now);
    with_.pages.stepped(now);
    next = std::min(next, with_.own_log.tick(now));
    if (is_over(now)) {
      with_.loop.stop();
      return now;
    }
    if (now >= watch_at_ && with_.mode == RunMode::follow) {
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
    with_.pages.drain();
    with_.agent.stop_reading();
    stop_at_ = with_.clock.now() + kDrainLimit;
  }

 private:
  [[nodiscard]] bool is_over(TimePoint now) const {
    if (stop_at_ && (with_.agent.delivered() || now >= *stop_at_)) {
      return true;
    }
    return with_.mode == RunMode::once && with_.agent.finished();
  }

  // What is done only now and then.
  void look_around(TimePoint now) {
    with_.loop.watcher().watch(with_.agent.watch_directories());
    if (quiet_.due(now, work_of(with_.agent))) {
      give_back_memory();
    }
    if (!stop_at_) {
      with_.notifier.status(words_of(with_.agent));
    }
  }

  Parts with_;
  std::optional<TimePoint> stop_at_;
  TimePoint watch_at_{};
  Quiet quiet_;
};

}  // namespace

std::optional<Config> config_for(Fs& fs, const std::string& path) {
  auto config = load_config(fs, path, system_environment);
  if (!config) {
    // For the journal, each line with the priority of an error.
    const char* priority = system_environment("JOURNAL_STREAM") ? "<3>" : "";
    std::string text = config.error().message;
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
      text.insert(at + 1, priority);
    }
    std::fprintf(stderr, "%sauditship: %s\n", priority, text.c_str());
    return std::nullopt;
  }
  return std::move(*config);
}

std::optional<StreamConfig> stream_named(const std::string& name, const Config& config) {
  std::string names;
  for (const StreamConfig& stream : config.streams) {
    if (stream.name == name) {
      return stream;
    }
    names += " " + stream.name;
  }
  std::fprintf(stderr, "auditship: --stream: no stream is named %s; there are:%s\n", name.c_str(),
               names.c_str());
  return std::nullopt;
}

namespace {

// Its warnings. False: `run --once` would wait for ever for what is missing; `run` waits, and its
// sink tells.
bool tell_config(Logger& log, const Config& config, bool once) {
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
  PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  OwnLog own_log(
      log_options(config->log_level, config->log_format, system_environment("JOURNAL_STREAM")));
  SystemClock clock;
  RecentWarnings log(own_log, clock);
  if (!tell_config(log, *config, arguments.once)) {
    return kExitFailed;
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
  const RunMode mode = arguments.once ? RunMode::once : RunMode::follow;
  auto agent = Agent::start(std::move(*config), Env{fs, clock, rng, log, [&] { loop.wake(); }},
                            loop.post(), mode);
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
  loop.on_change([&] { running.hint(); });
  Drive drive({running, mode, fs, clock, own_log, log, loop, pages, notifier});
  loop.run([&](TimePoint now) { return drive.step(now); },
           [&](int signal) { drive.on_signal(signal); });
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
