#include "agent/status/prometheus_exposition.h"

#include <fstream>
#include <set>
#include <sstream>

#include "tests/support/catch.h"
#include "tests/support/status_sample.h"

using namespace auditship;
using namespace auditship::test;

namespace {

status::numbers::AgentStatus full_status() {
  auto status = sample_status();
  status.streams[0].rules = {"/etc/r.yaml", std::string(64, 'a'), 2, 1, "r.yaml:3:1: \"x\""};
  status.streams[0].stats.delivery.failures = {{"opensearch-429", 7}};
  status.streams[0].stats.delivery.retries = {{"pressure", 7}};
  status.streams[0].stats.rotations_left = 3;
  status.certificates = {{"ca", "/etc/ca.pem", 1830387127}};
  status.process = platform::ProcessStats{1.5, 4096, 8192, 2, 9, 1024};
  status.started_ns = 1'790'000'000'250'000'000;
  return status;
}

void has(const std::string& text, const std::string& line) {
  INFO(line << "\nin\n" << text);
  CHECK(("\n" + text).find("\n" + line + "\n") != std::string::npos);
}

}  // namespace

TEST_CASE("the rules in force are told, and a file that is refused", "[metrics]") {
  CHECK(status::render_metrics(sample_status()).find("auditship_rules_info{") == std::string::npos);
  const std::string metrics = status::render_metrics(full_status());
  has(metrics,
      "auditship_rules_info{stream=\"kubeaudit\",hash=\"" + std::string(64, 'a') + "\"} 1");
  has(metrics, "auditship_rules_loaded_total{stream=\"kubeaudit\"} 2");
  has(metrics, "auditship_rules_refused_total{stream=\"kubeaudit\"} 1");
  has(metrics, "auditship_rules_broken{stream=\"kubeaudit\"} 1");
}

TEST_CASE("metrics carry counters, measures, certificates and the process", "[metrics]") {
  auto status = full_status();
  std::string metrics = status::render_metrics(status);
  has(metrics, "auditship_read_lines_total{stream=\"kubeaudit\"} 5");
  has(metrics, "auditship_filtered_by_rule_total{stream=\"kubeaudit\",rule=\"probes\"} 2");
  has(metrics, "auditship_retries_total{stream=\"kubeaudit\",class=\"pressure\"} 7");
  has(metrics,
      "auditship_certificate_not_after_seconds{use=\"ca\",file=\"/etc/ca.pem\"} 1830387127");
  has(metrics, "auditship_buffer_full_seconds{stream=\"kubeaudit\"} +Inf");
  has(metrics, "auditship_rotations_left{stream=\"kubeaudit\"} 3");
  has(metrics, "process_cpu_seconds_total 1.5");
  has(metrics, "process_start_time_seconds 1790000000.25");
  has(metrics, "process_open_fds 9");
  has(metrics, "auditship_ready 1");
  status.streams[0].stats.buffer_full_seconds = 90;
  status.streams[0].stats.rotations_left.reset();
  metrics = status::render_metrics(status);
  has(metrics, "auditship_buffer_full_seconds{stream=\"kubeaudit\"} 90");
  CHECK(metrics.find("auditship_rotations_left{") == std::string::npos);
}

TEST_CASE("docs/metrics.md names every metric that there is, with its type, and no other",
          "[metrics]") {
  std::set<std::string> shown;
  std::istringstream metrics(status::render_metrics(full_status()));
  for (std::string line; std::getline(metrics, line);) {
    if (line.rfind("# TYPE ", 0) == 0) {
      shown.insert(line.substr(7));  // NAME TYPE
    }
  }
  std::set<std::string> told;
  std::ifstream page(AUDITSHIP_SOURCE_DIR "/docs/metrics.md");
  REQUIRE(page.good());
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("| `auditship_", 0) == 0 || line.rfind("| `process_", 0) == 0) {
      const std::size_t end = line.find('`', 3);
      const std::size_t type = line.find("| ", end) + 2;
      told.insert(line.substr(3, end - 3) + " " + line.substr(type, line.find(' ', type) - type));
    }
  }
  CHECK(shown.size() > 45);
  CHECK(told == shown);
}

TEST_CASE("labels have three escapes, and no control characters", "[metrics]") {
  auto status = sample_status();
  status.streams[0].stats.read.by_rule = {{"a\\b\"c\nd\te\x01", 2}};
  has(status::render_metrics(status),
      "auditship_filtered_by_rule_total{stream=\"kubeaudit\",rule=\"a\\\\b\\\"c\\nd?e?\"} 2");
}

TEST_CASE("names that look alike in a label are one sample, as a scrape with two is refused whole",
          "[metrics]") {
  auto status = sample_status();
  status.streams[0].stats.read.by_rule = {{"a\x01", 2}, {"a\x02", 3}};
  const std::string metrics = status::render_metrics(status);
  has(metrics, "auditship_filtered_by_rule_total{stream=\"kubeaudit\",rule=\"a?\"} 5");
}

TEST_CASE("OpenMetrics names counters and infos without their endings, and has an end",
          "[metrics]") {
  const std::string metrics =
      status::render_metrics(full_status(), status::MetricsFormat::openmetrics);
  has(metrics, "# TYPE auditship_read_lines counter");
  has(metrics, "auditship_read_lines_total{stream=\"kubeaudit\"} 5");
  has(metrics, "# TYPE auditship_build info");
  has(metrics, "auditship_build_info{version=\"1\"} 1");
  has(metrics, "# TYPE auditship_lag_bytes gauge");
  CHECK(metrics.ends_with("\n# EOF\n"));
  std::istringstream lines(metrics);
  std::set<std::string> families;
  std::string family;
  for (std::string line; std::getline(lines, line);) {
    CHECK_FALSE(line.empty());
    if (line.rfind("# TYPE ", 0) == 0) {
      family = line.substr(7, line.find(' ', 7) - 7);
      CHECK(families.insert(family).second);
    } else if (line[0] != '#') {
      CHECK(line.rfind(family, 0) == 0);  // samples stand with their family
    }
  }
  CHECK(status::render_metrics(full_status()).find("# EOF") == std::string::npos);
}

TEST_CASE("the format is what the scraper prefers", "[metrics]") {
  const auto open = status::MetricsFormat::openmetrics;
  const auto text = status::MetricsFormat::prometheus;
  CHECK(status::wanted_format("") == text);
  CHECK(status::wanted_format("*/*") == text);
  CHECK(status::wanted_format("text/html, */*;q=0.8") == text);
  CHECK(status::wanted_format("application/openmetrics-text") == open);
  CHECK(status::wanted_format(
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
            "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1") == open);
  CHECK(status::wanted_format("application/openmetrics-text; q=0.2, text/plain; q=0.9") == text);
  CHECK(status::wanted_format("application/openmetrics-text;q=0") == text);
  CHECK(status::wanted_format("application/openmetrics-text;q=nonsense") == text);
  CHECK(status::wanted_format(";;,,;q=,application/openmetrics-textual") == text);
}
