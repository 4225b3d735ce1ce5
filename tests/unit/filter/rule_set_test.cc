#include "agent/filter/rule_set.h"

#include <string>

#include "tests/support/catch.h"

namespace auditship {
namespace {

event::Record event(std::string_view user, std::string_view verb, std::string_view resource) {
  event::Record record;
  record.kube.present = record.kube.has_user = record.kube.has_object_ref = true;
  record.kube.stage = "ResponseComplete";
  record.kube.user = user;
  record.kube.verb = verb;
  record.kube.resource = resource;
  record.kube.code = 200;
  record.request.raw = "{\"a\":1}";
  record.response.raw = "{\"b\":2}";
  return record;
}

filter::RuleSpec rule(std::string name, filter::RuleAction action) {
  filter::RuleSpec spec;
  spec.name = std::move(name);
  spec.action = action;
  return spec;
}

filter::RuleSet built(const filter::RuleSetSpec& spec) {
  auto set = filter::RuleSet::build(spec);
  INFO((set ? "" : set.error().message));
  REQUIRE(set.ok());
  return std::move(*set);
}

constexpr std::string_view kRobot = "system:serviceaccount:a:b";

TEST_CASE("our rules keep what no rule names, a Policy drops it", "[filter]") {
  filter::RuleSetSpec spec;
  spec.rules = {rule("reads", filter::RuleAction::drop)};
  spec.rules[0].match.verbs = {"get"};
  event::Record record = event(kRobot, "list", "pods");
  filter::FilterDecision decision = built(spec).apply(record);
  CHECK(decision.action == filter::Action::keep);
  CHECK(decision.rule_index == -1);
  CHECK(decision.rule.empty());
  CHECK(decision.level == filter::Level::request_response);

  spec.kind = filter::RuleSetKind::policy;
  spec.rules[0] = filter::RuleSpec{};
  spec.rules[0].level = filter::Level::metadata;
  spec.rules[0].match.verbs = {"get"};
  decision = built(spec).apply(record);
  CHECK(decision.action == filter::Action::drop);
  CHECK(decision.why == filter::Why::no_match);
}

TEST_CASE("the first rule that matches decides", "[filter]") {
  filter::RuleSetSpec spec;
  spec.rules = {rule("keep-pods", filter::RuleAction::keep),
                rule("drop-all", filter::RuleAction::drop)};
  spec.rules[0].match.resources = {{"", {"pods"}, {}}};
  const filter::RuleSet set = built(spec);
  CHECK(set.judge(event(kRobot, "get", "pods")).rule == "keep-pods");
  const filter::FilterDecision decision = set.judge(event(kRobot, "get", "configmaps"));
  CHECK(decision.rule == "drop-all");
  CHECK(decision.rule_index == 1);
  CHECK(decision.action == filter::Action::drop);
  CHECK(decision.why == filter::Why::rule_drop);
}

TEST_CASE("a lower level takes the bodies away that it does not have", "[filter]") {
  filter::RuleSetSpec spec;
  spec.rules = {rule("m", filter::RuleAction::by_level)};
  spec.rules[0].level = filter::Level::metadata;
  event::Record record = event(kRobot, "get", "pods");
  CHECK(built(spec).apply(record).action == filter::Action::keep);
  CHECK(record.request.raw.empty());
  CHECK(record.response.raw.empty());

  spec.rules[0].level = filter::Level::request;
  record = event(kRobot, "get", "pods");
  CHECK(built(spec).apply(record).action == filter::Action::keep);
  CHECK(record.request.raw == "{\"a\":1}");
  CHECK(record.response.raw.empty());
}

TEST_CASE("a guard saves an event from every way of being dropped", "[filter]") {
  filter::RuleSetSpec spec;
  spec.rules = {rule("all", filter::RuleAction::drop)};
  SECTION("action drop") {}
  SECTION("level None") {
    spec.rules[0].action = filter::RuleAction::by_level;
    spec.rules[0].level = filter::Level::none;
  }
  SECTION("omitStages") {
    spec.rules[0].action = filter::RuleAction::keep;
    spec.omit_stages = filter::kResponseComplete;
  }
  const filter::RuleSet set = built(spec);
  event::Record record = event(kRobot, "get", "secrets");
  const filter::FilterDecision saved = set.apply(record);
  CHECK(saved.action == filter::Action::keep);
  CHECK(saved.guard == "secrets");
  CHECK(saved.guard_effect == filter::GuardEffect::saved);
  CHECK(saved.level == filter::Level::request_response);
  CHECK_FALSE(record.response.raw.empty());
  CHECK(set.judge(event(kRobot, "get", "pods")).action == filter::Action::drop);
}

TEST_CASE("a plain Policy only reports guards", "[filter]") {
  filter::RuleSetSpec spec;
  spec.kind = filter::RuleSetKind::policy;
  spec.rules.emplace_back().level = filter::Level::none;
  const filter::FilterDecision decision = built(spec).judge(event(kRobot, "get", "secrets"));
  CHECK(decision.action == filter::Action::drop);
  CHECK(decision.guard == "secrets");
  CHECK(decision.guard_effect == filter::GuardEffect::reported);
}

TEST_CASE("allow_hiding lifts the guards it names for its rule alone", "[filter]") {
  filter::RuleSetSpec spec;
  spec.rules = {rule("cert-manager", filter::RuleAction::drop),
                rule("rest", filter::RuleAction::drop)};
  spec.rules[0].match.users = {std::string(kRobot)};
  spec.rules[0].match.resources = {{"", {"secrets"}, {}}};
  spec.rules[0].allow_hiding = filter::guard_bit(filter::Guard::secrets);
  const filter::RuleSet set = built(spec);
  filter::FilterDecision decision = set.judge(event(kRobot, "get", "secrets"));
  CHECK(decision.action == filter::Action::drop);
  CHECK(decision.guard_effect == filter::GuardEffect::hidden);
  CHECK(decision.guard == "secrets");
  CHECK(set.judge(event("system:serviceaccount:c:d", "get", "secrets")).action ==
        filter::Action::keep);
  event::Record denied = event(kRobot, "get", "secrets");
  denied.kube.code = 403;
  decision = set.judge(denied);
  CHECK(decision.action == filter::Action::keep);
  CHECK(decision.guard == "denied");
}

TEST_CASE("a narrowed guard lets go of what its exception names and of nothing else", "[filter]") {
  filter::RuleSetSpec spec;
  spec.rules = {rule("all", filter::RuleAction::drop)};
  filter::GuardException exception;
  exception.guard = filter::Guard::secrets;
  exception.except.users = {std::string(kRobot)};
  exception.except.verbs = {"watch"};
  exception.reason = "it watches its own secrets";
  spec.guards = {exception};
  const filter::RuleSet set = built(spec);
  CHECK(set.judge(event(kRobot, "watch", "secrets")).action == filter::Action::drop);
  CHECK(set.judge(event(kRobot, "get", "secrets")).action == filter::Action::keep);
}

TEST_CASE("omitted stages are told apart from dropped events", "[filter]") {
  filter::RuleSetSpec spec;
  spec.omit_stages = filter::kRequestReceived;
  event::Record record = event(kRobot, "get", "pods");
  record.kube.stage = "RequestReceived";
  const filter::FilterDecision decision = built(spec).judge(record);
  CHECK(decision.action == filter::Action::drop);
  CHECK(decision.why == filter::Why::stage_omitted);
  CHECK(built(spec).judge(event(kRobot, "get", "pods")).action == filter::Action::keep);
}

TEST_CASE("an unparsed line is kept whatever the rules say", "[filter]") {
  filter::RuleSetSpec spec;
  spec.rules = {rule("all", filter::RuleAction::drop)};
  event::Record record;
  record.kind = event::RecordKind::unparsed;
  CHECK(built(spec).judge(record).action == filter::Action::keep);
  CHECK(built(spec).judge(record).why == filter::Why::not_judged);
}

TEST_CASE("all stages of a request are sampled alike, and about the right share", "[filter]") {
  filter::RuleSetSpec spec;
  spec.rules = {rule("some", filter::RuleAction::sample)};
  spec.rules[0].sample = {1, 10};
  const filter::RuleSet set = built(spec);
  int kept = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = "id-" + std::to_string(i);
    event::Record record = event(kRobot, "get", "pods");
    record.kube.audit_id = id;
    record.kube.received = "2026-11-23T03:57:25.902309Z";
    const filter::FilterDecision last = set.judge(record);
    CHECK(last.sampled);
    record.kube.stage = "RequestReceived";
    record.kube.code = 0;
    const filter::FilterDecision first = set.judge(record);
    REQUIRE(first.action == last.action);
    kept += first.action == filter::Action::keep ? 1 : 0;
  }
  CHECK(kept > 800);
  CHECK(kept < 1200);
}

TEST_CASE("a client cannot choose by its Audit-ID whether it is sampled", "[filter]") {
  int kept = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string received = "2026-11-23T03:57:25." + std::to_string(100'000 + i) + "Z";
    event::Record record = event(kRobot, "get", "pods");
    record.kube.audit_id = "chosen";
    record.kube.received = received;
    kept += filter::in_sample(record, {1, 2}) ? 1 : 0;
  }
  CHECK(kept > 400);
  CHECK(kept < 600);
}

TEST_CASE("authlog lines are sampled line by line", "[filter]") {
  int kept = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string line = "Nov 23 05:03:11 host CRON[" + std::to_string(i) + "]: x";
    event::Record record;
    record.raw = line;
    kept += filter::in_sample(record, {1, 4}) ? 1 : 0;
  }
  CHECK(kept > 180);
  CHECK(kept < 320);
}

TEST_CASE("rules without a name are called by their number", "[filter]") {
  filter::RuleSetSpec spec;
  spec.kind = filter::RuleSetKind::policy;
  spec.rules.resize(2);
  spec.rules[0].level = spec.rules[1].level = filter::Level::metadata;
  const filter::RuleSet set = built(spec);
  CHECK(set.name(1) == "rule-1");
  CHECK(set.judge(event(kRobot, "get", "pods")).rule.empty());
}

TEST_CASE("the empty rule set keeps everything", "[filter]") {
  const filter::RuleSet set;
  CHECK(set.judge(event("anna", "delete", "pods")).action == filter::Action::keep);
  CHECK(set.size() == 0);
}

}  // namespace
}  // namespace auditship
