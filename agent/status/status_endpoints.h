// StatusPages: what a running agent answers on its socket and on status.listen: /, /metrics,
// /status, /status.json, /healthz, /readyz.
//
//   StatusPages pages(agent, fs, clock, warnings, sink_in_words);
//   StatusServer::listen(loop, log, socket, pages.handler(Events::shown));
//   pages.stepped(now);                 // after each step of the loop: what /healthz watches
//
// Loop thread only. All that is given must outlive it, and it every server that uses a handler.
#pragma once

#include <string>

#include "agent/app/agent.h"
#include "agent/platform/http_server.h"
#include "agent/status/agent_status.h"

namespace auditship::status {

enum class Events { hidden, shown };  // of the log, in words: not for everybody who may ask

class StatusPages {
 public:
  // A loop that has not done a step for so long is stuck: it does one every few seconds.
  static constexpr Duration kStepLate = std::chrono::seconds(60);

  StatusPages(const app::Agent& agent, Fs& fs, const Clock& clock,
              const logging::RecentWarnings& warnings, std::string sink);

  [[nodiscard]] platform::StatusServer::Handler handler(Events events) const;
  void stepped(TimePoint now) { stepped_at_ = now; }
  void drain() { draining_ = true; }

 private:
  [[nodiscard]] platform::HttpPage answer(const platform::HttpAsk& ask, Events events) const;
  [[nodiscard]] platform::HttpPage health() const;
  [[nodiscard]] AgentStatus status(Events events) const;

  const app::Agent& agent_;
  Fs& fs_;
  const Clock& clock_;
  const logging::RecentWarnings& warnings_;
  std::string sink_;
  std::int64_t started_ns_;
  TimePoint stepped_at_;
  bool draining_ = false;
};

}  // namespace auditship::status
