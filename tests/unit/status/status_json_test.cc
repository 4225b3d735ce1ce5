#include "agent/status/status_json.h"

#include "tests/support/catch.h"
#include "tests/support/status_sample.h"

using namespace auditship;
using namespace auditship::test;

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
