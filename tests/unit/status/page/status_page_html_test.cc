#include "agent/status/page/status_page_html.h"

#include <vector>

#include "agent/status/page/status_page_assets.h"
#include "tests/support/catch.h"
#include "tests/support/status_sample.h"

using namespace auditship;
using namespace auditship::test;

namespace {

constexpr std::string_view kBad =
    "</td><script>alert(1)</script><img src=x onerror='alert(2)'>\" "
    "onload=\"alert(3)&lt;\x1b\n\xff";

// A status in which whatever comes from outside is kBad.
status::numbers::AgentStatus hostile() {
  auto status = sample_status();
  const std::string bad(kBad);
  status.version = status.cluster = status.node = status.sink = bad;
  status::numbers::StreamStatus& stream = status.streams[0];
  stream.name = stream.rules.file = stream.rules.hash = stream.rules.problem = bad;
  stream.stats.read.by_rule = {{bad, 1}};
  stream.stats.delivery.failures = {{bad, 1}};
  stream.stats.delivery.last_failure = stream.stats.problem = bad;
  pipeline::SourceStatus log;
  log.name = bad;
  log.progress.file.emplace().read_path = bad + ".1";
  stream.logs = {log};
  stream.events = {bad, "fine"};
  logging::Warning warning;
  warning.code = warning.text = warning.values = bad;
  status.warnings = {warning};
  status.events_shown = true;
  stream.stats.open = false;
  return status;
}

std::vector<std::string> tags(const std::string& page) {
  std::vector<std::string> all;
  for (std::size_t at = 0; (at = page.find('<', at)) != std::string::npos;) {
    const std::size_t end = page.find('>', at);
    all.push_back(page.substr(at, end - at + 1));
    at = end;
  }
  return all;
}

}  // namespace

TEST_CASE("nothing from outside becomes markup", "[page]") {
  const std::string page = status::page::render_status_page(hostile());
  CHECK(page.find("alert(1)") != std::string::npos);  // shown, as text
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find("<img") == std::string::npos);
  CHECK(page.find('\x1b') == std::string::npos);
  std::size_t scripts = 0;
  for (const std::string& tag : tags(page.substr(0, page.find("<script>") + 8))) {
    INFO(tag);
    scripts += tag == "<script>" ? 1 : 0;
    CHECK(tag.find("alert") == std::string::npos);
    CHECK(tag.find(" on") == std::string::npos);
    CHECK(tag.find("src=") == std::string::npos);
    CHECK(tag.find("style=") == std::string::npos);
  }
  CHECK(scripts == 1);
}

TEST_CASE("the page holds all that it needs, and the policy allows just that", "[page]") {
  const std::string page = status::page::render_status_page(sample_status());
  CHECK(page.find("http:") == std::string::npos);
  CHECK(page.find("https:") == std::string::npos);
  CHECK(page.find("<link") == std::string::npos);
  CHECK(page.find("<style>" + std::string(status::page::kPageStyle) + "</style>") !=
        std::string::npos);
  CHECK(page.find("<script>" + std::string(status::page::kPageScript) + "</script>") !=
        std::string::npos);
  const std::string& policy = status::page::status_page_policy();
  CHECK(policy.find("default-src 'none'; script-src 'sha256-") == 0);
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
}

TEST_CASE("events are shown only to those who may see them", "[page]") {
  auto status = sample_status();
  status.streams[0].events = {"alice got secrets"};
  CHECK(status::page::render_status_page(status).find("alice") == std::string::npos);
  status.events_shown = true;
  CHECK(status::page::render_status_page(status).find("<li>alice got secrets</li>") !=
        std::string::npos);
}
