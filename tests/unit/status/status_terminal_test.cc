#include "agent/status/status_terminal.h"

#include "agent/base/encoding/terminal_text.h"
#include "tests/support/catch.h"
#include "tests/support/status_sample.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("the text for a terminal holds nothing that acts on one", "[status]") {
  auto status = sample_status();
  const std::string bad =
      "\x1b[2J\r\n\xc2\x9b"
      "31m\xe2\x80\xae\xff"
      "end";
  status.node = status.sink = bad;
  status::numbers::StreamStatus& stream = status.streams[0];
  stream.name = stream.rules.file = stream.rules.problem = bad;
  stream.stats.read.by_rule = {{bad, 1}};
  stream.stats.delivery.last_failure = stream.stats.problem = bad;
  pipeline::SourceStatus log;
  log.name = log.progress.file.emplace().read_path = bad;
  stream.logs = {log};
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
