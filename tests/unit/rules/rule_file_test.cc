#include "agent/rules/rule_file.h"

#include "agent/base/encoding/sha256.h"
#include "tests/support/catch.h"

namespace auditship {
namespace {

constexpr std::string_view kHead = "apiVersion: auditship/v1\nkind: FilterRules\n";

std::string refusal(std::string_view text) {
  const auto file = rules::parse_rule_file("rules.yaml", std::string(kHead) + std::string(text));
  return file ? "" : file.error().message;
}

bool has(const std::string& text, std::string_view part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

TEST_CASE("every condition of a rule is read", "[config]") {
  const std::string text = std::string(kHead) + R"(
omitStages: [RequestReceived]
omitManagedFields: true
guards:
  - guard: secrets
    except: {users: ["system:serviceaccount:a:b"], verbs: [watch]}
    reason: it watches its own
rules:
  - name: all-of-it
    description: free text
    sample: 1/100
    level: Request
    users: [a]
    userGroups: [b]
    verbs: [get]
    resources: [{group: apps, resources: [deployments, "*/scale"], resourceNames: [x]}]
    namespaces: [""]
    stages: [ResponseComplete]
    sourceNetworks: [10.0.0.0/8]
    responseCodes: [404, 400-403]
    annotations: {k8s.io/deprecated: "true", other: [a, "b*"]}
    userAgents: ["curl/*"]
    fields: {user.name: root, process.pid: 12}
    minSize: 1KiB
    maxSize: 2MB
    times: ["mon-fri 22:00-06:00"]
    omitStages: [Panic]
    omitManagedFields: false
    allow_hiding: [unknown-names, secrets]
)";
  const auto file = rules::parse_rule_file("rules.yaml", text);
  INFO((file ? "" : file.error().message));
  REQUIRE(file.ok());
  const filter::RuleSpec& rule = file->spec.rules.at(0);
  CHECK(rule.action == filter::RuleAction::sample);
  CHECK(rule.sample.of == 100);
  CHECK(rule.level == filter::Level::request);
  CHECK(rule.match.resources.at(0).resource_names == std::vector<std::string>{"x"});
  CHECK(rule.match.namespaces == std::vector<std::string>{""});
  CHECK(rule.match.response_codes.at(1).last == 403);
  CHECK(rule.match.annotations.at(1).globs.size() == 2);
  CHECK(rule.match.fields.at(1).globs.at(0) == "12");
  CHECK(rule.match.min_size == 1024);
  CHECK(rule.match.max_size == 2'000'000);
  CHECK(rule.omit_managed_fields == false);
  CHECK(rule.allow_hiding == (filter::guard_bit(filter::Guard::unknown_names) |
                              filter::guard_bit(filter::Guard::secrets)));
  CHECK(file->spec.guards.at(0).guard == filter::Guard::secrets);
  CHECK(file->rules.hash() == Sha256().of(text));
}

TEST_CASE("a misspelt key is refused with its place and the nearest key", "[config]") {
  const std::string message = refusal("rules:\n- name: a\n  action: drop\n  namespacees: [x]\n");
  has(message, "rules.yaml:6:3:");
  has(message, "\"namespacees\"");
  has(message, "did you mean \"namespaces\"");
}

TEST_CASE("an own key in a plain Policy is refused", "[config]") {
  const auto file = rules::parse_rule_file(
      "p.yaml",
      "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: None\n  action: drop\n");
  REQUIRE_FALSE(file.ok());
  has(file.error().message, "p.yaml:5:3: unknown key \"action\"");
}

TEST_CASE("several problems are told at once", "[config]") {
  const std::string message = refusal(
      "rules:\n- name: a\n  action: dorp\n  verb: [get]\n- name: b\n  responseCodes: [999]\n");
  has(message, ":5:11: rules[0].action: expected keep, drop or sample, found \"dorp\"");
  has(message, "did you mean \"verbs\"");
  has(message, "\"999\": expected a code");
}

TEST_CASE("a wrong type says what was found", "[config]") {
  has(refusal("rules: {a: b}\n"), ":3:8: rules: expected a list, found a mapping");
  has(refusal("rules:\n- name: a\n  action: drop\n  users: [12]\n"),
      "expected text, found the number 12");
  has(refusal("rules:\n- name: a\n  action: drop\n  users: system:x\n"), "expected a list");
  has(refusal("rules: [text]\n"), "expected a mapping of keys to values, found \"text\"");
}

TEST_CASE("a rule that exists to hide is refused where it stands", "[config]") {
  const std::string message = refusal(
      "rules:\n- name: quiet\n  action: drop\n  resources: [{group: '', resources: [secrets]}]\n");
  has(message, "rules.yaml:4:3:");
  has(message, "allow_hiding: [secrets]");
}

TEST_CASE("an unknown guard is refused with the nearest name", "[config]") {
  has(refusal("rules:\n- name: a\n  action: drop\n  allow_hiding: [secret]\n"),
      "did you mean \"secrets\"");
  has(refusal("rules: []\nguards:\n- guard: nothing\n  except: {verbs: [get]}\n  reason: x\n"),
      "guards[0].guard: expected");
}

TEST_CASE("a rule that names a field which no document has is told", "[config]") {
  const auto file = rules::parse_rule_file(
      "rules.yaml", std::string(kHead) +
                        "\nrules:\n- name: cron\n  action: drop\n  fields: {ident: [CRON], "
                        "process.name: [CRON]}\n");
  INFO((file ? "" : file.error().message));
  REQUIRE(file.ok());
  CHECK(file->warnings ==
        std::vector<std::string>{"rules.yaml: rule cron: no document has the field ident, so the "
                                 "rule matches nothing: name process.name"});
}

TEST_CASE("a file of another kind is refused", "[config]") {
  for (const char* text : {"", "[]", "x", "kind: FilterRules\nrules: []\n",
                           "apiVersion: auditship/v2\nkind: FilterRules\n",
                           "apiVersion: auditship/v1\nkind: Policy\nrules: []\n"}) {
    INFO(text);
    CHECK_FALSE(rules::parse_rule_file("f", text).ok());
  }
  has(refusal("tests: []\n"), "rules: required");
  CHECK(refusal("rules: []\n").empty());
}

TEST_CASE("a Policy may be JSON with tabs", "[config]") {
  const auto file =
      rules::parse_rule_file("p.json",
                             "{\n\t\"apiVersion\": \"audit.k8s.io/v1\",\n\t\"kind\": "
                             "\"Policy\",\n\t\"rules\": [{\"level\": \"None\"}]\n}\n");
  INFO((file ? "" : file.error().message));
  CHECK(file.ok());
}

TEST_CASE("tests of a rule file are run and their failures are readable", "[config]") {
  const std::string text = std::string(kHead) + R"(
rules:
  - name: pods
    action: drop
    verbs: [watch]
tests:
  - name: a robot's watch is dropped
    event: {verb: watch, user: {username: "system:apiserver"}, objectRef: {resource: pods}}
    expect: {rule: pods, action: drop, level: None, guard: none}
  - name: a person's watch is dropped
    event: {verb: watch, user: {username: anna}, objectRef: {resource: pods}}
    expect: {rule: none, action: drop}
)";
  const auto file = rules::parse_rule_file("rules.yaml", text);
  INFO((file ? "" : file.error().message));
  REQUIRE(file.ok());
  const auto failures = rules::run_rule_tests(*file);
  REQUIRE(failures.size() == 1);
  has(failures[0], "rules.yaml:12:5: test \"a person's watch is dropped\" fails:");
  has(failures[0], "rule: expected none, got pods");
  has(failures[0], "action: expected drop, got keep");
}

TEST_CASE("a misspelt key in a test event is refused", "[config]") {
  const std::string message = refusal(
      "rules: []\ntests:\n- name: x\n  event: {verb: get, objectref: {resource: pods}}\n  expect: "
      "{action: keep}\n");
  has(message, "did you mean \"objectRef\"");
  has(refusal("rules: []\ntests:\n- name: x\n  event: {verb: get}\n"), "tests[0].expect: required");
  has(refusal("rules: []\ntests:\n- name: x\n  expect: {action: keep}\n"), "either event");
}

}  // namespace
}  // namespace auditship
