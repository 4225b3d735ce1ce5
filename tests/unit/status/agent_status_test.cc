#include "agent/status/agent_status.h"

#include "agent/base/text.h"
#include "agent/status/prometheus_exposition.h"
#include "tests/support/catch.h"
#include "tests/support/status_sample.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("the sums of the ledger are shown to hold, or not", "[status]") {
  auto status = sample_status();
  CHECK(status::sums_hold(status.streams[0].stats));
  CHECK(status::render_status_text(status).find("ledger     holds") != std::string::npos);
  CHECK(status::render_metrics(status).find("auditship_ledger_broken{stream=\"kubeaudit\"} 0\n") !=
        std::string::npos);
  status.streams[0].stats.read.documents = 4;
  CHECK_FALSE(status::sums_hold(status.streams[0].stats));
  CHECK(status::render_status_text(status).find("DOES NOT HOLD") != std::string::npos);
  CHECK(status::render_metrics(status).find("auditship_ledger_broken{stream=\"kubeaudit\"} 1\n") !=
        std::string::npos);
}

TEST_CASE("JSON carries the counters, with text escaped", "[status]") {
  auto status = sample_status();
  status.streams[0].stats.delivery.retries = {{"pressure", 4}};
  const std::string json = status::render_status_json(status);
  CHECK(json.find("\"cluster\":\"prod \\\"eu\\\"\"") != std::string::npos);
  CHECK(json.find("\"lines\":5") != std::string::npos);
  CHECK(json.find("\"by_rule\":{\"probes\":2}") != std::string::npos);
  CHECK(json.find("\"retries\":{\"pressure\":4}") != std::string::npos);
  CHECK(json.find("\"buffer_full_seconds\":null") != std::string::npos);
}

TEST_CASE("the text for a terminal holds nothing that acts on one", "[status]") {
  auto status = sample_status();
  const std::string bad =
      "\x1b[2J\r\n\xc2\x9b"
      "31m\xe2\x80\xae\xff"
      "end";
  status.node = status.sink = bad;
  status::StreamStatus& stream = status.streams[0];
  stream.name = stream.rules.file = stream.rules.problem = bad;
  stream.stats.read.by_rule = {{bad, 1}};
  stream.stats.delivery.last_failure = stream.stats.problem = bad;
  pipeline::InputFileStatus file;
  file.path = file.survey.read_path = bad;
  stream.files = {file};
  stream.events = {bad};
  logging::Warning warning;
  warning.code = warning.text = warning.values = bad;
  status.warnings = {warning};
  const std::string text = status::render_status_text(status);
  CHECK(text.find_first_of("\x1b\r\x7f") == std::string::npos);
  CHECK(text.find("\xc2\x9b") == std::string::npos);
  CHECK(text.find("\xe2\x80\xae") == std::string::npos);
  CHECK(text.find("\nend") == std::string::npos);
  CHECK(terminal_text(bad) ==
        "?[2J???31m?\xef\xbf\xbd"
        "end");
  CHECK(terminal_text("på €100 \xf0\x9f\x98\x80 x\xe2\x80\x94y") ==
        "på €100 \xf0\x9f\x98\x80 x\xe2\x80\x94y");
}

TEST_CASE("an agent is unready while it stops or a buffer fails, not while the target is down",
          "[status]") {
  auto status = sample_status();
  CHECK(status::unready_reasons(status).empty());
  status.streams[0].stats.delivery.last_failure = "connection refused";
  status.streams[0].stats.full = true;
  CHECK(status::unready_reasons(status).empty());
  status.streams[0].stats.open = false;
  status.streams[0].stats.problem = "open segment 3: Input/output error";
  REQUIRE(status::unready_reasons(status).size() == 1);
  CHECK(status::unready_reasons(status)[0] ==
        "stream kubeaudit: its buffer is not open: open segment 3: Input/output error");
  status.draining = true;
  CHECK(status::unready_reasons(status).size() == 2);
  CHECK(status::render_metrics(status).find("\nauditship_ready 0\n") != std::string::npos);
}

TEST_CASE("times are said in two units at most", "[status]") {
  CHECK(status::human_seconds(-3) == "0 s");
  CHECK(status::human_seconds(0.4) == "0 s");
  CHECK(status::human_seconds(59) == "59 s");
  CHECK(status::human_seconds(60) == "1 min");
  CHECK(status::human_seconds(3600 + 5 * 60 + 59) == "1 h 5 min");
  CHECK(status::human_seconds(12 * 86400) == "12 d");
}
