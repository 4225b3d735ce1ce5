#include "agent/filter/rule_spec.h"

#include "tests/support/catch.h"

namespace auditship {
namespace {

filter::RuleSetSpec one_rule(filter::RuleAction action) {
  filter::RuleSetSpec spec;
  filter::RuleSpec& rule = spec.rules.emplace_back();
  rule.name = "r";
  rule.action = action;
  return spec;
}

std::string refusal(const filter::RuleSetSpec& spec) {
  const auto problem = filter::validate(spec);
  return problem ? problem->field + ": " + problem->message : "";
}

TEST_CASE("codes, shares and hours are read or refused", "[filter]") {
  CHECK(filter::parse_code_range("400-499")->last == 499);
  for (const char* bad :
       {"", "99", "600", "400-", "-499", "499-400", "4xx", "400-499-500", "+400"}) {
    INFO(bad);
    CHECK_FALSE(filter::parse_code_range(bad).ok());
  }
  CHECK(filter::parse_sample_rate("3/100")->of == 100);
  for (const char* bad :
       {"", "1", "0/10", "10/10", "2/1", "1/0", "1/x", "-1/10", "1/99999999999"}) {
    INFO(bad);
    CHECK_FALSE(filter::parse_sample_rate(bad).ok());
  }
  CHECK(filter::parse_time_window("sat-mon 00:00-24:00")->days == 0b1100001);
  for (const char* bad : {"", "22:00", "22:00-22:00", "24:00-06:00", "25:00-06:00", "9:00-10:00",
                          "day 08:00-10:00", "mon-  08:00-10:00", "08:61-10:00"}) {
    INFO(bad);
    CHECK_FALSE(filter::parse_time_window(bad).ok());
  }
  CHECK_FALSE(filter::parse_level("metadata").ok());
  CHECK_FALSE(filter::parse_stage("responseComplete").ok());
}

TEST_CASE("a rule that contradicts itself is refused", "[filter]") {
  filter::RuleSetSpec spec = one_rule(filter::RuleAction::drop);
  CHECK(refusal(spec).empty());
  spec.rules[0].level = filter::Level::request;
  CHECK(refusal(spec).find("contradicts") != std::string::npos);
  spec = one_rule(filter::RuleAction::keep);
  spec.rules[0].level = filter::Level::none;
  CHECK(refusal(spec).find("contradicts") != std::string::npos);
  spec = one_rule(filter::RuleAction::sample);
  CHECK(refusal(spec).find("share") != std::string::npos);
  spec = one_rule(filter::RuleAction::by_level);
  CHECK(refusal(spec).find("expected action") != std::string::npos);
  spec = one_rule(filter::RuleAction::keep);
  spec.rules[0].allow_hiding = 1;
  CHECK(refusal(spec).find("no use") != std::string::npos);
  spec = one_rule(filter::RuleAction::keep);
  spec.rules.push_back(spec.rules[0]);
  CHECK(refusal(spec).find("earlier rule") != std::string::npos);
  spec = one_rule(filter::RuleAction::keep);
  spec.rules[0].name = "two words";
  CHECK(refusal(spec).find("name:") == 0);
  spec = one_rule(filter::RuleAction::keep);
  spec.rules[0].match.min_size = 2;
  spec.rules[0].match.max_size = 1;
  CHECK(refusal(spec).find("nothing") != std::string::npos);
}

TEST_CASE("a rule whose own fields prove that it hides a guarded class is refused", "[filter]") {
  filter::RuleSetSpec spec = one_rule(filter::RuleAction::drop);
  filter::MatchSpec& match = spec.rules[0].match;
  std::string guard;
  SECTION("secrets") {
    match.resources = {{"", {"secrets", "serviceaccounts/token"}, {}}};
    guard = "secrets";
  }
  SECTION("exec") {
    match.verbs = {"get"};
    match.resources = {{"", {"pods/exec"}, {}}, {"*", {"*/proxy"}, {}}};
    guard = "sessions";
  }
  SECTION("RBAC writes") {
    match.verbs = {"create", "patch"};
    match.resources = {{"rbac.authorization.k8s.io", {}, {}}};
    guard = "rbac-writes";
  }
  SECTION("denials") {
    match.response_codes = {{403, 403}};
    guard = "denied";
  }
  SECTION("failures") {
    match.response_codes = {{500, 599}};
    guard = "failures";
  }
  SECTION("a person") {
    match.users = {"anna@example.com"};
    guard = "unknown-names";
  }
  SECTION("nobody") {
    match.users = {"system:anonymous"};
    match.resources = {{"*", {}, {}}};
    guard = "anonymous";
  }
  CHECK(refusal(spec).find("guard " + guard) != std::string::npos);
  spec.rules[0].allow_hiding = filter::guard_bit(*filter::guard_by_name(guard));
  CHECK(refusal(spec).empty());
  spec.rules[0].allow_hiding = 0;
  spec.rules[0].action = filter::RuleAction::keep;
  CHECK(refusal(spec).empty());
}

TEST_CASE("a rule that may match guarded events among others is not refused", "[filter]") {
  filter::RuleSetSpec spec = one_rule(filter::RuleAction::drop);
  filter::MatchSpec& match = spec.rules[0].match;
  SECTION("everything") {}
  SECTION("a mixed list of resources") { match.resources = {{"", {"secrets", "configmaps"}, {}}}; }
  SECTION("all of the core group") { match.resources = {{"", {}, {}}}; }
  SECTION("RBAC reads") {
    match.verbs = {"get"};
    match.resources = {{"rbac.authorization.k8s.io", {}, {}}};
  }
  SECTION("client errors") { match.response_codes = {{400, 499}}; }
  SECTION("a robot among the users") { match.users = {"anna@example.com", "system:kube-proxy"}; }
  SECTION("anonymous probes") {
    match.users = {"system:anonymous"};
    match.non_resource_urls = {"/healthz*"};
  }
  SECTION("a guard that is narrowed") {
    match.resources = {{"", {"secrets"}, {}}};
    filter::GuardException& exception = spec.guards.emplace_back();
    exception.guard = filter::Guard::secrets;
    exception.except.verbs = {"watch"};
    exception.reason = "caches";
  }
  CHECK(refusal(spec).empty());
}

TEST_CASE("a guard is narrowed by a condition and a reason, never removed", "[filter]") {
  filter::RuleSetSpec spec;
  filter::GuardException& exception = spec.guards.emplace_back();
  exception.reason = "because";
  CHECK(refusal(spec).find("narrowed") != std::string::npos);
  exception.except.verbs = {"watch"};
  CHECK(refusal(spec).empty());
  exception.reason = " \n";
  CHECK(refusal(spec).find("reason") == 0);
}

}  // namespace
}  // namespace auditship
