// The outcome is what the servers decided; the code only where they did not refuse.
#include "tests/unit/parsers/kube_audit/kube_support.h"

namespace auditship {
namespace {

using test::Lab;

std::string event_with(const std::string& code, const std::string& annotations) {
  return R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"1","stage":"ResponseComplete",)"
         R"("requestURI":"/login","verb":"post","user":{"username":"system:anonymous"},"sourceIPs":["192.0.2.7"],)"
         R"("responseStatus":{"metadata":{},"code":)" +
         code + R"(},"stageTimestamp":"2026-11-28T19:00:00.000002Z","annotations":{)" +
         annotations + "}}";
}

std::string outcome_of(const std::string& code, const std::string& annotations) {
  Lab lab;
  return std::string(lab.parse(event_with(code, annotations)).field("event.outcome"));
}

}  // namespace

TEST_CASE("a decision to refuse is a failure whatever the code is", "[kube]") {
  for (const std::string code : {"200", "201", "302", "403", "500"}) {
    CHECK(outcome_of(code, R"("authorization.k8s.io/decision":"forbid")") == "failure");
    CHECK(outcome_of(code, R"("authentication.openshift.io/decision":"deny")") == "failure");
    CHECK(outcome_of(code, R"("authentication.openshift.io/decision":"error")") == "failure");
    CHECK(
        outcome_of(
            code,
            R"("authorization.k8s.io/decision":"allow","authentication.openshift.io/decision":"deny")") ==
        "failure");
  }
}

TEST_CASE("a decision to allow does not hide a code that refuses", "[kube]") {
  CHECK(outcome_of("302", R"("authentication.openshift.io/decision":"allow")") == "success");
  CHECK(outcome_of("201", R"("authorization.k8s.io/decision":"allow")") == "success");
  CHECK(outcome_of("403", R"("authorization.k8s.io/decision":"allow")") == "failure");
  CHECK(outcome_of("401", R"("authentication.openshift.io/decision":"allow")") == "failure");
}

TEST_CASE("without a code the status says it", "[kube]") {
  CHECK(outcome_of(R"(0,"status":"Failure","reason":"Forbidden")", "") == "failure");
  CHECK(outcome_of(R"(0,"status":"Success")", "") == "unknown");
  CHECK(outcome_of("0", "") == "unknown");
}

TEST_CASE("audits and warnings of admission are no refusals", "[kube]") {
  CHECK(
      outcome_of("201",
                 R"("pod-security.kubernetes.io/audit-violations":"would violate PodSecurity")") ==
      "success");
  CHECK(outcome_of("201", R"("validation.policy.admission.k8s.io/validation_failure":"[{}]")") ==
        "success");
  CHECK(outcome_of("201", R"("hook.example.org/decision":"deny")") == "success");
  CHECK(outcome_of("201", R"("evil.org/authorization.k8s.io/decision":"forbid")") == "success");
}

TEST_CASE("whose login OpenShift judged is a field", "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse(event_with(
      "302",
      R"("authentication.openshift.io/decision":"deny","authentication.openshift.io/username":"ldap:ann")"));
  CHECK(record.field("user.name") == "system:anonymous");
  CHECK(record.field("user.target.name") == "ldap:ann");
  CHECK(record.field("related.user") == R"(["system:anonymous","ldap:ann"])");
  CHECK(record.field("event.category") == R"(["authentication"])");
  const event::Record& other =
      lab.parse(event_with("200", R"("authorization.k8s.io/decision":"allow")"));
  CHECK(other.field("user.target.name").empty());
  CHECK(other.field("event.category").empty());
}

}  // namespace auditship
