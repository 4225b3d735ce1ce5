// --decisions: one object for each line, equal to what Kubernetes' own evaluator says.
#include <algorithm>
#include <set>

#include <simdjson.h>

#include "agent/cli/commands.h"
#include "agent/platform/posix_filesystem.h"
#include "tests/support/audit_event.h"
#include "tests/support/explain_rig.h"

namespace auditship {
namespace {

using test::decisions_of;
using test::event_line;
using test::EventWords;
using test::our_rules;
using test::policy_of;

const std::string kData = AUDITSHIP_TEST_DATA;

std::string file_text(const std::string& path) {
  std::string text;
  REQUIRE(test::for_each_line(path, [&](std::size_t, std::string_view line) {
            text.append(line).append("\n");
          }) > 0);
  return text;
}

TEST_CASE("decisions over every recorded case are those of Kubernetes", "[explain]") {
  std::size_t dropped = 0;
  const std::size_t cases = test::for_each_line(
      kData + "/audit-policy/cases.jsonl", [&](std::size_t, std::string_view line) {
        simdjson::dom::parser parser;
        const simdjson::dom::element one = parser.parse(simdjson::padded_string(line));
        INFO(std::string_view(one["id"]) << ": " << std::string_view(one["note"]));
        const filter::RuleSet rules = test::rules_of(simdjson::minify(one["policy"]));
        const std::string event = simdjson::minify(one["event"]);
        const std::string printed = decisions_of(rules, event + "\n");
        REQUIRE(std::count(printed.begin(), printed.end(), '\n') == 1);

        const simdjson::dom::element want = one["wantFromEvent"];
        std::set<std::string_view> omitted;
        for (const simdjson::dom::element stage : want["omitStages"]) {
          omitted.emplace(std::string_view(stage));
        }
        const bool drop = std::string_view(want["level"]) == "None" ||
                          omitted.count(std::string_view(one["event"]["stage"])) > 0;
        simdjson::dom::parser second;
        const simdjson::dom::element got = second.parse(simdjson::padded_string(printed));
        CHECK(std::int64_t(got["line"]) == 1);
        CHECK(std::string_view(got["action"]) == (drop ? "drop" : "keep"));
        CHECK(std::string_view(got["level"]) == std::string_view(want["level"]));
        CHECK(std::int64_t(got["rule_index"]) == std::int64_t(want["rule"]));
        CHECK(got["rule"].is_null());
        CHECK_FALSE(bool(got["sampled"]));
        dropped += drop ? 1 : 0;
      });
  CHECK(cases == 330);
  CHECK(dropped > 50);
}

TEST_CASE("a rule file that does not load ends the command with 1, wrong use with 2", "[explain]") {
  std::size_t refused = 0;
  platform::PosixFs fs;
  const std::string path = "explain-loading-test.policy";
  test::for_each_line(
      kData + "/audit-policy/loading.jsonl", [&](std::size_t, std::string_view line) {
        simdjson::dom::parser parser;
        const simdjson::dom::element one = parser.parse(simdjson::padded_string(line));
        if (bool(one["loads"]) && bool(one["strict"])) {
          return;
        }
        INFO(std::string_view(one["id"]));
        (void)fs.remove(path);
        auto file = fs.open(path, OpenMode::create);
        REQUIRE(file.ok());
        REQUIRE((*file)->write_at(0, std::string_view(one["text"])).ok());
        cli::ExplainArguments arguments;
        arguments.stream = "kubeaudit";
        arguments.rules = path;
        arguments.decisions = true;
        arguments.files = {kData + "/kube-audit/exec.log"};
        CHECK(cli::explain_command(arguments) == 1);
        ++refused;
      });
  CHECK(refused >= 15);
  (void)fs.remove(path);

  cli::ExplainArguments arguments;
  arguments.stream = "kubeaudit";
  arguments.files = {"-"};
  CHECK(cli::explain_command(arguments) == 2);  // neither --config nor --rules
  arguments.rules = AUDITSHIP_SOURCE_DIR "/conf/filters/kubeaudit.yaml";
  arguments.files = {"no-such-file.log"};
  CHECK(cli::explain_command(arguments) == 1);
  arguments.other = "no-such-rules.yaml";
  CHECK(cli::explain_command(arguments) == 1);
  arguments.stream = "other";
  CHECK(cli::explain_command(arguments) == 2);
}

TEST_CASE("every line of the input has its decision, in order", "[explain]") {
  const filter::RuleSet rules = our_rules(
      "  - {name: proxy, action: drop, users: [\"system:kube-proxy\"]}\n"
      "  - {name: meta, level: Metadata, users: [\"system:apiserver\"]}\n");
  EventWords other;
  other.user = "system:apiserver";
  const std::string good = event_line({});
  const std::string torn = good.substr(0, 300);
  const std::string text = good + "\n\n\r\nnot json\n" + torn + good + "\n" + event_line(other) +
                           "\n" + good + good + "\n" + good;
  const std::string keep = R"("action":"keep","level":"RequestResponse","rule":null,)"
                           R"("rule_index":-1,"sampled":false,"guard":null})";
  const std::string drop = R"("action":"drop","level":"None","rule":"proxy",)"
                           R"("rule_index":0,"sampled":false,"guard":null})";
  CHECK(decisions_of(rules, text) ==
        "{\"line\":1," + drop + "\n" +      //
            "{\"line\":2," + keep + "\n" +  // empty
            "{\"line\":3," + keep + "\n" +  // only a CR
            "{\"line\":4," + keep + "\n" +  // not understood
            "{\"line\":5," + keep + "\n" +  // a torn piece stays, so the line does
            R"({"line":6,"action":"keep","level":"Metadata","rule":"meta","rule_index":1,)"
            R"("sampled":false,"guard":null})"
            "\n"
            "{\"line\":7," +
            drop + "\n" +                   // two events on one line, both dropped
            "{\"line\":8," + drop + "\n");  // without a newline
  CHECK(decisions_of(rules, "").empty());
  CHECK(decisions_of(rules, "\n\n") == "{\"line\":1," + keep + "\n{\"line\":2," + keep + "\n");
  CHECK(decisions_of(rules, "a\n\n") == "{\"line\":1," + keep + "\n{\"line\":2," + keep + "\n");
}

TEST_CASE("guards keep by our rules and only report by a Policy", "[explain]") {
  EventWords secret;
  secret.resource = "secrets";
  const std::string line = event_line(secret) + "\n";
  const filter::RuleSet ours = our_rules("  - {name: all, action: drop}\n");
  CHECK(decisions_of(ours, line) ==
        R"({"line":1,"action":"keep","level":"RequestResponse","rule":"all","rule_index":0,)"
        R"("sampled":false,"guard":"secrets"})"
        "\n");
  const filter::RuleSet policy = policy_of("  - {level: None}\n");
  CHECK(decisions_of(policy, line) ==
        R"({"line":1,"action":"drop","level":"None","rule":null,"rule_index":0,)"
        R"("sampled":false,"guard":"secrets"})"
        "\n");
  // A Policy drops what no rule names, omitted stages too, and is not asked about other logs.
  const filter::RuleSet narrow = policy_of(
      "  - {level: Metadata, users: [\"system:kube-proxy\"], omitStages: [ResponseComplete]}\n");
  CHECK(decisions_of(narrow, event_line({}) + "\n").find(R"("action":"drop","level":"Metadata")") !=
        std::string::npos);
  CHECK(decisions_of(policy, "Nov 23 10:00:00 h sshd[1]: Connection closed\n", "authlog")
            .find(R"("action":"keep")") != std::string::npos);
}

TEST_CASE("a sample is said to be one", "[explain]") {
  const filter::RuleSet rules = our_rules("  - {name: some, sample: 1/1000}\n");
  const std::string out = decisions_of(rules, event_line({}) + "\n");
  CHECK(out.find(R"("level":"RequestResponse","rule":"some","rule_index":0,"sampled":true)") !=
        std::string::npos);
}

TEST_CASE("of recorded days explain counts what the rules decide", "[explain]") {
  const filter::RuleSet rules =
      test::rules_of(file_text(AUDITSHIP_SOURCE_DIR "/conf/filters/kubeaudit.yaml"));
  for (const char* name : {"metadata-day", "mixed-day-2", "failures", "failures-bodies",
                           "impersonation", "admission", "exec", "truncated-by-server"}) {
    INFO(name);
    const std::string text = file_text(kData + "/kube-audit/" + std::string(name) + ".log");
    std::size_t lines = 0, dropped = 0, dropped_bytes = 0;
    test::for_each_line(kData + "/kube-audit/" + std::string(name) + ".log",
                        [&](std::size_t, std::string_view line) {
                          event::Record record;
                          ++lines;
                          if (test::read_audit_event(line, record) &&
                              rules.judge(record).action == filter::Action::drop) {
                            ++dropped;
                            dropped_bytes += line.size() + 1;
                          }
                        });
    explain::Explainer explainer(rules);
    test::explain_text(explainer, text);
    CHECK(explainer.lines() == lines);
    CHECK(explainer.events() == lines);
    CHECK(explainer.bytes() == text.size());
    CHECK(explainer.dropped() == dropped);
    CHECK(explainer.dropped_bytes() == dropped_bytes);
    std::uint64_t hits = explainer.unmatched().hits.events + explainer.not_judged().events;
    for (const explain::RuleStats& stats : explainer.by_rule()) {
      hits += stats.hits.events;
    }
    CHECK(hits == lines);
  }
}

}  // namespace
}  // namespace auditship
