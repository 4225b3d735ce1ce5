// The shipped rule files: their own tests hold, and on recorded days they drop noise and nothing else.
#include <simdjson.h>

#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "agent/app/rule_file.h"
#include "agent/core/posix_fs.h"
#include "tests/support/audit_event.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

RuleFile shipped(const std::string& name) {
  PosixFs fs;
  auto file = load_rule_file(fs, AUDITSHIP_SOURCE_DIR "/conf/filters/" + name);
  INFO((file ? "" : file.error().message));
  REQUIRE(file.ok());
  return std::move(*file);
}

TEST_CASE("the shipped rule files load and their tests hold", "[filter]") {
  for (const char* name : {"kubeaudit.yaml", "authlog.yaml"}) {
    const RuleFile file = shipped(name);
    CHECK(file.tests.size() >= 4);
    for (const std::string& failure : run_rule_tests(file)) {
      FAIL_CHECK(failure);
    }
  }
}

// auditIDs that the client's side marks as a robot's routine; all others must be kept.
std::set<std::string> noise_of(const std::string& expected_file, std::size_t& entries) {
  std::set<std::string> noise;
  entries = test::for_each_line(expected_file, [&](std::size_t, std::string_view text) {
    simdjson::dom::parser parser;
    const simdjson::dom::element one = parser.parse(simdjson::padded_string(text));
    bool is_noise = false;
    std::string_view id;
    if (one["noise"].get(is_noise) == simdjson::SUCCESS && is_noise &&
        one["auditID"].get(id) == simdjson::SUCCESS) {
      noise.emplace(id);
    }
  });
  return noise;
}

TEST_CASE("the shipped kubeaudit rules drop nothing of the recorded days that must be kept", "[filter]") {
  const RuleFile file = shipped("kubeaudit.yaml");
  std::size_t total = 0, dropped = 0;
  for (const std::string name : {"metadata-day", "mixed-day-2", "failures", "failures-bodies",
                                 "impersonation", "admission", "exec"}) {
    const std::string base = AUDITSHIP_TEST_DATA "/kube-audit/" + name;
    std::size_t entries = 0;
    const std::set<std::string> noise = noise_of(base + ".expected.jsonl", entries);
    CHECK(entries > 0);
    std::size_t lines = 0, gone = 0;
    test::for_each_line(base + ".log", [&](std::size_t line, std::string_view text) {
      Record record;
      REQUIRE(test::read_audit_event(text, record));
      ++lines;
      const Decision decision = file.rules.judge(record);
      if (decision.action == Action::keep) {
        return;
      }
      ++gone;
      INFO(name << ".log:" << line << " dropped by " << decision.rule << ": " << text.substr(0, 600));
      // The server's own requests are not in the expected files.
      CHECK((record.kube.user == "system:apiserver" ||
             noise.count(std::string(record.kube.audit_id)) == 1));
      CHECK(guards_of(record.kube) == 0);
    });
    std::cout << name << ": " << gone << " of " << lines << " events dropped by the default rules\n";
    total += lines;
    dropped += gone;
  }
  CHECK(total > 2000);
  CHECK(dropped > 100);
}

}  // namespace
}  // namespace auditship
