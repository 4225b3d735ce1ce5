// The shipped rule files: their own tests hold, and on recorded days they drop noise and nothing
// else.
#include <iostream>
#include <map>

#include <simdjson.h>

#include "agent/platform/posix_filesystem.h"
#include "agent/rules/rule_file.h"
#include "tests/support/audit_event.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

rules::RuleFile shipped(const std::string& name) {
  platform::PosixFs fs;
  auto file = rules::load_rule_file(fs, AUDITSHIP_SOURCE_DIR "/conf/filters/" + name);
  INFO((file ? "" : file.error().message));
  REQUIRE(file.ok());
  return std::move(*file);
}

TEST_CASE("the shipped rule files load and their tests hold", "[filter]") {
  for (const char* name : {"kubeaudit.yaml", "authlog.yaml"}) {
    const rules::RuleFile file = shipped(name);
    CHECK(file.tests.size() >= 4);
    for (const std::string& failure : rules::run_rule_tests(file)) {
      FAIL_CHECK(failure);
    }
  }
}

// What the client's side says of each request, by auditID.
struct Expected {
  bool noise = false;  // a robot's routine
  bool calm = false;   // by one of the cluster's own names as itself, nothing deleted
  bool fine = false;   // neither refused nor failed
};

std::map<std::string, Expected> expected_of(const std::string& file) {
  std::map<std::string, Expected> out;
  test::for_each_line(file, [&](std::size_t, std::string_view text) {
    simdjson::dom::parser parser;
    const simdjson::dom::element one = parser.parse(simdjson::padded_string(text));
    std::string_view id;
    if (one["auditID"].get(id) != simdjson::SUCCESS) {
      return;
    }
    const auto text_at = [&one](const char* key) {
      std::string_view value;
      return one[key].get(value) == simdjson::SUCCESS ? value : std::string_view();
    };
    std::int64_t code = 0;
    Expected expected;
    expected.noise = one["noise"].error() == simdjson::SUCCESS && bool(one["noise"]);
    expected.fine = one["code"].get(code) == simdjson::SUCCESS && code != 401 && code != 403 &&
                    code < 500 && text_at("decision") != "forbid";
    expected.calm = text_at("user").starts_with("system:") &&
                    !text_at("verb").starts_with("delete") && text_at("impersonatedUser").empty();
    out[std::string(id)] = expected;
  });
  return out;
}

struct Share {
  std::size_t lines = 0, dropped = 0;
};

// Runs the shipped rules over a recorded file; may_drop is asked about each event that they drop.
template <typename MayDrop>
Share run(const rules::RuleFile& file, const std::string& name, MayDrop may_drop) {
  const std::string base = AUDITSHIP_TEST_DATA "/kube-audit/" + name;
  const std::map<std::string, Expected> expected = expected_of(base + ".expected.jsonl");
  Share share;
  test::for_each_line(base + ".log", [&](std::size_t line, std::string_view text) {
    event::Record record;
    REQUIRE(test::read_audit_event(text, record));
    ++share.lines;
    const filter::FilterDecision decision = file.rules.judge(record);
    if (decision.action == filter::Action::drop) {
      ++share.dropped;
      INFO(name << ".log:" << line << " dropped by " << decision.rule << ": "
                << text.substr(0, 600));
      // The server's own requests are not in the expected files.
      const auto found = expected.find(std::string(record.kube.audit_id));
      CHECK((found == expected.end() ? record.kube.user == "system:apiserver"
                                     : may_drop(found->second, record.kube.stage)));
    }
  });
  std::cout << name << ": " << share.dropped << " of " << share.lines
            << " events dropped by the default rules\n";
  return share;
}

TEST_CASE("of the ordinary day the shipped rules drop what is marked as routine and nothing else",
          "[filter]") {
  const Share share =
      run(shipped("kubeaudit.yaml"), "metadata-day",
          [](const Expected& expected, std::string_view) { return expected.noise; });
  CHECK(share.lines == 269);
  CHECK(share.dropped > share.lines / 3);
}

TEST_CASE(
    "of the other recordings the shipped rules drop no person's act, denial, failure or deletion",
    "[filter]") {
  const rules::RuleFile file = shipped("kubeaudit.yaml");
  for (const char* name :
       {"mixed-day-2", "failures", "failures-bodies", "impersonation", "admission", "exec"}) {
    // At RequestReceived nobody knows yet how the request ends; its last stage tells, and is kept.
    const Share share = run(file, name, [](const Expected& expected, std::string_view stage) {
      return expected.calm && (expected.fine || stage == "RequestReceived");
    });
    CHECK(share.lines > 40);
    CHECK(share.dropped < share.lines);
  }
}

}  // namespace
}  // namespace auditship
