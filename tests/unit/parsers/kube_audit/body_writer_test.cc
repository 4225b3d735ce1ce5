// Bodies: redaction by what the request was about, slimming, and cutting to a size.
#include "parsers/kube_audit/body_writer.h"

#include "parsers/kube_audit/redactor.h"
#include "tests/unit/parsers/kube_audit/kube_support.h"

using namespace auditship;
using namespace auditship::test;

namespace {

parsers::kube_audit::Redactor redactor(const std::vector<std::string>& names = {}) {
  auto made = parsers::kube_audit::Redactor::make(names, true);
  REQUIRE(made);
  return *made;
}

struct Written {
  std::string text;
  bool cut = false;
  std::uint64_t length = 0;
};

Written write(const std::string& raw,
              parsers::kube_audit::BodySubject subject = parsers::kube_audit::BodySubject::ordinary,
              std::size_t max_bytes = 256 * 1024) {
  const parsers::kube_audit::Redactor names = redactor();
  parsers::kube_audit::KubeBodyWriter writer(names, true, max_bytes);
  parsers::json::JsonScan scan(raw);
  parsers::json::JsonValue value;
  REQUIRE(scan.value(value));
  REQUIRE(scan.at_end());
  event::Record record;
  const event::Body body = writer.write(value, subject, record);
  simdjson::dom::parser parser;
  REQUIRE(parser.allocate(body.raw.size() + 1, 20'000) == simdjson::SUCCESS);
  INFO(raw.substr(0, 500) << "\n" << body.raw.substr(0, 500));
  REQUIRE(parser.parse(view(body.raw)).error() == simdjson::SUCCESS);
  return {view(body.raw), body.cut, body.original_length};
}

std::string argument(std::string_view text) {
  std::string out;
  bool next = false;
  redactor().append_argument(out, text, next);
  return out;
}

std::string uri(std::string_view text) {
  std::string out;
  redactor().append_uri(out, text);
  return out;
}

}  // namespace

TEST_CASE("data of a Secret and of a ConfigMap are masked, key names kept", "[kube][redact]") {
  const std::string secret =
      R"({"kind":"Secret","apiVersion":"v1","metadata":{"name":"s"},"data":{"user":"YQ==","pass":"Yg=="},"stringData":{"x":"y"},"immutable":true,"type":"Opaque"})";
  const std::string masked =
      R"({"kind":"Secret","apiVersion":"v1","metadata":{"name":"s"},"data":{"user":"[redacted]","pass":"[redacted]"},"stringData":{"x":"[redacted]"},"immutable":true,"type":"Opaque"})";
  CHECK(write(secret, parsers::kube_audit::BodySubject::confidential).text == masked);
  CHECK(write(secret).text == masked);
  CHECK(write(R"({"data":{"a":"b"},"kind":"ConfigMap"})").text ==
        R"({"data":{"a":"[redacted]"},"kind":"ConfigMap"})");
  CHECK(write(R"({"data":{"a":"b"},"kind":"Widget"})").text ==
        R"({"data":{"a":"b"},"kind":"Widget"})");
}

TEST_CASE("patches of a Secret are masked in every form", "[kube][redact]") {
  const auto masked = [](const std::string& raw) {
    return write(raw, parsers::kube_audit::BodySubject::confidential).text;
  };
  CHECK(masked(R"({"data":{"a":"x","gone":null}})") ==
        R"({"data":{"a":"[redacted]","gone":null}})");
  CHECK(
      masked(
          R"([{"op":"add","path":"/data/a","value":"x"},{"op":"test","path":"/data","value":{"b":["x",1]}}])") ==
      R"([{"op":"add","path":"/data/a","value":"[redacted]"},{"op":"test","path":"/data","value":{"b":["[redacted]","[redacted]"]}}])");
  CHECK(masked(R"({"d\u0061ta":{"a":"x"}})") == R"({"d\u0061ta":{"a":"[redacted]"}})");
  CHECK(masked(R"("data: {a: x}")") == R"("[redacted]")");
  CHECK(masked(R"({"items":[{"data":{"a":"x"}}]})") ==
        R"({"items":[{"data":{"a":"[redacted]"}}]})");
}

TEST_CASE("a whole event on a Secret shows no value of it", "[kube][redact]") {
  Lab lab;
  std::size_t seen = 0;
  for (const std::string& file :
       {std::string("failures-bodies.log"), std::string("kubespray-like.log"),
        std::string("rotated/kube-apiserver-audit.log"), std::string("impersonation.log")}) {
    for (const std::string& line : read_lines(file)) {
      const event::Record& record = lab.parse(line);
      if (record.kube.resource != "configmaps" && record.kube.resource != "secrets") {
        continue;
      }
      for (const std::string_view body : {record.request.raw, record.response.raw}) {
        simdjson::dom::parser parser;
        simdjson::dom::object data;
        if (!body.empty() && parser.parse(view(body))["data"].get(data) == simdjson::SUCCESS) {
          for (const auto member : data) {
            CHECK(std::string_view(member.value) == parsers::kube_audit::kRedacted);
            ++seen;
          }
        }
      }
    }
  }
  CHECK(seen >= 8);
}

TEST_CASE("tokens of TokenRequest and TokenReview are masked", "[kube][redact]") {
  CHECK(write(R"({"kind":"TokenReview","spec":{"token":"abc","audiences":["x"]}})").text ==
        R"({"kind":"TokenReview","spec":{"token":"[redacted]","audiences":["x"]}})");
  CHECK(
      write(R"({"kind":"TokenRequest","status":{"token":"abc","expirationTimestamp":"t"}})").text ==
      R"({"kind":"TokenRequest","status":{"token":"[redacted]","expirationTimestamp":"t"}})");
}

TEST_CASE("credentials are known by their form wherever they stand", "[kube][redact]") {
  CHECK(write(R"({"note":"abcdef.0123456789abcdef","b":"abcdef.0123456789abcde"})").text ==
        R"({"note":"[redacted]","b":"abcdef.0123456789abcde"})");
  const std::string jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJlLWJ5dGVz";
  CHECK(write("[\"" + jwt + "\"]").text == R"(["[redacted]"])");
}

TEST_CASE("arguments and environment of a pod lose their credentials", "[kube][redact]") {
  CHECK(
      write(
          R"({"containers":[{"args":["--token=abc","--verbose","--password","pw","x"],"env":[{"name":"DB_PASSWORD","value":"pw"},{"name":"LEVEL","value":"info"},{"name":"API_TOKEN","valueFrom":{"value":"x"}}]}]})")
          .text ==
      R"({"containers":[{"args":["--token=[redacted]","--verbose","--password","[redacted]","x"],"env":[{"name":"DB_PASSWORD","value":"[redacted]"},{"name":"LEVEL","value":"info"},{"name":"API_TOKEN","valueFrom":{"value":"x"}}]}]})");
}

TEST_CASE("managedFields and last-applied-configuration are removed, commas right",
          "[kube][body]") {
  const std::string last = R"("kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{}}")";
  CHECK(write(R"({"metadata":{"managedFields":[{"a":"]}"}],"name":"x"}})").text ==
        R"({"metadata":{"name":"x"}})");
  CHECK(write(R"({"metadata":{"name":"x","managedFields":[1],"uid":"u"}})").text ==
        R"({"metadata":{"name":"x","uid":"u"}})");
  CHECK(write(R"({"metadata":{"name":"x","managedFields":null}})").text ==
        R"({"metadata":{"name":"x"}})");
  CHECK(write(R"({"metadata":{"managedFields":[]}})").text == R"({"metadata":{}})");
  CHECK(write(R"({"annotations":{)" + last + R"(},"a":1})").text == R"({"annotations":{},"a":1})");
  CHECK(write(R"({"annotations":{)" + last + "," + last + R"(,"b":"c"}})").text ==
        R"({"annotations":{"b":"c"}})");
  CHECK(write(R"({ "x" : 1 , )" + last + R"( , "managedFields" : {} , "y" : 2 })")
            .text.find("managed") == std::string::npos);
}

TEST_CASE("a body that needs no change is not copied", "[kube][body]") {
  const parsers::kube_audit::Redactor names = redactor();
  parsers::kube_audit::KubeBodyWriter writer(names, true, 1 << 20);
  const std::string raw = R"({"spec":{"replicas":3,"list":[1,"a",null,true]}})";
  parsers::json::JsonScan scan(raw);
  parsers::json::JsonValue value;
  REQUIRE(scan.value(value));
  event::Record record;
  CHECK(writer.write(value, parsers::kube_audit::BodySubject::ordinary, record).raw.data() ==
        raw.data());
}

TEST_CASE("a body over the limit becomes shorter and stays JSON", "[kube][body]") {
  const std::string text = "{\"a\":\"" + std::string(300'000, 'x') + "\",\"z\":1}";
  const Written strings = write(text);
  CHECK(strings.cut);
  CHECK(strings.length == text.size());
  CHECK(strings.text.size() < 5'000);
  CHECK(strings.text.find("[cut, 300000 bytes]") != std::string::npos);
  CHECK(strings.text.find("\"z\":1") != std::string::npos);
  std::string list = "{\"items\":[";
  for (int i = 0; i < 5'000; ++i) {
    list += (i == 0 ? "" : ",") + std::string(R"({"n":{"deep":[[1,{"k":"v"}]]},"s":"text"})");
  }
  list += "]}";
  for (const std::size_t limit :
       {std::size_t{4'096}, std::size_t{4'097}, std::size_t{4'111}, std::size_t{50'000}}) {
    const Written cut = write(list, parsers::kube_audit::BodySubject::ordinary, limit);
    CHECK(cut.cut);
    CHECK(cut.text.size() <= limit);
    CHECK(cut.text.size() + 100 > limit);
  }
}

TEST_CASE("a body is never cut inside a character or an escape", "[kube][body]") {
  for (const std::string unit : {"ö", "\\n", "\\u00e5", "\\\\", "a"}) {
    for (int shift = 0; shift < 7; ++shift) {
      std::string raw = "[\"" + std::string(static_cast<std::size_t>(shift), 'x');
      while (raw.size() < 6'000) {
        raw += unit;
      }
      CHECK(is_valid_utf8(
          write(raw + "\"]", parsers::kube_audit::BodySubject::ordinary, 4'096).text));
    }
  }
}

TEST_CASE("a deep body over the limit is closed in time", "[kube][body]") {
  std::string deep(9'900, '[');
  deep += std::string(9'900, ']');
  const Written cut = write(deep, parsers::kube_audit::BodySubject::ordinary, 4'096);
  CHECK(cut.cut);
  CHECK(cut.text.size() <= 4'096);
}

TEST_CASE("credentials in words of a command are masked, names kept", "[kube][redact]") {
  CHECK(argument("--token=abc") == "--token=[redacted]");
  CHECK(argument("mysql --password=foo -e 'select 1'") ==
        "mysql --password=[redacted] -e 'select 1'");
  CHECK(argument("mysql --password foo -e x") == "mysql --password [redacted] -e x");
  CHECK(argument("export PGPASSWORD='a b'; psql") == "export PGPASSWORD=[redacted]; psql");
  CHECK(argument("curl -H 'Authorization: Bearer abc.def' https://x") ==
        "curl -H 'Authorization: Bearer [redacted]' https://x");
  CHECK(argument("curl https://user:pw@host/x") == "curl https://user:[redacted]@host/x");
  CHECK(argument("cat /etc/passwd | head -n 1") == "cat /etc/passwd | head -n 1");
  CHECK(argument("ls -la --color=auto /var/run/secrets") == "ls -la --color=auto /var/run/secrets");
  bool next = false;
  std::string out;
  const parsers::kube_audit::Redactor names = redactor();
  CHECK_FALSE(names.append_argument(out, "--token", next));
  CHECK(next);
  CHECK(names.append_argument(out, "a secret", next));
  CHECK_FALSE(next);
}

TEST_CASE("credentials in a requestURI are masked", "[kube][redact]") {
  CHECK(uri("/api?access_token=abc&x=1") == "/api?access_token=[redacted]&x=1");
  CHECK(uri("/api?x=1&access%5Ftoken=abc") == "/api?x=1&access%5Ftoken=[redacted]");
  CHECK(uri("/exec?command=mysql&command=--password%3Dpw&stdout=true") ==
        "/exec?command=mysql&command=--password%3D[redacted]&stdout=true");
  CHECK(uri("/exec?command=x&command=--password&command=a+b") ==
        "/exec?command=x&command=--password&command=[redacted]");
  CHECK(uri("/api/v1/pods?limit=500&continue=abc&fieldSelector=a%3Db") ==
        "/api/v1/pods?limit=500&continue=abc&fieldSelector=a%3Db");
  CHECK(uri("/healthz?") == "/healthz?");
}

TEST_CASE("a token in the URI and a password in an exec appear nowhere in the document",
          "[kube][redact]") {
  Lab lab;
  const std::string line =
      replaced(recorded("exec.log", {"ex-ws/exec", "ResponseComplete"}), "exec?command=psql",
               "exec?access_token=s3cr3t\\u0026command=--password=s3cr3t\\u0026command=psql");
  const event::Record& record = lab.parse(line);
  CHECK(document_of(record).find("s3cr3t") == std::string::npos);
  CHECK(record.field("url.original").find("access_token=[redacted]") != std::string_view::npos);
  CHECK(record.field("process.args").substr(0, 24) == R"(["--password=[redacted]")");
}

TEST_CASE("further names can be configured, and redaction can be switched off", "[kube][redact]") {
  const parsers::kube_audit::Redactor more = redactor({"x-vault*", "*pin"});
  CHECK(more.is_secret_name("X-Vault-Id", parsers::kube_audit::Redactor::Names::exact));
  CHECK(more.is_secret_name("cardPin", parsers::kube_audit::Redactor::Names::exact));
  CHECK_FALSE(more.is_secret_name("pinned", parsers::kube_audit::Redactor::Names::exact));
  parsers::kube_audit::KubeAuditOptions options;
  options.redact = false;
  Lab lab(options);
  std::size_t bodies = 0;
  for (const std::string& line : read_lines("rotated/kube-apiserver-audit.log")) {
    const event::Record& record = lab.parse(line);
    CHECK(record.request.raw.find(parsers::kube_audit::kRedacted) == std::string_view::npos);
    bodies += record.request.raw.empty() ? 0 : 1;
  }
  CHECK(bodies > 0);
}
