// Our rules decide as Kubernetes' own policy evaluator does, on every recorded case.
#include <set>

#include <simdjson.h>

#include "agent/filter/rule_set.h"
#include "agent/rules/rule_file.h"
#include "tests/support/audit_event.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

std::set<std::string> stage_names(filter::StageSet set) {
  std::set<std::string> names;
  for (const char* name : {"RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"}) {
    if ((set & filter::stage_bit(name)) != 0) {
      names.insert(name);
    }
  }
  return names;
}

TEST_CASE("every recorded case is decided as Kubernetes decides it", "[filter]") {
  std::size_t with_drop = 0, with_bodies = 0;
  const std::size_t cases = test::for_each_line(
      AUDITSHIP_TEST_DATA "/audit-policy/cases.jsonl", [&](std::size_t, std::string_view line) {
        simdjson::dom::parser parser;
        const simdjson::dom::element one = parser.parse(simdjson::padded_string(line));
        const auto id = std::string(one["id"].get_string().value());
        INFO(id << ": " << std::string_view(one["note"]));
        auto file = rules::parse_rule_file(id, simdjson::minify(one["policy"]));
        REQUIRE(file.ok());
        event::Record record;
        REQUIRE(test::read_audit_event(simdjson::minify(one["event"]), record));
        record.request.raw = record.response.raw = "{}";

        const filter::FilterDecision got = file->rules.apply(record);

        const simdjson::dom::element want = one["wantFromEvent"];
        CHECK(filter::level_name(got.level) == std::string_view(want["level"]));
        CHECK(got.rule_index == std::int64_t(want["rule"]));
        CHECK(got.omit_managed_fields == bool(want["omitManagedFields"]));
        std::set<std::string> omitted;
        for (const simdjson::dom::element stage : want["omitStages"]) {
          omitted.emplace(std::string_view(stage));
        }
        CHECK(stage_names(got.omit_stages) == omitted);
        const bool dropped =
            got.level == filter::Level::none || omitted.count(std::string(record.kube.stage)) > 0;
        CHECK((got.action == filter::Action::drop) == dropped);
        if (!dropped) {
          CHECK(record.request.raw.empty() == (got.level < filter::Level::request));
          CHECK(record.response.raw.empty() == (got.level < filter::Level::request_response));
        }
        with_drop += dropped ? 1 : 0;
        with_bodies += got.level == filter::Level::request_response ? 1 : 0;
      });
  CHECK(cases == 330);
  CHECK(with_drop > 50);
  CHECK(with_bodies > 10);
}

TEST_CASE("a day's log under a Policy is filtered line by line as Kubernetes filters it",
          "[filter]") {
  for (const std::string name : {"metadata-day", "mixed-day-2"}) {
    std::vector<std::string> events;
    test::for_each_line(AUDITSHIP_TEST_DATA "/kube-audit/" + name + ".log",
                        [&](std::size_t, std::string_view text) { events.emplace_back(text); });
    std::string policy;
    test::for_each_line(
        AUDITSHIP_TEST_DATA "/kube-audit/noise.policy.json",
        [&](std::size_t, std::string_view text) { policy.append(text).append("\n"); });
    auto file = rules::parse_rule_file("noise.policy.json", policy);
    REQUIRE(file.ok());
    std::size_t checked = 0;
    test::for_each_line(AUDITSHIP_TEST_DATA "/kube-audit/" + name + ".noise.jsonl",
                        [&](std::size_t, std::string_view text) {
                          simdjson::dom::parser parser;
                          const simdjson::dom::element want =
                              parser.parse(simdjson::padded_string(text));
                          const auto line = static_cast<std::size_t>(std::int64_t(want["line"]));
                          INFO(name << " line " << line);
                          REQUIRE(line <= events.size());
                          event::Record record;
                          REQUIRE(test::read_audit_event(events[line - 1], record));
                          const filter::FilterDecision got = file->rules.judge(record);
                          CHECK((got.action == filter::Action::keep) == bool(want["keep"]));
                          CHECK(got.rule_index == std::int64_t(want["rule"]));
                          CHECK(filter::level_name(got.level) == std::string_view(want["level"]));
                          ++checked;
                        });
    CHECK(checked == events.size());
    CHECK(checked > 200);
  }
}

}  // namespace
}  // namespace auditship
