#include "agent/status/numbers/agent_status.h"

#include "agent/status/prometheus_exposition.h"
#include "agent/status/status_terminal.h"
#include "tests/support/catch.h"
#include "tests/support/status_sample.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("the sums of the ledger are shown to hold, or not", "[status]") {
  auto status = sample_status();
  CHECK(status::numbers::sums_hold(status.streams[0].stats));
  CHECK(status::render_status_text(status).find("ledger     holds") != std::string::npos);
  CHECK(status::render_metrics(status).find(
            "auditship_accounting_mismatch{stream=\"kubeaudit\"} 0\n") != std::string::npos);
  status.streams[0].stats.read.documents = 4;
  CHECK_FALSE(status::numbers::sums_hold(status.streams[0].stats));
  CHECK(status::render_status_text(status).find("MISMATCH") != std::string::npos);
  CHECK(status::render_metrics(status).find(
            "auditship_accounting_mismatch{stream=\"kubeaudit\"} 1\n") != std::string::npos);
}

TEST_CASE("an agent is unready while it stops or a buffer fails, not while the target is down",
          "[status]") {
  auto status = sample_status();
  CHECK(status::numbers::unready_reasons(status).empty());
  status.streams[0].stats.delivery.last_failure = "connection refused";
  status.streams[0].stats.full = true;
  CHECK(status::numbers::unready_reasons(status).empty());
  status.streams[0].stats.open = false;
  status.streams[0].stats.problem = "open segment 3: Input/output error";
  REQUIRE(status::numbers::unready_reasons(status).size() == 1);
  CHECK(status::numbers::unready_reasons(status)[0] ==
        "stream kubeaudit: its buffer is not open: open segment 3: Input/output error");
  status.draining = true;
  CHECK(status::numbers::unready_reasons(status).size() == 2);
  CHECK(status::render_metrics(status).find("\nauditship_ready 0\n") != std::string::npos);
}
