#include "agent/status/status_endpoints.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "agent/base/encoding/terminal_text.h"
#include "agent/base/human_readable.h"
#include "agent/base/version.h"
#include "agent/pipeline/pipeline.h"
#include "agent/status/page/status_page_html.h"
#include "agent/status/prometheus_exposition.h"
#include "agent/status/status_json.h"
#include "agent/status/status_terminal.h"

namespace auditship::status {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";

platform::HttpResponse readiness(const numbers::AgentStatus& status) {
  const auto reasons = numbers::unready_reasons(status);
  if (reasons.empty()) {
    return platform::HttpResponse{200, kText, "ready\n"};
  }
  std::string body;
  for (const std::string& reason : reasons) {
    body += terminal_text(reason) + "\n";
  }
  return platform::HttpResponse{503, kText, body};
}

}  // namespace

StatusEndpoints::StatusEndpoints(const app::Agent& agent, Fs& fs, const Clock& clock,
                                 const logging::RecentWarnings& warnings, std::string sink)
    : agent_(agent),
      fs_(fs),
      clock_(clock),
      warnings_(warnings),
      sink_(std::move(sink)),
      started_ns_(clock.wall_ns()),
      stepped_at_(clock.now()) {}

platform::HttpServer::Handler StatusEndpoints::handler(Events events) const {
  return [this, events](const platform::HttpRequest& request) { return answer(request, events); };
}

// The loop that answers is the loop that works, so an answer is a sign of life by itself; but a
// loop whose timer was lost would still answer.
platform::HttpResponse StatusEndpoints::health() const {
  const Duration since = clock_.now() - stepped_at_;
  if (since <= kStepLate) {
    return platform::HttpResponse{200, kText, "ok\n"};
  }
  return platform::HttpResponse{503, kText,
                                "the loop has done nothing for " +
                                    human_seconds(std::chrono::duration<double>(since).count()) +
                                    "\n"};
}

numbers::AgentStatus StatusEndpoints::status(Events events) const {
  numbers::AgentStatus status;
  status.version = kVersion;
  status.cluster = agent_.config().cluster_name;
  status.node = agent_.identity().node;
  status.running = true;
  status.started_ns = started_ns_;
  status.now_ns = clock_.wall_ns();
  status.draining = draining_;
  status.sink = sink_;
  status.events_shown = events == Events::shown;
  status.warnings.assign(warnings_.all().begin(), warnings_.all().end());
  for (const auto& stream : agent_.pipelines()) {
    numbers::StreamStatus& one = status.streams.emplace_back();
    one.name = stream->settings().name;
    one.stats = stream->survey(one.logs);
    one.rules = agent_.rules_of(one.name);
    if (status.events_shown) {
      const auto& lines = stream->recent_events().lines();
      one.events.assign(lines.begin(), lines.end());
    }
  }
  return status;
}

platform::HttpResponse StatusEndpoints::answer(const platform::HttpRequest& request,
                                               Events events) const {
  if (request.path == "/healthz") {
    return health();
  }
  constexpr std::array<std::string_view, 5> kPages = {"/", "/metrics", "/status", "/status.json",
                                                      "/readyz"};
  if (std::find(kPages.begin(), kPages.end(), request.path) == kPages.end()) {
    return platform::HttpResponse{
        404, kText, "there are /, /metrics, /status, /status.json, /healthz and /readyz\n"};
  }
  numbers::AgentStatus now = status(events);  // costs a look at the log directories
  if (request.path == "/readyz") {
    return readiness(now);
  }
  if (request.path == "/metrics") {
    now.certificates = numbers::certificate_expiries(fs_, agent_.config().sink().certificates());
    if (auto process = platform::read_process_stats(fs_)) {
      now.process = *process;
    }
    const MetricsFormat format = wanted_format(request.accept);
    return platform::HttpResponse{200, content_type(format), render_metrics(now, format)};
  }
  if (request.path == "/status.json") {
    return platform::HttpResponse{200, "application/json", render_status_json(now)};
  }
  if (request.path == "/status") {
    return platform::HttpResponse{200, kText, render_status_text(now)};
  }
  return platform::HttpResponse{200, "text/html; charset=utf-8", page::render_status_page(now),
                                page::status_page_policy()};
}

}  // namespace auditship::status
