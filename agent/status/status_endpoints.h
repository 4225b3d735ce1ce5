// StatusEndpoints: what a running agent answers on its socket and on status.listen: /, /metrics,
// /status, /status.json, /healthz, /readyz.
//
//   StatusEndpoints endpoints(agent, fs, clock, warnings, "OpenSearch at …");
//   HttpServer::listen(loop, log, socket, endpoints.handler(Events::shown));
//   endpoints.stepped(now);             // after each step of the loop: what /healthz watches
//
// Loop thread only. All that is given must outlive it, and it every server that uses a handler.
#pragma once

#include <string>

#include "agent/app/agent.h"
#include "agent/platform/http_server.h"
#include "agent/status/numbers/agent_status.h"

namespace auditship::status {

// Whether the last events of the log are shown: they are not for everybody who may ask.
enum class Events { hidden, shown };

class StatusEndpoints {
 public:
  // A loop that has not done a step for so long is stuck: it does one every few seconds.
  static constexpr Duration kStepLate = std::chrono::seconds(60);

  StatusEndpoints(const app::Agent& agent, Fs& fs, const Clock& clock,
                  const logging::RecentWarnings& warnings, std::string sink);

  // Borrows this.
  [[nodiscard]] platform::HttpServer::Handler handler(Events events) const;
  void stepped(TimePoint now) { stepped_at_ = now; }
  // The agent is stopping: /readyz says so from now on.
  void drain() { draining_ = true; }

 private:
  [[nodiscard]] platform::HttpResponse answer(const platform::HttpRequest& request,
                                              Events events) const;
  [[nodiscard]] platform::HttpResponse health() const;
  [[nodiscard]] numbers::AgentStatus status(Events events) const;

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
