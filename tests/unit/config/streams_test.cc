// Several streams in one configuration: what each has of its own, and what two must not share.
#include "agent/app/registered_types.h"
#include "agent/config/config.h"
#include "agent/input/file/config.h"
#include "parsers/auth_log/config.h"
#include "parsers/kube_audit/config.h"
#include "tests/support/catch.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

namespace auditship {
namespace {

struct Rig {
  test::SimClock clock;
  test::SimFs fs{clock};

  Rig() {
    REQUIRE(fs.make_dirs("/etc").ok());
    fs.put("/etc/localtime", "TZif");
  }
  Result<config::Config> parse(const std::string& text) {
    return config::parse_config(fs, app::registered_types(), "/etc/auditship.yaml",
                                "cluster: {name: c}\n" + text,
                                [](const std::string&) { return std::optional<std::string>(); });
  }
  std::string refusal(const std::string& text) {
    const auto config = parse(text);
    return config ? "read" : config.error().message;
  }
};

const config::StreamConfig& stream_of(const config::Config& config, std::string_view name) {
  for (const config::StreamConfig& stream : config.streams) {
    if (stream.name == name) {
      return stream;
    }
  }
  FAIL("no stream " << name);
  return config.streams.front();
}

const parsers::auth_log::AuthLogConfig& auth_of(const config::StreamConfig& stream) {
  return dynamic_cast<const parsers::auth_log::AuthLogConfig&>(*stream.parser);
}

void has(const std::string& text, std::string_view part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

TEST_CASE("documents are lean, or full where the sink takes such", "[config]") {
  using event::DocumentForm;
  Rig rig;
  const std::string file = "sink: {type: file, file: {directory: /docs}}\n";
  const std::string server = "sink: {type: opensearch, opensearch: {hosts: ['https://a:9200']}}\n";
  const auto form = [&](const std::string& text, std::string_view stream) {
    const auto config = rig.parse(text);
    INFO((config ? "" : config.error().message));
    REQUIRE(config.ok());
    // What is in effect reads back as itself.
    const auto again = config::parse_config(
        rig.fs, app::registered_types(), "/etc/auditship.yaml", config::render_effective(*config),
        [](const std::string&) { return std::optional<std::string>(); });
    REQUIRE(again.ok());
    CHECK(stream_of(*again, stream).documents == stream_of(*config, stream).documents);
    return stream_of(*config, stream).documents;
  };
  CHECK(form(file, "authlog") == DocumentForm::lean);
  CHECK(form(server, "authlog") == DocumentForm::lean);
  CHECK(form(file + "documents: full\n", "kubeaudit") == DocumentForm::full);
  const std::string one = "documents: full\nstreams: {authlog: {documents: lean}}\n";
  CHECK(form(file + one, "authlog") == DocumentForm::lean);
  CHECK(form(file + one, "kubeaudit") == DocumentForm::full);
  CHECK(form(file + "streams: {authlog: {documents: full}}\n", "authlog") == DocumentForm::full);
  has(rig.refusal(file + "documents: all\n"), "documents: expected lean or full, found \"all\"");

  const std::string both = rig.refusal(server + "documents: full\n");
  has(both,
      "/etc/auditship.yaml:3:12: documents: stream kubeaudit: full documents are not for the "
      "sink opensearch: the mapping of `auditship setup` has aliases");
  has(both, "stream authlog: full documents");
  has(rig.refusal(server + "streams: {authlog: {documents: full}}\n"),
      "streams: stream authlog: full documents are not for the sink opensearch");
  CHECK(form(server + "documents: full\nstreams: {authlog: {documents: lean}, kubeaudit: "
                      "{documents: lean}}\n",
             "authlog") == DocumentForm::lean);
}

TEST_CASE("a stream takes its keys from the top level, and overrides them for itself", "[config]") {
  Rig rig;
  const auto config = rig.parse(R"(
keep_original: true
bodies: {max: 8KiB}
line_max: 1MiB
backfill: 0
batch: {max_age: 2s, max_documents: 5}
streams:
  bastion:
    parser: auth_log
    input: file
    paths: [/var/log/bastion/*.log]
    keep_original: false
    session_start_documents: true
    backfill: all
    batch: {max_documents: 6}
    buffer_max: 20%
  edge: {parser: kube_audit, paths: [/srv/edge.log], line_max: 2MiB, bodies: {slim: false}}
)");
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  REQUIRE(config->streams.size() == 4);
  const auto& bastion = stream_of(*config, "bastion");
  CHECK_FALSE(auth_of(bastion).keep_original);
  CHECK(auth_of(bastion).session_start_documents);
  CHECK(auth_of(stream_of(*config, "authlog")).keep_original);
  CHECK_FALSE(auth_of(stream_of(*config, "authlog")).session_start_documents);
  CHECK(bastion.batch.max_documents == 6);
  CHECK(bastion.batch.max_age == std::chrono::seconds(2));
  CHECK(stream_of(*config, "authlog").batch.max_documents == 5);
  CHECK(bastion.buffer_max_percent == 20U);
  const auto& files = dynamic_cast<const input::file::FileInputConfig&>(*bastion.input);
  CHECK_FALSE(files.backfill.has_value());
  CHECK(files.line_max == 1 << 20);
  const auto& edge = stream_of(*config, "edge");
  CHECK(dynamic_cast<const input::file::FileInputConfig&>(*edge.input).line_max == 2 << 20);
  const auto& kube = dynamic_cast<const parsers::kube_audit::KubeAuditConfig&>(*edge.parser);
  CHECK(kube.body_max == 8 << 10);
  CHECK_FALSE(kube.slim_bodies);
  CHECK(edge.target == "edge");

  const std::string text = config::render_effective(*config);
  INFO(text);
  const auto again = config::parse_config(rig.fs, app::registered_types(), "/etc/again.yaml", text,
                                          [](const std::string&) { return std::nullopt; });
  INFO((again ? "" : again.error().message));
  REQUIRE(again.ok());
  CHECK(config::render_effective(*again) == text);
}

TEST_CASE("a key of another parser is refused, and it is said whose it is", "[config]") {
  Rig rig;
  has(rig.refusal("streams: {authlog: {trusted_proxies: []}}\n"),
      "unknown key \"trusted_proxies\" in streams.authlog; it belongs to the parser kube_audit, "
      "and this stream's is auth_log");
  has(rig.refusal("streams: {kubeaudit: {keep_orignal: true}}\n"), "unknown key \"keep_orignal\"");
  has(rig.refusal("streams: {authlog: {keep_orignal: true}}\n"), "did you mean \"keep_original\"?");
  has(rig.refusal("streams: {kubeaudit: {bodies: {mx: 8KiB}}}\n"),
      "unknown key \"mx\" in streams.kubeaudit.bodies; did you mean \"max\"?");
  has(rig.refusal("paths: [/a]\n"), "unknown key \"paths\"");
}

TEST_CASE("a type that is not registered is refused with those that are", "[config]") {
  Rig rig;
  has(rig.refusal("streams: {x: {parser: syslog, paths: [/a], keep_original: true}}\n"),
      "streams.x.parser: expected kube_audit or auth_log, found \"syslog\"");
  CHECK(rig.refusal("streams: {x: {parser: syslog, paths: [/a], keep_original: true}}\n")
            .find("unknown key") == std::string::npos);
  has(rig.refusal("streams: {x: {parser: auth_log, input: journald}}\n"),
      "streams.x.input: expected file, found \"journald\"");
  has(rig.refusal("sink: {type: s3}\n"), "sink.type: expected file or opensearch, found \"s3\"");
}

TEST_CASE("two streams do not ship a file into one target", "[config]") {
  Rig rig;
  const std::string both =
      "the streams authlog and twin both read /var/log/auth.log and have the "
      "target authlog: each line would be there twice";
  has(rig.refusal(
          "streams: {twin: {parser: auth_log, paths: [/var/log/auth.log], target: authlog}}\n"),
      both);
  has(rig.refusal(
          "streams: {twin: {parser: auth_log, paths: ['/var/l?g/*.log'], target: authlog}}\n"),
      both);
  has(rig.refusal("streams: {a: {parser: auth_log, paths: ['/x/*'], target: t}, "
                  "b: {parser: auth_log, paths: ['/x/*'], target: t}}\n"),
      "both read /x/*");
  // Another target, another directory, a deeper path, or switched off: all right.
  CHECK(rig.refusal("streams: {twin: {parser: auth_log, paths: [/var/log/auth.log]}}\n") == "read");
  CHECK(rig.refusal(
            "streams: {twin: {parser: auth_log, paths: [/srv/auth.log], target: authlog}}\n") ==
        "read");
  CHECK(rig.refusal("streams: {twin: {parser: auth_log, paths: ['/var/*'], target: authlog}}\n") ==
        "read");
  CHECK(
      rig.refusal("streams: {twin: {parser: auth_log, paths: [/var/log/auth.log], target: authlog, "
                  "enabled: false}}\n") == "read");
}

TEST_CASE("two formats do not share a target", "[config]") {
  Rig rig;
  has(rig.refusal("streams: {x: {parser: auth_log, paths: [/a], target: kubeaudit}}\n"),
      "the streams kubeaudit and x have the target kubeaudit and different parsers, kube_audit and "
      "auth_log");
}

TEST_CASE("host_root is where this process sees the files of the host", "[config]") {
  Rig rig;
  CHECK(rig.parse("")->host_root.empty());
  CHECK(rig.parse("host_root: /host/\n")->host_root == "/host");
  CHECK(rig.parse("host_root: /\n")->host_root.empty());
  has(rig.refusal("host_root: host\n"), "host_root: expected an absolute path");
}

}  // namespace
}  // namespace auditship
