#include "agent/status/status_endpoints.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "agent/base/text.h"
#include "agent/base/version.h"
#include "agent/pipeline/pipeline.h"
#include "agent/status/prometheus_exposition.h"
#include "agent/status/status_page_html.h"

namespace auditship::status {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";

platform::HttpPage readiness(const AgentStatus& status) {
  const auto reasons = unready_reasons(status);
  if (reasons.empty()) {
    return platform::HttpPage{200, kText, "ready\n"};
  }
  std::string body;
  for (const std::string& reason : reasons) {
    body += terminal_text(reason) + "\n";
  }
  return platform::HttpPage{503, kText, body};
}

}  // namespace

StatusPages::StatusPages(const app::Agent& agent, Fs& fs, const Clock& clock,
                         const logging::RecentWarnings& warnings, std::string sink)
    : agent_(agent),
      fs_(fs),
      clock_(clock),
      warnings_(warnings),
      sink_(std::move(sink)),
      started_ns_(clock.wall_ns()),
      stepped_at_(clock.now()) {}

platform::StatusServer::Handler StatusPages::handler(Events events) const {
  return [this, events](const platform::HttpAsk& ask) { return answer(ask, events); };
}

// The loop that answers is the loop that works, so an answer is a sign of life by itself; but a
// loop whose timer was lost would still answer.
platform::HttpPage StatusPages::health() const {
  const Duration since = clock_.now() - stepped_at_;
  if (since <= kStepLate) {
    return platform::HttpPage{200, kText, "ok\n"};
  }
  return platform::HttpPage{503, kText,
                            "the loop has done nothing for " +
                                human_seconds(std::chrono::duration<double>(since).count()) + "\n"};
}

AgentStatus StatusPages::status(Events events) const {
  AgentStatus status;
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
    StreamStatus& one = status.streams.emplace_back();
    one.name = stream->settings().name;
    one.stats = stream->survey(one.files);
    one.rules = agent_.rules_of(one.name);
    if (status.events_shown) {
      const auto& lines = stream->recent_events().lines();
      one.events.assign(lines.begin(), lines.end());
    }
  }
  return status;
}

platform::HttpPage StatusPages::answer(const platform::HttpAsk& ask, Events events) const {
  if (ask.path == "/healthz") {
    return health();
  }
  constexpr std::array<std::string_view, 5> kPages = {"/", "/metrics", "/status", "/status.json",
                                                      "/readyz"};
  if (std::find(kPages.begin(), kPages.end(), ask.path) == kPages.end()) {
    return platform::HttpPage{
        404, kText, "there are /, /metrics, /status, /status.json, /healthz and /readyz\n"};
  }
  AgentStatus now = status(events);  // costs a look at the log directories
  if (ask.path == "/readyz") {
    return readiness(now);
  }
  if (ask.path == "/metrics") {
    now.certificates = certificate_ends(fs_, agent_.config().sink().certificates());
    if (auto process = platform::read_process_figures(fs_)) {
      now.process = *process;
    }
    const MetricsFormat format = wanted_format(ask.accept);
    return platform::HttpPage{200, content_type(format), render_metrics(now, format)};
  }
  if (ask.path == "/status.json") {
    return platform::HttpPage{200, "application/json", render_status_json(now)};
  }
  if (ask.path == "/status") {
    return platform::HttpPage{200, kText, render_status_text(now)};
  }
  return platform::HttpPage{200, "text/html; charset=utf-8", render_page(now), page_policy()};
}

}  // namespace auditship::status
