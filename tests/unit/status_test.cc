#include "agent/app/status.h"

#include <fstream>
#include <set>
#include <sstream>

#include "tests/support/catch.h"

using namespace auditship;

namespace {

AgentStatus sample() {
  AgentStatus status;
  status.version = "1";
  status.cluster = "prod \"eu\"";
  status.node = "n1";
  StreamStatus stream;
  stream.name = "kubeaudit";
  stream.view.read.lines = 5;
  stream.view.read.filtered = 2;
  stream.view.read.documents = 3;
  stream.view.read.by_rule = {{"probes", 2}};
  stream.view.delivered.created = 1;
  stream.view.buffered_documents = 2;
  status.streams.push_back(stream);
  return status;
}

}  // namespace

TEST_CASE("the sums of the ledger are shown to hold, or not", "[status]") {
  auto status = sample();
  CHECK(sums_hold(status.streams[0].view));
  CHECK(render_status_text(status).find("ledger     holds") != std::string::npos);
  CHECK(render_metrics(status).find("auditship_ledger_broken{stream=\"kubeaudit\"} 0\n") !=
        std::string::npos);
  status.streams[0].view.read.documents = 4;
  CHECK_FALSE(sums_hold(status.streams[0].view));
  CHECK(render_status_text(status).find("DOES NOT HOLD") != std::string::npos);
  CHECK(render_metrics(status).find("auditship_ledger_broken{stream=\"kubeaudit\"} 1\n") !=
        std::string::npos);
}

TEST_CASE("the rules in force are told, and a file that is refused", "[status]") {
  auto status = sample();
  CHECK(render_metrics(status).find("auditship_rules_info{") == std::string::npos);
  status.streams[0].rules = {"/etc/r.yaml", std::string(64, 'a'), 2, 1, "r.yaml:3:1: \"x\""};
  const std::string metrics = render_metrics(status);
  CHECK(metrics.find("auditship_rules_info{stream=\"kubeaudit\",hash=\"" + std::string(64, 'a') +
                     "\"} 1\n") != std::string::npos);
  CHECK(metrics.find("auditship_rules_loaded_total{stream=\"kubeaudit\"} 2\n") !=
        std::string::npos);
  CHECK(metrics.find("auditship_rules_refused_total{stream=\"kubeaudit\"} 1\n") !=
        std::string::npos);
  CHECK(metrics.find("auditship_rules_broken{stream=\"kubeaudit\"} 1\n") != std::string::npos);
  CHECK(render_status_json(status).find(
            "\"loaded\":2,\"refused\":1,\"problem\":\"r.yaml:3:1: \\\"x\\\"\"}") !=
        std::string::npos);
  CHECK(render_status_text(status).find("REFUSED as it is now") != std::string::npos);
}

TEST_CASE("JSON and metrics carry the counters, with text escaped", "[status]") {
  const auto status = sample();
  const std::string json = render_status_json(status);
  CHECK(json.find("\"cluster\":\"prod \\\"eu\\\"\"") != std::string::npos);
  CHECK(json.find("\"lines\":5") != std::string::npos);
  CHECK(json.find("\"by_rule\":{\"probes\":2}") != std::string::npos);
  const std::string metrics = render_metrics(status);
  CHECK(metrics.find("auditship_read_lines_total{stream=\"kubeaudit\"} 5\n") != std::string::npos);
  CHECK(
      metrics.find("auditship_filtered_by_rule_total{stream=\"kubeaudit\",rule=\"probes\"} 2\n") !=
      std::string::npos);
}

TEST_CASE("docs/metrics.md names every metric that there is, with its type, and no other",
          "[status]") {
  auto status = sample();
  status.streams[0].rules = {"/etc/r.yaml", std::string(64, 'a'), 1, 0, ""};
  std::set<std::string> shown;
  std::istringstream metrics(render_metrics(status));
  for (std::string line; std::getline(metrics, line);) {
    if (line.rfind("# TYPE ", 0) == 0) {
      shown.insert(line.substr(7));  // NAME TYPE
    }
  }
  std::set<std::string> told;
  std::ifstream page(AUDITSHIP_SOURCE_DIR "/docs/metrics.md");
  REQUIRE(page.good());
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("| `auditship_", 0) == 0) {
      const std::size_t end = line.find('`', 3);
      const std::size_t type = line.find("| ", end) + 2;
      told.insert(line.substr(3, end - 3) + " " + line.substr(type, line.find(' ', type) - type));
    }
  }
  CHECK(shown.size() > 25);
  CHECK(told == shown);
}

TEST_CASE("labels are escaped as Prometheus reads them", "[status]") {
  auto status = sample();
  status.streams[0].view.read.by_rule = {{"a\\b\"c\nd\te\x01", 2}};
  CHECK(render_metrics(status).find("rule=\"a\\\\b\\\"c\\nd\te\x01\"} 2\n") != std::string::npos);
}
