// Events inside other JSON: lists, what collectors and clouds wrap around them, container logs.
#include "parsers/kube_audit/scan/wrapped_events.h"

#include "tests/unit/parsers/kube_audit/kube_support.h"

namespace auditship {
namespace {

using test::has_tag;
using test::Lab;

std::string members(const std::string& id) {
  return R"("level":"Metadata","auditID":")" + id +
         R"(","stage":"ResponseComplete","requestURI":"/api","verb":"get","user":{"username":"ann"},)"
         R"("responseStatus":{"metadata":{},"code":200},"stageTimestamp":"2026-11-28T19:00:00.000002Z"})";
}
std::string item(const std::string& id) { return "{" + members(id); }
std::string whole(const std::string& id) {
  return R"({"kind":"Event","apiVersion":"audit.k8s.io/v1",)" + members(id);
}
std::string quoted(const std::string& text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

void check_ids(Lab& lab, const std::vector<std::string>& ids) {
  REQUIRE(lab.records.size() == ids.size());
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const event::Record& record = lab.records[i];
    CHECK(record.kind == event::RecordKind::event);
    CHECK(record.field("event.id") == ids[i]);
    CHECK(record.json.find(R"("kind":"Event")") != std::string::npos);
    CHECK_FALSE(has_tag(record, "salvaged"));
    CHECK((i == 0 ? record.offset_in_line == 0 : record.offset_in_line > last));
    last = record.offset_in_line;
  }
}

}  // namespace

TEST_CASE("a list of events is opened, with or without their kind", "[kube]") {
  Lab lab;
  lab.parse(R"({"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[)" +
            item("a") + "," + item("b") + "," + whole("c") + "]}");
  check_ids(lab, {"a", "b", "c"});
  lab.parse(R"({"items":[)" + item("a") +
            R"(],"apiVersion":"audit.k8s.io/v1beta1","kind":"EventList"})");
  check_ids(lab, {"a"});
  CHECK(lab.records[0].json.find("audit.k8s.io/v1beta1") != std::string::npos);
  lab.parse("[" + whole("a") + ", " + whole("b") + "]");
  check_ids(lab, {"a", "b"});
}

TEST_CASE("what collectors and clouds wrap around an event is taken off", "[kube]") {
  Lab lab;
  for (
      const std::string& line :
      {R"({"category":"kube-audit","properties":{"log":)" + whole("a") + R"(,"stream":"stdout"}})",
       R"({"category":"kube-audit","properties":{"log":)" + quoted(whole("a") + "\n") + "}}",
       R"({"message":)" + quoted(R"({"log":)" + quoted(whole("a")) + "}") + "}",
       R"({"records":[{"time":"x","properties":{"log":)" + quoted(whole("a")) + "}}]}",
       R"({"resourceLogs":[{"resource":{"attributes":[]},"scopeLogs":[{"scope":{},"logRecords":[{"body":{"stringValue":)" +
           quoted(whole("a")) + "}}]}]}]}",
       "\xEF\xBB\xBF" + whole("a"), "\xEF\xBB\xBF[" + whole("a") + "]\r"}) {
    INFO(line);
    lab.parse(line);
    check_ids(lab, {"a"});
  }
  lab.parse(R"({"log":)" + quoted("[" + whole("a") + "," + whole("b") + "]") + "}");
  check_ids(lab, {"a", "b"});
}

TEST_CASE("container logs give their events, whatever is inside", "[kube]") {
  Lab lab;
  const std::string docker = R"(,"stream":"stdout","time":"2026-11-28T19:00:00.1Z"})";
  lab.parse(R"({"log":)" + quoted(whole("a") + "\n") + docker);
  check_ids(lab, {"a"});
  lab.parse("2026-11-28T19:00:00.1Z stdout F " + whole("a"));
  check_ids(lab, {"a"});
  lab.parse("2026-11-28T19:00:00.1Z stdout F [" + whole("a") + "," + whole("b") + "]");
  check_ids(lab, {"a", "b"});
  CHECK(lab.parse("2026-11-28T19:00:00.1Z stderr F I1128 some text").field("message") ==
        "I1128 some text");
}

TEST_CASE("a line of other JSON is one record, and events that a client wrote are none", "[kube]") {
  Lab lab;
  const std::string forged = whole("forged");
  for (const std::string& line : std::vector<std::string>{
           R"({"category":"kube-audit","properties":{"log":{"kind":"Event","apiVersion":"v1"}}})",
           R"([{"kind":"Event","apiVersion":"v1"},{"kind":"Pod"},3])",
           R"({"auditID":"x","requestObject":)" + forged + "}",
           R"({"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[]})",
           R"({"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[7]})",
           R"({"requestURI":"/x","a":)" + quoted(forged) + "}",
           R"({"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":)" + forged + "}}}}}}}}}"}) {
    INFO(line);
    const event::Record& record = lab.parse(line);
    CHECK(lab.records.size() == 1);
    CHECK(record.kind == event::RecordKind::unparsed);
    CHECK(has_tag(record, "not-an-audit-event"));
  }
}

// GKE's logs of requests, and collectors that add what the owner of a pod wrote.
TEST_CASE("what clients write into other logs is no event of the audit log", "[kube]") {
  Lab lab;
  const std::string forged = whole("forged");
  for (const std::string& line : std::vector<std::string>{
           R"({"protoPayload":{"authenticationInfo":{"principalEmail":"eve"},"request":{"spec":)" +
               forged + "}}}",
           R"({"protoPayload":{"x":)" + quoted(forged) + "}}",
           R"({"eventName":"Put","requestParameters":{"policy":)" + quoted(forged) + "}}",
           R"({"x":{"kind":"ConfigMap","apiVersion":"v1","data":{"x":)" + quoted(forged) + "}}}",
           R"({"log":"text","kubernetes":{"annotations":{"x":)" + quoted(forged) + "}}}"}) {
    INFO(line);
    const event::Record& record = lab.parse(line);
    CHECK(lab.records.size() == 1);
    CHECK(record.kind == event::RecordKind::unparsed);
  }
  lab.parse(R"({"log":)" + quoted(whole("a")) + R"(,"kubernetes":{"labels":{"x":)" +
            quoted(forged) + "}}}");
  check_ids(lab, {"a"});
  lab.parse(R"({"jsonPayload":)" + whole("a") + R"(,"labels":{"x":)" + quoted(forged) + "}}");
  check_ids(lab, {"a"});
}

TEST_CASE("an event that a collector wrote twice into one line counts once", "[kube]") {
  Lab lab;
  lab.parse(R"({"message":)" + quoted(whole("a")) + R"(,"event":{"original":)" +
            quoted(whole("a")) + "}}");
  check_ids(lab, {"a"});
  lab.parse(R"({"message":)" + quoted(whole("a")) + R"(,"structured":)" + whole("a") + "}");
  check_ids(lab, {"a"});
  std::string other = whole("a");
  other.replace(other.find("/api"), 4, "\\u002fapi");
  lab.parse(R"({"log":)" + quoted(whole("a")) + R"(,"log_processed":)" + other + "}");
  check_ids(lab, {"a"});
  lab.parse(R"({"before":)" + whole("a") + R"(,"after":)" + whole("b") + "}");
  check_ids(lab, {"a", "b"});
  lab.parse("[" + whole("a") + "," + whole("a") + "]");
  check_ids(lab, {"a", "a"});
}

TEST_CASE("commas and brackets between the events of an array are no records", "[kube]") {
  Lab lab;
  for (const std::string& line :
       {whole("a") + ",", whole("a") + " , ", "," + whole("a"), "[" + whole("a") + ",",
        whole("a") + "]", " [ " + whole("a") + ","}) {
    INFO(line);
    lab.parse(line);
    REQUIRE(lab.records.size() == 1);
    CHECK(lab.records[0].field("event.id") == "a");
    CHECK_FALSE(has_tag(lab.records[0], "salvaged"));
  }
  lab.parse(whole("a") + "," + whole("b"));
  REQUIRE(lab.records.size() == 2);
  CHECK(lab.records[1].field("event.id") == "b");
  CHECK(lab.parse("[").kind == event::RecordKind::unparsed);
  CHECK(lab.parse("],").field("message") == "],");
}

TEST_CASE("an element of a list that is no event is not lost", "[kube]") {
  Lab lab;
  lab.parse("[" + whole("a") + R"(,{"other":1},)" + whole("b") + "]");
  REQUIRE(lab.records.size() == 3);
  CHECK(lab.records[1].kind == event::RecordKind::unparsed);
  CHECK(lab.records[1].field("message") == R"({"other":1})");
  lab.parse(R"({"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[)" + item("a") +
            R"(,null,{"kind":"Pod"}]})");
  REQUIRE(lab.records.size() == 3);
  CHECK(lab.records[2].field("message") == R"({"kind":"Pod"})");
}

TEST_CASE("secrets stay hidden in wrappers, whole, torn or in parts", "[kube]") {
  Lab lab;
  const std::string secret = "U1VQRVJTRUNSRVQ";
  const std::string event =
      R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"s","stage":"ResponseComplete",)"
      R"("requestURI":"/api/v1/namespaces/x/secrets","verb":"create","objectRef":{"resource":"secrets","apiVersion":"v1"},)"
      R"("requestObject":{"kind":"Secret","apiVersion":"v1","data":{"password":")" +
      secret + R"("}},"stageTimestamp":"2026-11-28T19:00:00.000002Z"})";
  const std::string docker = R"(,"stream":"stdout","time":"2026-11-28T19:00:00.1Z"})";
  const std::string azure =
      R"({"category":"kube-audit","properties":{"log":)" + quoted(event) + "}}";
  const auto check_hidden = [&](const std::string& line) {
    INFO(line);
    lab.parse(line);
    for (std::size_t i = 0; i < lab.records.size(); ++i) {
      CHECK(test::document_of(lab.records[i]).find(secret) == std::string::npos);
      CHECK(lab.records[i].request.raw.find(secret) == std::string_view::npos);
    }
  };
  check_hidden(R"({"log":)" + quoted(event + "\n") + docker);
  check_hidden(azure);
  check_hidden(R"({"x":)" + quoted(azure) + "}");
  for (std::size_t size = 0; size < azure.size(); size += 3) {
    check_hidden(azure.substr(0, size));
  }
  for (std::size_t size = 10; size + 5 < event.size(); size += 7) {
    Lab fresh;
    for (const std::string& line : {"2026-11-28T19:00:00.1Z stdout P " + event.substr(0, size),
                                    "2026-11-28T19:00:00.1Z stdout P " + event.substr(size, 5),
                                    "2026-11-28T19:00:00.1Z stdout F " + event.substr(size + 5)}) {
      const event::Record& record = fresh.parse(line);
      CHECK(has_tag(record, "partial"));
      CHECK(record.field("message").find(secret.substr(0, 6)) == std::string_view::npos);
    }
    CHECK(fresh.parse("2026-11-28T19:00:00.1Z stdout F " + event).kind == event::RecordKind::event);
  }
}

}  // namespace auditship
