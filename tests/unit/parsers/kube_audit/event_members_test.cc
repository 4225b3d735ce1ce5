// Who, where and when, and events whose members are not as expected: other versions, other types,
// repeated.
#include "tests/unit/parsers/kube_audit/kube_support.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("names of every kind of user", "[kube]") {
  Lab lab;
  const auto kind = [&](const std::string& name) {
    return view(lab.parse(replaced(event_with(""), "anna@example.com", name)).field("user.kind"));
  };
  CHECK(kind("system:node:worker-1") == "node");
  CHECK(kind("system:kube-scheduler") == "component");
  CHECK(kind("system:anonymous") == "anonymous");
  CHECK(kind("system:serviceaccount:prod:web") == "serviceaccount");
  CHECK(kind("kubernetes-admin") == "person");
  CHECK(lab.records[0].field("user.email").empty());
  CHECK(kind("https://issuer.example.com/#anna@example.com") == "person");
  CHECK(lab.records[0].field("user.email") == "anna@example.com");
  CHECK(kind("oidc:anna@example.com") == "person");
  CHECK(lab.records[0].field("user.email") == "anna@example.com");
  CHECK(lab.records[0].field("user.name") == "oidc:anna@example.com");
}

TEST_CASE("names with quotes, markup and U+2028 are compared as bytes and escaped", "[kube]") {
  Lab lab;
  const event::Record& record =
      lab.parse(replaced(event_with(""), "anna@example.com", R"(a\"b\u003c/script\u003e\u2028\\)"));
  CHECK(record.kube.user == "a\"b</script>\xE2\x80\xA8\\");
  CHECK(Lab::text(record, {"user.name"}) == "a\"b</script>\xE2\x80\xA8\\");
}

TEST_CASE("an empty verb (OPTIONS) is not lost", "[kube]") {
  Lab lab;
  const event::Record& record =
      lab.parse(replaced(event_with(""), R"("verb":"patch")", R"("verb":"")"));
  CHECK(record.kube.verb.empty());
  CHECK(record.field("event.action") == "unknown pods");
}

TEST_CASE("the path is percent-decoded once and not cleaned", "[kube]") {
  Lab lab;
  const auto path = [&](const std::string& uri) {
    return view(
        lab.parse(replaced(event_with(""), "/api/v1/namespaces/prod/pods/p", uri)).kube.path);
  };
  CHECK(path("//healthz/../x?y=/z") == "//healthz/../x");
  CHECK(path("/a%252Fb%20c") == "/a%2Fb c");
  CHECK(path("/bad%zz") == "/bad%zz");
  CHECK(path("/a+b%") == "/a+b%");
}

TEST_CASE("the older API versions are events, and v1alpha1 has the group in objectRef.apiVersion",
          "[kube]") {
  Lab lab;
  std::string line = replaced(event_with(""), "audit.k8s.io/v1", "audit.k8s.io/v1beta1");
  line = replaced(
      line, R"("level":)",
      R"("metadata":{"creationTimestamp":"2026-11-23T04:30:20Z"},"timestamp":"2026-11-23T04:30:20Z","level":)");
  CHECK(lab.parse(line).kind == event::RecordKind::event);
  CHECK(Lab::text(lab.records[0], {"metadata", "creationTimestamp"}) == "2026-11-23T04:30:20Z");
  line = replaced(replaced(line, "v1beta1", "v1alpha1"), R"("apiVersion":"v1")",
                  R"("apiVersion":"apps/v1")");
  const event::Record& record = lab.parse(line);
  CHECK(record.kube.api_group == "apps");
  CHECK(record.field("orchestrator.api_version") == "apps/v1");
}

TEST_CASE("any order of fields gives the same attributes", "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse(
      R"({"annotations":{"authorization.k8s.io/decision":"forbid"},"stageTimestamp":"2026-11-23T04:30:20.5Z","objectRef":{"name":"s","resource":"secrets"},)"
      R"( "responseObject" : {"data":{"k":"dmFsdWU="}} , "user" : {"groups":["g"],"username":"u"},"verb":"get","apiVersion":"audit.k8s.io/v1","kind":"Event"})");
  CHECK(record.kube.user == "u");
  CHECK(record.kube.resource == "secrets");
  CHECK(record.kube.decision == "forbid");
  CHECK(record.response.raw.find("dmFsdWU=") == std::string_view::npos);
  CHECK(record.time_text == "2026-11-23T04:30:20.5Z");
}

TEST_CASE("unknown fields are kept: scalars as they are, containers as JSON text", "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse(event_with(
      R"("newText":"x","newNumber":7,"newObject":{"a":{"b":[1,1]}},"event":{"x":1},"a.b":1,"node":"n",)"));
  CHECK(Lab::text(record, {"newText"}) == "x");
  CHECK(Lab::text(record, {"newNumber"}) == "7");
  CHECK(Lab::text(record, {"newObject"}) == R"({"a":{"b":[1,1]}})");
  CHECK(Lab::text(record, {"other"}) == R"({"event":{"x":1},"a.b":1,"node":"n"})");
}

TEST_CASE("duplicate top-level keys: the first counts, the other is kept as evidence", "[kube]") {
  Lab lab;
  const event::Record& record =
      lab.parse(event_with(R"("verb":"delete","user":{"username":"mallory"},)"));
  CHECK(record.kube.verb == "patch");
  CHECK(record.kube.user == "anna@example.com");
  CHECK(has_tag(record, "duplicate-key"));
  CHECK(Lab::text(record, {"other"}) == R"({"verb":"delete","user":{"username":"mallory"}})");
  lab.parse(event_with(R"("ve\u0072b":"delete",)"));
  CHECK(lab.records[0].kube.verb == "patch");
  lab.parse(replaced(event_with(""), R"({"username":"anna@example.com"})",
                     R"({"username":"anna@example.com","username":"x","new":{}})"));
  CHECK(lab.records[0].kube.user == "anna@example.com");
  CHECK(Lab::text(lab.records[0], {"user"}) == R"({"username":"anna@example.com"})");
}

TEST_CASE("members of the wrong type do not spoil the document", "[kube]") {
  Lab lab;
  std::string line = replaced(event_with(""), R"("verb":"patch")", R"("verb":{"a":1})");
  line = replaced(line, R"(["10.0.0.1"])", R"(["10.0.0.1",{"x":1}])");
  line = replaced(line, R"("code":200)", R"("code":"200")");
  const event::Record& record = lab.parse(line);
  CHECK(record.kind == event::RecordKind::event);
  CHECK(Lab::text(record, {"verb"}).empty());
  CHECK(record.kube.code == 0);
  CHECK(has_tag(record, "odd-members"));
  for (const std::string user : {"null", "\"bob\"", "[]", "5"}) {
    CHECK(lab.parse(replaced(event_with(""), R"({"username":"anna@example.com"})", user)).kind ==
          event::RecordKind::event);
    CHECK_FALSE(lab.records[0].kube.has_user);
  }
}

TEST_CASE("null timestamps and broken ones are marked, not lost", "[kube]") {
  Lab lab;
  std::string line = replaced(event_with(""), R"("stageTimestamp":"2026-11-23T04:30:20.557518Z")",
                              R"("stageTimestamp":null)");
  CHECK(lab.parse(line).time_text == "2026-11-23T04:30:20.457518Z");
  line = replaced(line, "\"2026-11-23T04:30:20.457518Z\"", "\"soon\"");
  CHECK_FALSE(lab.parse(line).time_known);
  CHECK(has_tag(lab.records[0], "timestamp-unparsed"));
}

TEST_CASE("latency is the time from receipt to the stage", "[kube]") {
  Lab lab;
  CHECK(lab.parse(event_with("")).field("event.duration") == "100000000");
  CHECK(lab.records[0].field("event.start") == "2026-11-23T04:30:20.457518Z");
}

TEST_CASE("a body that the server cut off itself is recognised by its annotation", "[kube]") {
  Lab lab;
  const event::Record& record =
      lab.parse(recorded("truncated-by-server.log", {"audit.k8s.io/truncated"}));
  CHECK(Lab::text(record, {"annotations", "audit.k8s.io/truncated"}) == "true");
  CHECK(record.request.raw.empty());
}
