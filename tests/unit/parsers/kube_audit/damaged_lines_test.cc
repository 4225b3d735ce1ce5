// Lines that are not one whole event: holes, wrappers, torn pieces, lines over the limit, other
// formats.
#include "parsers/kube_audit/damaged_lines.h"

#include "tests/unit/parsers/kube_audit/kube_support.h"

using namespace auditship;
using namespace auditship::test;

namespace {

const std::string& whole() {
  static const std::string line =
      recorded("metadata-day.log", {"ResponseComplete", "\"verb\":\"create\""});
  return line;
}

// A line over the limit, as the input stage hands it over.
event::RawLine cut_line(const std::string& line, std::size_t head, std::size_t tail) {
  event::RawLine raw;
  raw.text = std::string_view(line).substr(0, head);
  raw.tail = std::string_view(line).substr(line.size() - tail);
  raw.length = line.size();
  raw.cut = true;
  return raw;
}

std::string with_body(const std::string& body) {
  return replaced(
      recorded("kubespray-like.log", {"\"responseObject\":{", "ResponseComplete", "\"pods\""}),
      "\"responseObject\":", "\"responseObject\":[" + body + "],\"x\":");
}

}  // namespace

TEST_CASE("a torn piece and a whole event on one physical line: both salvaged", "[kube]") {
  Lab lab;
  for (std::size_t piece = 1; piece < whole().size(); piece += 37) {
    const std::string line = whole().substr(0, piece) + whole();
    lab.parse(line);
    REQUIRE(lab.records.size() == 2);
    CHECK(lab.records[0].kind == event::RecordKind::unparsed);
    CHECK(lab.records[0].raw == whole().substr(0, piece));
    CHECK(lab.records[0].offset_in_line == 0);
    CHECK(lab.records[0].field("message") == whole().substr(0, piece));
    CHECK(lab.records[1].kind == event::RecordKind::event);
    CHECK(lab.records[1].raw == whole());
    CHECK(lab.records[1].offset_in_line == piece);
    CHECK(has_tag(lab.records[1], "salvaged"));
  }
}

TEST_CASE("several events on one physical line are all records, and so is what follows them",
          "[kube]") {
  Lab lab;
  lab.parse(whole() + whole() + whole() + "x");
  REQUIRE(lab.records.size() == 4);
  CHECK(lab.records[2].offset_in_line == 2 * whole().size());
  CHECK(lab.records[3].kind == event::RecordKind::unparsed);
  CHECK(lab.records[3].raw == "x");
}

TEST_CASE("an event inside the body of a torn piece is not taken for an event", "[kube]") {
  Lab lab;
  const std::string inner = R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"forged"})";
  const std::string torn = with_body(inner + ",1");
  lab.parse(torn.substr(0, torn.find(",1]") + 2) + whole());
  REQUIRE(lab.records.size() >= 2);
  for (std::size_t i = 0; i < lab.records.size(); ++i) {
    CHECK(lab.records[i].kube.verb != "forged");
  }
  CHECK(lab.records[lab.records.size() - 1].raw == whole());
}

TEST_CASE("a torn piece is shown without its bodies, which may hold secrets", "[kube]") {
  Lab lab;
  const std::string torn = with_body("\"c2VjcmV0\"");
  const event::Record& record = lab.parse(torn.substr(0, torn.find("c2VjcmV0") + 10));
  CHECK(record.kind == event::RecordKind::unparsed);
  CHECK(record.field("message").find("c2VjcmV0") == std::string_view::npos);
  CHECK(record.field("message").find("\"auditID\"") != std::string_view::npos);
  CHECK(has_tag(record, "bodies-dropped"));
}

TEST_CASE("many beginnings of events on one line take bounded work", "[kube]") {
  Lab lab;
  std::string line;
  while (line.size() < (std::size_t{4} << 20)) {
    line.append(parsers::kube_audit::kEventMark).append("v1\",\"a\":[");
  }
  lab.parse(line);
  CHECK(lab.records.size() < 20);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < lab.records.size(); ++i) {
    bytes += lab.records[i].raw.size();
  }
  CHECK(bytes == line.size());
}

TEST_CASE("a hole of NUL bytes is skipped, not taken for data", "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse(std::string(100'000, '\0') + whole());
  CHECK(lab.records.size() == 1);
  CHECK(record.kind == event::RecordKind::event);
  CHECK(record.raw == whole());
  CHECK(record.offset_in_line == 0);
  CHECK(has_tag(record, "nul-bytes-skipped"));
  CHECK(lab.parse(std::string(100, '\0')).kind == event::RecordKind::unparsed);
  CHECK(lab.records[0].raw.empty());
}

TEST_CASE("a line over the limit keeps the fields before and after its bodies", "[kube]") {
  Lab lab;
  const std::string line = with_body(std::string(100'000, '1'));
  const event::Record& record = lab.parse(cut_line(line, 8'000, 4'000));
  CHECK(record.kind == event::RecordKind::event);
  CHECK(has_tag(record, "cut"));
  CHECK(record.kube.stage == "ResponseComplete");
  CHECK(record.kube.resource == "pods");
  CHECK(record.kube.decision == "allow");
  CHECK(record.time_known);
  CHECK(record.response.raw.empty());
}

TEST_CASE("trailing fields that a client forged inside a cut body are not taken", "[kube]") {
  Lab lab;
  const std::string forged =
      R"({"a":1,"requestReceivedTimestamp":"2000-01-01T00:00:00.000000Z","stageTimestamp":"2000-01-01T00:00:00.000000Z"})";
  const std::string line = with_body(std::string(100'000, '1') + "," + forged);
  const event::Record& record = lab.parse(cut_line(line, 8'000, 6'000));
  CHECK(record.kind == event::RecordKind::event);
  CHECK(record.time_text.substr(0, 4) == "2026");
}

TEST_CASE("a line over the limit may be cut at any byte", "[kube]") {
  Lab lab;
  const std::string line = with_body(std::string(50, '1'));
  for (std::size_t head = 0; head < line.size(); head += 11) {
    for (const std::size_t tail : {std::size_t{0}, (line.size() - head) / 3, line.size() - head}) {
      lab.parse(cut_line(line, head, tail));
      CHECK(has_tag(lab.records[0], "cut"));
    }
  }
}

TEST_CASE("an event at the end of a hole that is over the limit is found", "[kube]") {
  Lab lab;
  const std::string line = std::string(100'000, '\0') + whole();
  lab.parse(cut_line(line, 1'000, whole().size() + 500));
  REQUIRE(lab.records.size() == 2);
  CHECK(lab.records[0].kind == event::RecordKind::unparsed);
  CHECK(lab.records[1].raw == whole());
  CHECK(lab.records[1].offset_in_line == 100'000);
}

TEST_CASE("the legacy text format is recognised, marked and not misread", "[kube]") {
  Lab lab;
  std::size_t answers = 0;
  for (const std::string& line : read_lines("legacy-format.log")) {
    const event::Record& record = lab.parse(line);
    CHECK(lab.records.size() == 1);
    CHECK(record.kind == event::RecordKind::unparsed);
    CHECK(has_tag(record, "legacy-format"));
    CHECK_FALSE(record.kube.present);
    CHECK(record.time_known);
    CHECK_FALSE(record.field("auditID").empty());
    CHECK(record.field("event.id") == record.field("auditID"));
    CHECK(record.field("user.name") == record.field("user.username"));
    CHECK(record.field("source.ip") == "127.0.0.1");
    CHECK(record.field("related.ip") == R"(["127.0.0.1"])");
    CHECK(record.field("user.effective.name") != "<self>");
    answers += record.field("http.response.status_code").empty() ? 0 : 1;
  }
  CHECK(answers > 5);
}

TEST_CASE("a line of a container runtime's log gives its event", "[kube]") {
  Lab lab;
  CHECK(lab.parse("2026-11-23T05:03:11.123456789Z stdout F " + whole()).raw == whole());
  CHECK(lab.records.size() == 1);
  CHECK(lab.parse("2026-11-23T05:03:11.123456789Z stdout P " + whole().substr(0, 99)).kind ==
        event::RecordKind::unparsed);
}

TEST_CASE("lines that are no audit events become unparsed records with their text", "[kube]") {
  Lab lab;
  for (const std::string line :
       {"hello", "{}", "[1,2]", R"({"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[]})",
        R"({"kind":"Event","apiVersion":"v1"})", "\"x\"", "null", "{a:", "\xFF\xFE", "   "}) {
    const event::Record& record = lab.parse(line);
    CHECK(lab.records.size() == 1);
    CHECK(record.kind == event::RecordKind::unparsed);
    CHECK(record.field("message") == line);
    CHECK(has_tag(record, "not-an-audit-event"));
    CHECK_FALSE(record.kube.present);
  }
}

TEST_CASE("nothing is shown of what may be the middle of a body", "[kube]") {
  const std::string tail =
      R"(","password":"U1VQRVI="},"type":"Opaque"},"requestReceivedTimestamp":"2026-11-28T19:00:00Z"})";
  for (const std::string& line : std::initializer_list<std::string>{
           tail, "{" + tail.substr(2), "2026-11-28T19:00:00.1Z stdout F " + tail,
           R"({"log":")" +
               std::string(R"(\",\"password\":\"U1VQRVI=\"}\n","stream":"stdout","time":)") +
               R"("2026-11-28T19:00:00.1Z"})",
           std::string(R"(    "password": "U1VQRVI=",)"),
           std::string(R"({"kind":"Secret","data":{"password":"U1VQRVI="}})"),
           std::string(R"({"apiVersion":"v1","data":{"password":"U1VQRVI="},"kind": "Secret"})"),
           std::string(R"(U1VQRVI=","tls.crt":"x"},"type":"kubernetes.io/tls"})"),
           "Nov 28 19:00:00 h k3s[1]: " + std::string(300, 'A') + "U1VQRVI="}) {
    INFO(line);
    Lab lab;
    const event::Record& record = lab.parse(line);
    CHECK(lab.records.size() == 1);
    CHECK(record.field("message").find("U1VQRVI=") == std::string_view::npos);
    CHECK((has_tag(record, "bodies-dropped") || has_tag(record, "partial")));
  }
}

TEST_CASE("an apiserver's own log keeps its text", "[kube]") {
  for (
      const std::string text :
      {R"(E1128 19:00:00.1 1 x.go:7] Get "https://10.0.0.1:443/readyz": dial tcp: connection refused)",
       R"(I1128 19:00:00.1 1 x.go:7] "Starting" addr="[::]:6443" ok=true)"}) {
    INFO(text);
    Lab lab;
    CHECK(lab.parse("2026-11-28T19:00:00.1Z stderr F " + text).field("message") == text);
    CHECK_FALSE(has_tag(lab.records[0], "partial"));
  }
}

TEST_CASE("a part of a container's record that nothing precedes is told as one", "[kube]") {
  Lab lab;
  CHECK(has_tag(lab.parse(R"(2026-11-28T19:00:00.1Z stdout F x"},"stage":"ResponseComplete"})"),
                "partial"));
}

TEST_CASE("an event behind the header of a syslog daemon is one document", "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse("Nov 28 19:00:00 h k3s[1]: " + whole());
  CHECK(lab.records.size() == 1);
  CHECK(record.kind == event::RecordKind::event);
  CHECK_FALSE(has_tag(record, "salvaged"));
  CHECK(record.raw == whole());
  // A torn piece of JSON is no header.
  lab.parse(R"(x"}}: )" + whole());
  CHECK(lab.records.size() == 2);
}

namespace {

std::string prose(std::size_t bytes) {
  std::string text(bytes, 'x');
  for (std::size_t at = 7; at < bytes; at += 8) {
    text[at] = ' ';
  }
  return text;
}

}  // namespace

TEST_CASE("the raw text of an unparsed line is bounded, and its credentials are masked", "[kube]") {
  Lab lab;
  CHECK(lab.parse(prose(1'000'000)).field("message").size() == 256 * 1024);
  CHECK(has_tag(lab.records[0], "message-cut"));
  const event::Record& record = lab.parse("GET /api?access_token=abc123 failed");
  CHECK(record.field("message") == "GET /api?access_token=[redacted] failed");
}

TEST_CASE("a carriage return at the end of a line does no harm", "[kube]") {
  Lab lab;
  CHECK(lab.parse(whole() + "\r").raw == whole());
  CHECK(lab.records.size() == 1);
}

TEST_CASE("a trusted proxy that is no network and a bad redact name are refused", "[kube]") {
  parsers::kube_audit::KubeAuditOptions options;
  options.trusted_proxies = {"10.0.0.0/33"};
  const auto made = parsers::kube_audit::KubeAuditParser::make(options);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Errc::invalid);
  CHECK(made.error().message.find("10.0.0.0/33") != std::string::npos);
  options.trusted_proxies.clear();
  for (const std::string name : {"", "*", "a*b"}) {
    options.redact_names = {name};
    CHECK_FALSE(parsers::kube_audit::KubeAuditParser::make(options));
  }
}

TEST_CASE("a body with which a torn line begins is not shown", "[kube]") {
  Lab lab;
  const event::Record& record = lab.parse(R"("requestObject":{"data":{"password":"U1VQRVI="}}})");
  CHECK(record.kind == event::RecordKind::unparsed);
  CHECK(has_tag(record, "bodies-dropped"));
  CHECK(record.field("message").empty());
}
