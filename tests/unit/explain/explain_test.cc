// What `auditship explain` counts and says.
#include "agent/explain/explain.h"

#include <simdjson.h>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/packer.h"
#include "agent/explain/explain_report.h"
#include "tests/support/explain_rig.h"

namespace auditship {
namespace {

using test::event_line;
using test::EventWords;
using test::explain_text;
using test::our_rules;
using test::policy_of;

std::string at(EventWords words, const char* time) {
  words.time = time;
  return event_line(words) + "\n";
}

EventWords words(const char* user, const char* verb, const char* resource) {
  EventWords out;
  out.user = user;
  out.verb = verb;
  out.resource = resource;
  return out;
}

const EventWords kProxy = words("system:kube-proxy", "watch", "services");

TEST_CASE("a rule's hits, bytes, share, times and samples are told", "[explain]") {
  const filter::RuleSet rules =
      our_rules("  - {name: proxy, action: drop, users: [\"system:kube-proxy\"]}\n");
  const std::string first = at(kProxy, "2026-11-23T10:00:00.000000Z");
  const std::string second = at(kProxy, "2026-11-23T22:00:00.000000Z");
  const std::string other =
      at(words("system:apiserver", "get", "pods"), "2026-11-23T10:00:01.000000Z");
  explain::Explainer explainer(rules);
  explain_text(explainer, second + first + other + first);
  const explain::RuleStats& stats = explainer.by_rule()[0];
  CHECK(stats.hits.events == 3);
  CHECK(stats.hits.bytes == 3 * first.size());
  CHECK(stats.dropped == 3);
  CHECK(stats.dropped_bytes == 3 * first.size());
  CHECK(stats.hits.samples.size() == 2);
  CHECK(stats.hits.samples[0].find("system:kube-proxy watch services") != std::string::npos);
  CHECK(explainer.unmatched().hits.events == 1);
  CHECK(explainer.bytes() == 3 * first.size() + other.size());
  CHECK(stats.times.last_ns - stats.times.first_ns == std::int64_t{12} * 3600 * 1'000'000'000);
  CHECK(*explainer.times().per_day(stats.dropped) == Approx(6.0));  // three in twelve hours
  const std::string text = explain::render_explain_text(explainer, {"kubeaudit", "r.yaml"});
  CHECK(text.find("proxy: 3 events (75.0 %)") != std::string::npos);
  CHECK(text.find("saves about 6 documents and") != std::string::npos);
  CHECK(text.find("2026-11-23T10:00:00.000Z to 2026-11-23T22:00:00.000Z") != std::string::npos);
}

TEST_CASE("a span below ten minutes gives no estimate", "[explain]") {
  const filter::RuleSet rules =
      our_rules("  - {name: proxy, action: drop, users: [\"system:kube-proxy\"]}\n");
  explain::Explainer explainer(rules);
  explain_text(explainer, at(kProxy, "2026-11-23T10:00:00.000000Z") +
                              at(kProxy, "2026-11-23T10:09:59.000000Z"));
  CHECK_FALSE(explainer.times().per_day(2));
  CHECK(explain::render_explain_text(explainer, {}).find("a day: n/a") != std::string::npos);
  explain_text(explainer, at(kProxy, "2026-11-23T10:10:00.000000Z"));
  CHECK(*explainer.times().per_day(3) == Approx(432.0));
}

TEST_CASE("rules that never matched, and shadowed ones with the earlier rule", "[explain]") {
  const filter::RuleSet rules = our_rules(
      "  - {name: wide, action: drop, users: [\"system:kube-proxy\"]}\n"
      "  - {name: partly, action: drop, verbs: [watch]}\n"
      "  - {name: narrow, action: drop, users: [\"system:kube-proxy\"], verbs: [watch]}\n"
      "  - {name: unused, action: drop, users: [\"system:nobody\"]}\n");
  explain::Explainer explainer(rules);
  explain_text(explainer, event_line(kProxy) + "\n" + event_line(kProxy) + "\n" +
                              event_line(words("system:apiserver", "watch", "pods")) + "\n");
  CHECK(explainer.shadow(2).events == 2);
  CHECK(explainer.shadow(2).by_rule == std::map<int, std::uint64_t>{{0, 2}});
  CHECK(explainer.shadow(3).events == 0);
  const std::string text = explain::render_explain_text(explainer, {"kubeaudit", "r.yaml"});
  CHECK(text.find("never matched\n  unused\n\nRules shadowed by an earlier one\n"
                  "  narrow: 2 events would match, but for wide (2)\n") != std::string::npos);
}

TEST_CASE("what guards saved, allow_hiding hid and a Policy drops is told by guard", "[explain]") {
  const std::string log = event_line(words("system:kube-proxy", "get", "secrets")) + "\n" +
                          event_line(words("alice", "get", "pods")) + "\n" + event_line(kProxy) +
                          "\n";
  const filter::RuleSet rules =
      our_rules("  - {name: all, action: drop, allow_hiding: [secrets]}\n");
  explain::Explainer ours(rules);
  explain_text(ours, log);
  CHECK(ours.guards()[std::size_t(filter::Guard::secrets)].hidden.events == 1);
  CHECK(ours.guards()[std::size_t(filter::Guard::unknown_names)].saved.events == 1);
  CHECK(ours.by_rule()[0].saved == 1);
  CHECK(ours.by_rule()[0].hidden == 1);
  CHECK(ours.by_rule()[0].dropped == 2);
  const std::string text = explain::render_explain_text(ours, {"kubeaudit", "r.yaml"});
  CHECK(text.find("Saved by guards: rules would have dropped these\n  unknown-names: 1 event,") !=
        std::string::npos);
  CHECK(
      text.find("Hidden by allow_hiding: guarded, and dropped nevertheless\n  secrets: 1 event,") !=
      std::string::npos);
  const filter::RuleSet policy = policy_of("  - {level: None}\n");
  explain::Explainer theirs(policy);
  explain_text(theirs, log);
  CHECK(theirs.guards()[std::size_t(filter::Guard::secrets)].reported.events == 1);
  CHECK(theirs.dropped() == 3);
  CHECK(theirs.groups().size() == 0);
}

TEST_CASE("bodies that a level takes away count as saved bytes", "[explain]") {
  const filter::RuleSet rules = our_rules("  - {name: m, level: Metadata, verbs: [watch]}\n");
  explain::Explainer explainer(rules);
  explain_text(explainer, event_line(kProxy) + "\n");
  CHECK(explainer.dropped() == 0);
  CHECK(explainer.body_bytes() == std::string_view(R"({"a":"request"}{"b":"response"})").size());
}

TEST_CASE("lines that no parser understands are kept and counted apart", "[explain]") {
  const filter::RuleSet rules = our_rules("  - {name: all, action: drop}\n");
  explain::Explainer explainer(rules);
  explain_text(explainer, "garbage\n\n\x1b[2J\n" + event_line(kProxy));
  CHECK(explainer.lines() == 4);
  CHECK(explainer.empty_lines() == 1);
  CHECK(explainer.not_judged().events == 2);
  CHECK(explainer.not_judged().samples[0] == "(no time) (not understood) garbage");
  CHECK(explainer.dropped() == 1);
  CHECK(explain::render_explain_text(explainer, {}).find('\x1b') == std::string::npos);
}

TEST_CASE("two rule files are compared on one log", "[explain]") {
  const filter::RuleSet a = our_rules(
      "  - {name: proxy, action: drop, users: [\"system:kube-proxy\"]}\n"
      "  - {name: bodies, level: Metadata, users: [\"system:kube-scheduler\"]}\n");
  const filter::RuleSet b =
      our_rules("  - {name: api, action: drop, users: [\"system:apiserver\"]}\n");
  explain::Comparison comparison(a, b);
  const auto parser = test::parser_for("kubeaudit");
  const std::string log = event_line(kProxy) + "\n" +
                          event_line(words("system:apiserver", "get", "pods")) + "\n" +
                          event_line(words("system:kube-scheduler", "get", "pods")) + "\n" +
                          event_line(words("alice", "get", "pods")) + "\n";
  REQUIRE(test::read_log("x.log", log, *parser,
                         [&](const event::RawLine& line, const event::Records& records) {
                           comparison.add(line, records);
                           return Status();
                         })
              .ok());
  CHECK(comparison.events() == 4);
  CHECK(comparison.kept_by_a() == 3);
  CHECK(comparison.kept_by_b() == 3);
  REQUIRE(comparison.only_a().size() == 1);
  CHECK(comparison.only_a().at({0, filter::Why::rule_drop}).events == 1);
  CHECK(comparison.only_a().at({0, filter::Why::rule_drop}).samples[0].find("system:apiserver") !=
        std::string::npos);
  CHECK(comparison.only_b().at({0, filter::Why::rule_drop}).samples[0].find("system:kube-proxy") !=
        std::string::npos);
  CHECK(comparison.other_level().events == 1);
  const std::string text = explain::render_comparison_text(comparison, "a.yaml", "b.yaml");
  CHECK(text.find("by the rule of B\n  api (rule-drop): 1 event,") != std::string::npos);
  CHECK(text.find("by the rule of A\n  proxy (rule-drop): 1 event,") != std::string::npos);
  simdjson::dom::parser json;
  const simdjson::dom::element got = json.parse(
      simdjson::padded_string(explain::render_comparison_json(comparison, "a.yaml", "b.yaml")));
  CHECK(std::string_view(got["kept_by_a_dropped_by_b"].at(0)["rule"]) == "api");
  CHECK(std::int64_t(got["dropped_by_a_kept_by_b"].at(0)["events"]) == 1);
}

TEST_CASE("the JSON report holds all of it and is JSON", "[explain]") {
  const filter::RuleSet rules = our_rules(
      "  - {name: proxy, action: drop, users: [\"system:kube-proxy\"]}\n"
      "  - {name: never, action: drop, users: [\"system:nobody\"]}\n");
  explain::Explainer explainer(rules);
  explain_text(explainer, event_line(kProxy) + "\n" +
                              event_line(words("system:a\"\\\x01\xe2\x80\xae", "get", "pods")) +
                              "\n");
  const std::string text = explain::render_explain_json(explainer, {"kubeaudit", "r.yaml"});
  CHECK(text.find('\n') == text.size() - 1);
  simdjson::dom::parser json;
  const simdjson::dom::element got = json.parse(simdjson::padded_string(text));
  CHECK(std::int64_t(got["events"]) == 2);
  CHECK(std::int64_t(got["rules"].at(0)["hits"]) == 1);
  CHECK(std::string_view(got["rules"].at(0)["rule"]) == "proxy");
  CHECK(got["rules"].at(0)["documents_saved_per_day"].is_null());
  CHECK(std::string_view(got["never_matched"].at(0)["rule"]) == "never");
  CHECK(std::int64_t(got["no_rule"]["hits"]) == 1);
  CHECK(std::string_view(got["noisiest"].at(0)["resource"]) == "pods");
  CHECK(std::int64_t(got["groups"]["limit"]) == 100'000);
}

TEST_CASE("packed logs are read, broken ones are an error", "[explain]") {
  const std::string log = event_line(kProxy) + "\n" + event_line(kProxy) + "\n";
  for (const auto& [name, codec] :
       {std::pair("x.log.gz", Codec::gzip), std::pair("x.log.zst", Codec::zstd)}) {
    const std::string packed = pack(codec, log);
    int lines = 0;
    const auto count = [&lines](const event::RawLine&, const event::Records& records) {
      lines += static_cast<int>(records.size());
      return Status();
    };
    const auto parser = test::parser_for("kubeaudit");
    CHECK(test::read_log(name, packed, *parser, count).ok());
    CHECK(lines == 2);
    CHECK_FALSE(test::read_log(name, packed.substr(0, packed.size() / 2), *parser, count).ok());
  }
}

}  // namespace
}  // namespace auditship
