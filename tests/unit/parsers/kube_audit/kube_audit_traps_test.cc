// One test for every trap of the format, named after it. Recorded lines where a server wrote one;
// else a recorded line with the one thing changed.
#include "tests/unit/parsers/kube_audit/kube_support.h"

using namespace auditship;
using namespace auditship::test;

namespace {

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    out.append(text);
  }
  return out;
}

}  // namespace

TEST_CASE("a client-chosen Audit-ID is shared by different requests: each stays its own record",
          "[kube]") {
  Lab lab;
  const std::string line =
      recorded("metadata-day.log", {"ResponseComplete", "\"verb\":\"create\""});
  lab.parse(replaced(line, "\"auditID\":\"", "\"auditID\":\"chosen-"));
  CHECK(lab.records[0].kube.audit_id.substr(0, 7) == "chosen-");
  CHECK(lab.records[0].field("event.id") == lab.records[0].kube.audit_id);
}

TEST_CASE("an Audit-ID of 900 kB is cut in the document and whole for rules", "[kube]") {
  Lab lab;
  const std::string id(900'000, 'x');
  const std::string line = recorded("metadata-day.log", {"ResponseComplete"});
  const event::Record& record = lab.parse(replaced(line, "\"auditID\":\"", "\"auditID\":\"" + id));
  CHECK(record.kube.audit_id.size() > 900'000);
  CHECK(record.json.size() < 40'000);
  CHECK(record.field("event.id").size() < 32'100);
  CHECK(Lab::text(record, {"auditID"}).find("[cut, 9000") != std::string::npos);
  CHECK(has_tag(record, "string-cut"));
}

TEST_CASE("the same auditID and stage from two aggregated servers are two different records",
          "[kube]") {
  Lab lab;
  std::size_t shared = 0;
  const auto core = read_lines("aggregated/kube-apiserver-audit.log");
  for (const std::string& line : read_lines("aggregated/extension-apiserver-audit.log")) {
    const event::Record& record = lab.parse(line);
    const std::string id = view(record.kube.audit_id);
    const std::string stage = view(record.kube.stage);
    for (const std::string& other : core) {
      if (other.find(id) != std::string::npos && other.find(stage) != std::string::npos) {
        CHECK(other != line);
        ++shared;
      }
    }
  }
  CHECK(shared > 0);
}

TEST_CASE("exec by WebSocket has the verb get and is an exec all the same", "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse(recorded("exec.log", {"ex-ws/exec", "ResponseComplete"}));
  CHECK(record.kube.verb == "get");
  CHECK(record.field("event.action") == "get pods/exec");
  CHECK(record.field("process.command_line") == "psql -c select 'å' || \"x\" -- 100%");
  CHECK(record.field("container.name") == "app");
  CHECK(record.field("event.outcome") == "success");
  CHECK(record.field("http.response.status_code") == "101");
}

TEST_CASE("odd encodings of an exec query are read as the server reads them", "[kube]") {
  Lab lab;
  const std::string line = recorded("exec.log", {"ex-pct/exec"});
  CHECK(lab.parse(line).field("process.args") == R"(["a b","c d","+","",""])");
  lab.parse(replaced(line, "command=a%20b",
                     "command=a;b\\u0026command=%zz\\u0026Command=no\\u0026command=ok"));
  CHECK(lab.records[0].field("process.args") == R"(["ok","c d","+","",""])");
}

TEST_CASE("an interactive exec tells its tty and stdin", "[kube]") {
  Lab lab;
  const event::Record& record =
      lab.parse(recorded("exec.log", {"ex-denied/exec", "ResponseComplete"}));
  CHECK(record.field("exec.stdin") == "true");
  CHECK(record.field("exec.tty") == "true");
  CHECK(record.field("exec.stderr").empty());
  CHECK(record.field("event.outcome") == "failure");
}

TEST_CASE("the port of a port-forward is told where an old client put it", "[kube]") {
  Lab lab;
  const std::string line = recorded("exec.log", {"pf-spdy/portforward", "ResponseStarted"});
  CHECK(lab.parse(line).field("exec.ports").empty());
  lab.parse(replaced(line, "/portforward\"", "/portforward?ports=8080,22\\u0026ports=x\""));
  CHECK(lab.records[0].field("exec.ports") == "[8080,22]");
}

TEST_CASE("a command through a node's proxy is a command, a service's query is not", "[kube]") {
  Lab lab;
  std::string line = event_with("");
  line = replaced(line, "/api/v1/namespaces/prod/pods/p",
                  "/api/v1/nodes/n1/proxy/run/prod/p/app?cmd=id+-u");
  line = replaced(line, R"("resource":"pods","namespace":"prod","name":"p",)",
                  R"("resource":"nodes","name":"n1","subresource":"proxy",)");
  CHECK(lab.parse(line).field("process.args") == R"(["id -u"])");
  CHECK(lab.records[0].field("exec.proxy_path") == "/run/prod/p/app");
  lab.parse(replaced(line, "\"resource\":\"nodes\"", "\"resource\":\"services\""));
  CHECK(lab.records[0].field("process.args").empty());
  CHECK(lab.records[0].field("exec.proxy_path") == "/run/prod/p/app");
}

TEST_CASE("a 401 has only ResponseStarted and an empty user: nobody, and a failure", "[kube]") {
  Lab lab;
  const event::Record& record =
      lab.parse(recorded("failures.log", {"\"user\":{}", "\"code\":401"}));
  CHECK(record.kube.stage == "ResponseStarted");
  CHECK_FALSE(record.kube.has_user);
  CHECK(record.field("event.outcome") == "failure");
  CHECK(record.field("user.kind").empty());
  CHECK(record.field("user.name").empty());
  CHECK_FALSE(record.field("error.message").empty());
}

TEST_CASE("a RequestReceived that stays alone is a record with outcome unknown", "[kube]") {
  Lab lab;
  const event::Record& record =
      lab.parse(recorded("metadata-day.log", {"\"stage\":\"RequestReceived\""}));
  CHECK(record.field("event.outcome") == "unknown");
  CHECK(record.field("event.duration").empty());
  CHECK(record.kube.code == 0);
}

TEST_CASE("allow with 403 is a refusal by admission: a failure", "[kube]") {
  Lab lab;
  const event::Record& record =
      lab.parse(recorded("admission.log", {"\"code\":403", "decision\":\"allow\""}));
  CHECK(record.kube.decision == "allow");
  CHECK(record.field("event.outcome") == "failure");
  CHECK_FALSE(record.field("error.message").empty());
}

TEST_CASE("a panic is a failure and keeps its message", "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse(recorded("failures.log", {"\"stage\":\"Panic\""}));
  CHECK(record.field("event.outcome") == "failure");
  CHECK(record.field("error.message").find("panic") != std::string_view::npos);
}

TEST_CASE("impersonation: user is who really acted, effective is whose rights were used",
          "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse(
      recorded("impersonation.log",
               {"\"impersonatedUser\":{\"username\":\"bob@example.com\"", "ResponseComplete"}));
  CHECK(record.field("user.name") == "support.agent@example.com");
  CHECK(record.field("user.effective.name") == "bob@example.com");
  CHECK(record.kube.user == "support.agent@example.com");
  CHECK(record.field("related.user") == R"(["support.agent@example.com","bob@example.com"])");
}

TEST_CASE("a refused impersonation has no decision and no impersonated user, only a message",
          "[kube]") {
  Lab lab;
  const event::Record& record =
      lab.parse(recorded("impersonation.log", {"\"code\":403", "cannot impersonate"}));
  CHECK(record.kube.decision.empty());
  CHECK(record.kube.impersonated_user.empty());
  CHECK(record.field("event.outcome") == "failure");
  CHECK(record.field("error.message").find("impersonate") != std::string_view::npos);
}

TEST_CASE("a spoofed X-Forwarded-For never becomes source.ip", "[kube]") {
  Lab lab;
  const std::string line =
      replaced(event_with(""), R"(["10.0.0.1"])", R"(["8.8.8.8","1.1.1.1","10.0.0.1"])");
  const event::Record& record = lab.parse(line);
  CHECK(record.field("source.ip") == "10.0.0.1");
  CHECK(record.field("related.ip") == R"(["8.8.8.8","1.1.1.1","10.0.0.1"])");
  CHECK(record.kube.source_ip == "10.0.0.1");
}

TEST_CASE("source.ip steps left over trusted proxies only", "[kube]") {
  parsers::kube_audit::KubeAuditOptions options;
  options.trusted_proxies = {"10.0.0.0/24", "fd00::/8"};
  Lab lab(options);
  const std::string line = event_with("");
  const auto peer = [&](std::string_view list) {
    return view(lab.parse(replaced(line, R"(["10.0.0.1"])", list)).field("source.ip"));
  };
  CHECK(peer(R"(["8.8.8.8","1.1.1.1","10.0.0.1"])") == "1.1.1.1");
  CHECK(peer(R"(["8.8.8.8","10.0.0.9","fd00::1"])") == "8.8.8.8");
  CHECK(peer(R"(["8.8.8.8","10.0.1.1"])") == "10.0.1.1");
  CHECK(peer(R"(["10.0.0.3","10.0.0.1"])") == "10.0.0.3");
  CHECK(peer(R"([])") == "");
}

TEST_CASE("200 source addresses and entries that are no address do not spoil the document",
          "[kube]") {
  Lab lab;
  const std::string many =
      R"([)" + repeat(R"("8.8.8.8",)", 200) + R"("not an address","10.0.0.1"])";
  const event::Record& record = lab.parse(replaced(event_with(""), R"(["10.0.0.1"])", many));
  CHECK(record.field("source.ip") == "10.0.0.1");
  CHECK(record.field("related.ip") == many);
  lab.parse(replaced(event_with(""), R"(["10.0.0.1"])", R"(["fe80::1%eth0"])"));
  CHECK(lab.records[0].field("source.ip").empty());
  CHECK(lab.records[0].field("source.address") == "fe80::1%eth0");
}

TEST_CASE("a body nested 9,900 deep does not overflow a stack", "[kube]") {
  Lab lab;
  const std::string deep = repeat("[", 9'900) + repeat("]", 9'900);
  const std::string objects = repeat(R"({"a":)", 5'000) + "1" + repeat("}", 5'000);
  const event::Record& record =
      lab.parse(event_with(R"("requestObject":)" + deep + R"(,"responseObject":)" + objects + ","));
  CHECK(record.kind == event::RecordKind::event);
  CHECK(record.request.raw == deep);
  CHECK(record.response.raw == objects);
}

TEST_CASE("nesting without end becomes an unparsed record", "[kube]") {
  Lab lab;
  const std::string deep = repeat("[", 2'000'000);
  CHECK(lab.parse(event_with(R"("requestObject":)" + deep + ",")).kind ==
        event::RecordKind::unparsed);
  CHECK(lab.parse(deep).kind == event::RecordKind::unparsed);
}

TEST_CASE(
    "duplicate keys, odd numbers, lone surrogates and odd keys inside a body pass as they are",
    "[kube]") {
  Lab lab;
  const std::string body =
      R"({"a":1,"a":2,"b":1e999999,"c":12345678901234567890123456789012345678901234567890,"d":-0,)"
      R"("e":"\ud800","f":"\u0000",".":1,"..x":2,"x.":3,"a.b":4,"":5})";
  const event::Record& record = lab.parse(event_with("\"requestObject\":" + body + ","));
  CHECK(record.request.raw == body);
  CHECK_FALSE(record.request.cut);
}

TEST_CASE("bodies may be arrays, strings, numbers and null", "[kube]") {
  Lab lab;
  for (const std::string body :
       {R"([{"op":"remove","path":"/a"}])", R"("text")", "12", "null", "true", "{}"}) {
    const event::Record& record =
        lab.parse(event_with("\"requestObject\":" + body + ",\"responseObject\":" + body + ","));
    CHECK(record.kind == event::RecordKind::event);
    CHECK(record.request.raw == body);
    CHECK(record.response.raw == body);
    CHECK(record.json.find("requestObject") == std::string::npos);
  }
}

TEST_CASE("bytes that are not UTF-8 inside a patch are repaired", "[kube]") {
  Lab lab;
  const std::string line = event_with("\"requestObject\":{\"a\":\"x\xFF\xC3y\"},");
  const event::Record& record = lab.parse(line);
  CHECK(record.kind == event::RecordKind::event);
  CHECK(has_tag(record, "utf8-repaired"));
  CHECK(record.request.raw == "{\"a\":\"x\xEF\xBF\xBD\xEF\xBF\xBDy\"}");
  CHECK(record.raw == line);
}

TEST_CASE("a key of 40 kB and 3,000 distinct keys in a body do not reach the mapping", "[kube]") {
  Lab lab;
  std::string body = "{\"" + std::string(40'000, 'k') + "\":1";
  for (int i = 0; i < 3000; ++i) {
    body += ",\"key" + std::to_string(i) + "\":" + std::to_string(i);
  }
  body += "}";
  CHECK(lab.parse(event_with("\"responseObject\":" + body + ",")).response.raw == body);
}

TEST_CASE("lines of tens of MB give a small document", "[kube]") {
  Lab lab;
  const std::string body = R"({"kind":"PodList","items":[)" +
                           repeat(R"({"metadata":{"name":"a-pod"}},)", 1'000'000) + "{}]}";
  const event::Record& record = lab.parse(event_with("\"responseObject\":" + body + ","));
  CHECK(record.response.cut);
  CHECK(record.response.original_length == body.size());
  CHECK(record.response.raw.size() <= 256 * 1024);
  CHECK(has_tag(record, "body-cut"));
  simdjson::dom::parser parser;
  CHECK(parser.parse(view(record.response.raw)).error() == simdjson::SUCCESS);
}

TEST_CASE("webhook-chosen annotation keys that collide are folded into one text", "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse(replaced(
      event_with(""), R"("annotations":{)",
      R"("annotations":{"a.example.com/x":"1","a.example.com/x.y":"2","a.example.com/x":"3",)"));
  CHECK(Lab::text(record, {"annotations_other"}) ==
        R"({"a.example.com/x":"1","a.example.com/x.y":"2","a.example.com/x":"3"})");
  CHECK(Lab::text(record, {"annotations", "authorization.k8s.io/decision"}) == "allow");
  CHECK(record.kube.annotations.size() == 4);
  const event::Record& seen =
      lab.parse(recorded("admission.log", {"mutate.images.example.com/sidecar"}));
  CHECK(Lab::text(seen, {"annotations_other"}).find("mutate.images.example.com/sidecar") !=
        std::string::npos);
  CHECK_FALSE(Lab::text(seen, {"annotations", "mutation.webhook.admission.k8s.io/round_0_index_0"})
                  .empty());
}

TEST_CASE("annotations that only look like Kubernetes' own are folded", "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse(replaced(
      event_with(""), R"("annotations":{)",
      R"("annotations":{"mutation.webhook.admission.k8s.io/round_0_index_0.x":"1","apiserver.latency.k8s.io/a.b":"2","k8s.io/deprecated":"true",)"));
  CHECK(Lab::text(record, {"annotations", "k8s.io/deprecated"}) == "true");
  CHECK(Lab::text(record, {"annotations_other"}).find("index_0.x") != std::string::npos);
  CHECK(Lab::text(record, {"annotations_other"}).find("a.b") != std::string::npos);
}

TEST_CASE("user.extra is JSON text, unless its keys stand in fields of their own", "[kube]") {
  Lab lab;
  struct Case {
    std::string extra;
    bool stands;
  };
  const std::string key = R"("authentication.kubernetes.io/)";
  for (const Case& each : {
           Case{"{" + key + R"(pod-name":["p"],)" + key + R"(credential-id":["JTI=a\"b"]})", true},
           Case{"{}", true},
           Case{"{" + key + R"(pod-name":["p"],"scopes":["x"]})", false},
           Case{"{" + key + R"(pod-name":["p","q"]})", false},
           Case{"{" + key + R"(pod-name":["p"],)" + key + R"(pod-name":["q"]})", false},
           Case{"{" + key + R"(pod-name":[ "p" ]})", false},
           Case{"{" + key + R"(pod-name":[""]})", false},
           Case{"{" + key + R"(pod-name":[]})", false},
           Case{"{" + key + R"(pod-name":"p"})", false},
           Case{"{" + key + R"(pod-colour":["p"]})", false},
           Case{"{" + key + R"(pod-name":[")" + repeat("p", 40'000) + R"("]})", false},
       }) {
    INFO(each.extra.substr(0, 100));
    const event::Record& record = lab.parse(
        replaced(event_with(""), R"("username":)", R"("extra":)" + each.extra + R"(,"username":)"));
    const auto restated =
        std::find_if(record.fields.begin(), record.fields.end(),
                     [](const event::Field& field) { return field.name == "user.extra_text"; });
    CHECK((restated != record.fields.end()) == each.stands);
    CHECK((record.json.find("extra_text") == std::string::npos) == each.stands);
    if (each.stands) {
      CHECK(restated->role == event::FieldRole::restated);
      CHECK(restated->value == each.extra);
    }
  }
  const event::Record& record =
      lab.parse(recorded("impersonation.log", {"authentication.kubernetes.io/credential-id"}));
  CHECK_FALSE(record.field("user.credential.id").empty());
}

TEST_CASE("names of ECS that repeat the event's own tree are aliases, lists are copied", "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse(
      recorded("impersonation.log",
               {"\"impersonatedUser\":{\"username\":\"bob@example.com\"", "ResponseComplete"}));
  const auto role = [&record](std::string_view name) {
    for (const event::Field& field : record.fields) {
      if (field.name == name) {
        return field.role;
      }
    }
    FAIL("no field " << name);
    return event::FieldRole::stored;
  };
  for (const char* name :
       {"event.id", "event.start", "user.name", "user.effective.name", "user.group.name",
        "source.address", "user_agent.original", "url.original", "http.response.status_code",
        "orchestrator.resource.type", "orchestrator.api_version"}) {
    CHECK(role(name) == event::FieldRole::alias);
  }
  CHECK(role("related.user") == event::FieldRole::copied);
  CHECK(role("related.ip") == event::FieldRole::copied);
  CHECK(role("event.action") == event::FieldRole::stored);
  CHECK(role("source.ip") == event::FieldRole::stored);
}

TEST_CASE("a peer that is no address is a name for rules only", "[kube]") {
  Lab lab;
  const event::Record& record =
      lab.parse(replaced(event_with(""), R"(["10.0.0.1"])", R"(["fe80::1%eth0"])"));
  const auto address =
      std::find_if(record.fields.begin(), record.fields.end(),
                   [](const event::Field& field) { return field.name == "source.address"; });
  REQUIRE(address != record.fields.end());
  CHECK(address->value == "fe80::1%eth0");
  CHECK(address->role == event::FieldRole::unwritten);
}

TEST_CASE("a ServiceAccount is split, and the pod and node of its token are told", "[kube]") {
  Lab lab;
  std::string line;
  for (const std::string file :
       {"metadata-day.log", "mixed-day-2.log", "kubespray-like.log", "failures.log", "exec.log"}) {
    for (const std::string& each : read_lines(file)) {
      if (line.empty() && each.find("authentication.kubernetes.io/pod-name") != std::string::npos) {
        line = each;
      }
    }
  }
  REQUIRE_FALSE(line.empty());
  const event::Record& record = lab.parse(line);
  CHECK(record.field("user.kind") == "serviceaccount");
  CHECK_FALSE(record.field("user.serviceaccount.namespace").empty());
  CHECK_FALSE(record.field("user.serviceaccount.name").empty());
  CHECK_FALSE(record.field("user.pod.name").empty());
  CHECK_FALSE(record.field("user.pod.uid").empty());
  CHECK(record.field("user.node.name") == "worker-1");
  CHECK(record.field("user.credential.id").substr(0, 4) == "JTI=");
}
