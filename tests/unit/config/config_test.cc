#include "agent/config/config.h"

#include <map>
#include <stdlib.h>
#include <unistd.h>

#include "agent/app/registered_types.h"
#include "agent/input/file/config.h"
#include "agent/platform/posix_filesystem.h"
#include "parsers/auth_log/config.h"
#include "parsers/kube_audit/config.h"
#include "sinks/file/config.h"
#include "sinks/opensearch/config.h"
#include "sinks/opensearch/secrets.h"
#include "tests/support/catch.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

namespace auditship {
namespace {

using std::chrono::milliseconds;

// A directory with files that configurations refer to, gone at the end.
class ConfigFiles {
 public:
  ConfigFiles() {
    char name[] = "/tmp/auditship-config-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    directory_ = name;
  }
  ~ConfigFiles() {
    for (const std::string& path : written_) {
      (void)fs_.remove(path);
    }
    (void)rmdir((directory_ + "/filters").c_str());
    (void)rmdir(directory_.c_str());
  }
  ConfigFiles(const ConfigFiles&) = delete;
  ConfigFiles& operator=(const ConfigFiles&) = delete;

  std::string write(const std::string& name, std::string_view text) {
    const std::string path = directory_ + "/" + name;
    REQUIRE(fs_.make_dirs(directory_of(path)).ok());
    REQUIRE(fs_.replace_file(path, text).ok());
    written_.push_back(path);
    return path;
  }
  Result<config::Config> load(std::string_view text) {
    const std::map<std::string, std::string>& variables = variables_;
    return config::load_config(
        fs_, app::registered_types(), write("auditship.yaml", text), [&](const std::string& name) {
          const auto found = variables.find(name);
          return found == variables.end() ? std::nullopt : std::optional(found->second);
        });
  }
  std::string refusal(std::string_view text) {
    const auto config = load(text);
    return config ? "loaded" : config.error().message;
  }

  platform::PosixFs fs_;
  std::string directory_;
  std::map<std::string, std::string> variables_;

 private:
  std::vector<std::string> written_;
};

// Options as those of their type.
const input::file::FileInputConfig& files_of(const config::Config& config, std::size_t stream) {
  return dynamic_cast<const input::file::FileInputConfig&>(*config.streams.at(stream).input);
}
const parsers::kube_audit::KubeAuditConfig& kube_of(const config::Config& config,
                                                    std::size_t stream) {
  return dynamic_cast<const parsers::kube_audit::KubeAuditConfig&>(
      *config.streams.at(stream).parser);
}
const parsers::auth_log::AuthLogConfig& auth_of(const config::Config& config, std::size_t stream) {
  return dynamic_cast<const parsers::auth_log::AuthLogConfig&>(*config.streams.at(stream).parser);
}
const sinks::opensearch::OpenSearchConfig& opensearch_of(const config::Config& config) {
  return dynamic_cast<const sinks::opensearch::OpenSearchConfig&>(*config.sinks.at(1));
}

void has(const std::string& text, std::string_view part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

constexpr std::string_view kRules = "apiVersion: auditship/v1\nkind: FilterRules\nrules: []\n";

TEST_CASE("a cluster name is all that is required", "[config]") {
  ConfigFiles files;
  const auto config = files.load("cluster: {name: prod-1}\ntime_zone: UTC\n");
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  CHECK(config->cluster_name == "prod-1");
  CHECK(config->streams.size() == 2);
  CHECK(config->streams[0].name == "kubeaudit");
  CHECK(files_of(*config, 0).paths.size() == 12);
  CHECK(files_of(*config, 1).paths ==
        std::vector<std::string>{"/var/log/auth.log", "/var/log/secure"});
  CHECK(files_of(*config, 0).backfill == std::chrono::hours(168));
  CHECK(config->sink().type().name == "file");
  CHECK(config->warnings.size() == 2);  // no rule files beside it
}

TEST_CASE("without a cluster name nothing starts", "[config]") {
  ConfigFiles files;
  for (const char* text : {"", "cluster: {}\n", "cluster: {name: }\n", "data_dir: /x\n"}) {
    INFO(text);
    has(files.refusal(text), "the name of the cluster is required");
  }
  has(files.refusal("cluster: {name: ''}\n"), "expected a name");
  has(files.refusal("cluster: {name: 12}\n"), "expected text, found the number 12");
}

TEST_CASE("every key is read", "[config]") {
  ConfigFiles files;
  files.write("filters/kubeaudit.yaml", kRules);
  files.write("filters/authlog.yaml", kRules);
  files.write("password", "hunter2\n");
  files.write("ca.crt", "x");
  files.write("own.yaml", kRules);
  const auto config = files.load(R"(
cluster: {name: c}
node: {name: n1}
data_dir: /data
time_zone: UTC
backfill: all
trusted_proxies: [10.0.0.0/8]
line_max: 1MiB
keep_original: true
batch: {max_bytes: 1MB, max_age: 500ms, max_documents: 7}
log: {level: debug, format: json}
streams:
  kubeaudit: {paths: [/a, "/b/*.log"], target: x, buffer_max: 10%}
  authlog: {enabled: false}
  extra: {parser: auth_log, paths: [/c], filters: own.yaml, buffer_max: 500MB}
sink:
  type: opensearch
  file: {directory: /docs, max_file: 2MiB, compression: zstd}
  opensearch:
    hosts: ["https://a:9200/", "https://[::1]:9200"]
    username: u
    password_file: password
    tls: {ca_file: ca.crt, server_name: s, verify: false}
    target_style: dated
    dashboards_url: https://d:5601/base/
    compression: none
    timeout: 1m30s
)");
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  CHECK(config->node_name == "n1");
  CHECK_FALSE(files_of(*config, 0).backfill.has_value());
  CHECK(files_of(*config, 1).line_max == 1 << 20);
  for (const config::StreamConfig& stream : config->streams) {
    CHECK(stream.batch.max_bytes == 1'000'000);
    CHECK(stream.batch.max_age == milliseconds(500));
    CHECK(stream.batch.max_documents == 7);
  }
  CHECK(kube_of(*config, 0).trusted_proxies == std::vector<std::string>{"10.0.0.0/8"});
  CHECK(auth_of(*config, 1).time_zone == "UTC");
  CHECK(auth_of(*config, 1).keep_original);
  CHECK_FALSE(auth_of(*config, 1).session_start_documents);
  CHECK(config->log_format == "json");
  REQUIRE(config->streams.size() == 2);
  CHECK(files_of(*config, 0).paths.at(1) == "/b/*.log");
  CHECK(config->streams[0].target == "x");
  CHECK(config->streams[0].buffer_max_percent == 10U);
  CHECK(config->streams[0].filters == files.directory_ + "/filters/kubeaudit.yaml");
  CHECK(config->streams[1].name == "extra");
  CHECK(config->streams[1].target == "extra");
  CHECK(config->streams[1].buffer_max_bytes == 500'000'000);
  CHECK(config->streams[1].filters == files.directory_ + "/own.yaml");
  CHECK(config->sink().type().name == "opensearch");
  CHECK(dynamic_cast<const sinks::file::FileSinkConfig&>(*config->sinks.at(0)).zstd);
  CHECK(opensearch_of(*config).hosts.at(0) == "https://a:9200");
  CHECK(opensearch_of(*config).password_file == files.directory_ + "/password");
  CHECK_FALSE(opensearch_of(*config).tls_verify);
  CHECK(opensearch_of(*config).style == sinks::opensearch::IndexStyle::dated);
  CHECK(opensearch_of(*config).dashboards_url == "https://d:5601/base");
  CHECK(opensearch_of(*config).timeout == milliseconds(90'000));

  const auto secrets = sinks::opensearch::load_secrets(files.fs_, opensearch_of(*config));
  REQUIRE(secrets.ok());
  CHECK(secrets->password == "hunter2");
}

TEST_CASE("an unknown key is refused with its place and the nearest key", "[config]") {
  ConfigFiles files;
  const std::string message = files.refusal("cluster: {name: c}\nbatch:\n  max_byte: 1MB\n");
  has(message,
      "/auditship.yaml:3:3: unknown key \"max_byte\" in batch; did you mean \"max_bytes\"?");
  has(files.refusal("cluster: {name: c}\nstreems: {}\n"), "did you mean \"streams\"?");
  has(files.refusal("cluster: {name: c}\nsink: {type: file, opensearch: {hosts: ['https://a'], "
                    "tls: {cafile: x}}}\n"),
      "did you mean \"ca_file\"?");
  has(files.refusal("cluster: {name: c}\nstreams: {kubeaduit: {target: x}}\n"),
      "did you mean \"kubeaudit\"?");
  has(files.refusal("cluster: {name: c}\nzzzzzzzzzzzzzz: 1\n"),
      "expected one of: version cluster node");
}

TEST_CASE("wrong types and impossible values say what was expected", "[config]") {
  ConfigFiles files;
  const auto refused = [&files](std::string_view text, std::string_view part) {
    has(files.refusal("cluster: {name: c}\n" + std::string(text)), part);
  };
  refused("keep_original: yes please\n", ":2:16: keep_original: expected true or false");
  refused("keep_original: 'true'\n", "found the text \"true\"");
  refused("line_max: lots\n", "\"lots\": expected a size");
  refused("line_max: 1\n", "expected a size from 64KiB to 256MiB, found 1");
  refused("batch: {max_age: 1 hour}\n", "expected a duration");
  refused("batch: {max_documents: 0}\n", "expected a number from 1 to 100000, found the number 0");
  refused("batch: {max_documents: '5'}\n", "expected a number");
  refused("batch: []\n", "expected a mapping of keys to values, found a list");
  refused("backfill: yesterday\n", "or 0, or all");
  refused("data_dir: data\n", "absolute path");
  refused("trusted_proxies: [10.0.0.1/8]\n", "without bits behind its prefix");
  refused("trusted_proxies: 10.0.0.0/8\n", "expected a list");
  refused("log: {level: trace}\n", "expected debug, info, warn or error, found \"trace\"");
  refused("time_zone: Europe/Nowhere\n", "/usr/share/zoneinfo/Europe/Nowhere");
  refused("time_zone: ../../etc/passwd\n", "expected a name such as");
  refused("streams: {kubeaudit: {paths: [relative.log]}}\n", "absolute path");
  refused("streams: {kubeaudit: {paths: []}}\n", "at least one path");
  refused("streams: {kubeaudit: {target: Kube}}\n", "lower-case");
  refused("streams: {kubeaudit: {buffer_max: 99%}}\n", "from 1% to 90%");
  refused("streams: {kubeaudit: {buffer_max: 1%%}}\n", "from 1% to 90%");
  refused("streams: {kubeaudit: {enabled: false}, authlog: {enabled: false}}\n",
          "nothing would be read");
  refused("streams: {extra: {paths: [/a]}}\n", "needs \"parser\"");
  refused("streams: {Extra: {parser: auth_log, paths: [/a]}}\n", "lower-case");
  refused("sink: {type: kafka}\n", "expected file or opensearch, found \"kafka\"");
  refused("sink: {}\n", "expected file or opensearch");
  refused("sink: {type: opensearch}\n", "at least hosts");
  for (const char* host :
       {"a:9200", "https://", "https://u:p@a", "https://a/../b", "https://a:0", "https://a:99999",
        "https://a:x", "https://[::1", "ftp://a", "https://a b"}) {
    refused("sink: {type: opensearch, opensearch: {hosts: ['" + std::string(host) + "']}}\n",
            "sink.opensearch.hosts: ");
  }
  for (const char* url :
       {"d:5601", "https://u:p@d", "https://d:0/x", "https://d/x?y", "https:///x", "/", "://"}) {
    refused("sink: {type: opensearch, opensearch: {hosts: ['https://a'], dashboards_url: '" +
                std::string(url) + "'}}\n",
            "sink.opensearch.dashboards_url: ");
  }
}

TEST_CASE("credentials that contradict each other are refused", "[config]") {
  ConfigFiles files;
  files.write("secret", "s");
  const auto refused = [&files](std::string_view keys, std::string_view part) {
    has(files.refusal(
            "cluster: {name: c}\nsink: {type: opensearch, opensearch: {hosts: ['https://a'], " +
            std::string(keys) + "}}\n"),
        part);
  };
  refused("username: u, password: p, password_file: secret", "choose one");
  refused("username: u", "without password_file or password");
  refused("password: p", "without a username");
  refused("username: u, password: p, bearer_token_file: secret", "choose one");
  refused("tls: {key_file: secret}", "go together");
  const std::string keys = "access_key_file: secret, secret_key_file: secret";
  refused("aws_sigv4: {region: eu-north-1, access_key_file: secret}", "both needed");
  refused("aws_sigv4: {" + keys + "}", "expected a region");
  refused("aws_sigv4: {region: 'a/b', " + keys + "}", "expected a region");
  refused("username: u, password: p, aws_sigv4: {region: a, " + keys + "}", "choose one");
  refused("tls: {server_name: b}, aws_sigv4: {region: a, " + keys + "}", "drop one");
}

TEST_CASE("a file of delivery may come later", "[config]") {
  ConfigFiles files;
  const std::string text =
      "cluster: {name: c}\nsink: {type: opensearch, opensearch: {hosts: ['https://a'], "
      "username: u, password_file: secret, tls: {ca_file: ca.crt}}}\n";
  auto config = files.load(text);
  REQUIRE(config.ok());
  REQUIRE(config->missing.size() == 2);
  has(config->missing[0], "sink.opensearch.password_file: file " + files.directory_ + "/secret: ");
  has(config->missing[1], "sink.opensearch.tls.ca_file: file " + files.directory_ + "/ca.crt: ");
  files.write("secret", "s");
  files.write("ca.crt", "c");
  config = files.load(text);
  REQUIRE(config.ok());
  CHECK(config->missing.empty());
}

TEST_CASE("a file that is referred to must be there", "[config]") {
  ConfigFiles files;
  has(files.refusal("cluster: {name: c}\nstreams: {authlog: {filters: gone.yaml}}\n"), "gone.yaml");
  has(files.refusal("cluster: {name: c}\nstreams: {authlog: {filters: /tmp}}\n"),
      "not a regular file");
}

TEST_CASE("rules that cannot be used are found with the configuration", "[config]") {
  ConfigFiles files;
  files.write("bad.yaml", std::string(kRules) + "rule: []\n");
  const std::string message =
      files.refusal("cluster: {name: c}\nstreams: {authlog: {filters: bad.yaml}}\n");
  has(message, "the rules of stream authlog cannot be used");
  has(message, "bad.yaml:4:1: unknown key \"rule\"; did you mean \"rules\"?");
}

TEST_CASE("filters: none keeps everything without a warning", "[config]") {
  ConfigFiles files;
  const auto config = files.load(
      "cluster: {name: c}\ntime_zone: UTC\n"
      "streams: {kubeaudit: {filters: none}, authlog: {filters: none}}\n");
  REQUIRE(config.ok());
  CHECK(config->streams[0].filters.empty());
  CHECK(config->warnings.empty());
}

TEST_CASE("where the zone of old stamps is not known, that is said", "[config]") {
  test::SimClock clock;
  test::SimFs fs(clock);
  REQUIRE(fs.make_dirs("/etc").ok());
  const auto warnings = [&](const std::string& more) {
    const auto config = config::parse_config(
        fs, app::registered_types(), "/etc/auditship.yaml",
        "cluster: {name: c}\nsink: {type: file, file: {directory: /d}}\n" + more,
        [](const std::string&) { return std::optional<std::string>(); });
    INFO((config ? "" : config.error().message));
    REQUIRE(config.ok());
    return config->warnings;
  };
  const std::string both = "streams: {kubeaudit: {filters: none}, authlog: {filters: none}}\n";
  REQUIRE(warnings(both).size() == 1);
  has(warnings(both)[0], "time_zone: /etc/localtime is not there");
  CHECK(warnings(both + "time_zone: UTC\n").empty());
  CHECK(warnings("streams: {kubeaudit: {filters: none}, authlog: {enabled: false}}\n").empty());
  fs.put("/etc/localtime", "TZif");
  CHECK(warnings(both).empty());
}

TEST_CASE("variables come from the environment or from their default", "[config]") {
  ConfigFiles files;
  files.variables_ = {
      {"NAME", "prod"}, {"EMPTY", ""}, {"COUNT", "42"}, {"YES", "true"}, {"DIGITS", "123"}};
  const auto config = files.load(
      "cluster: {name: \"${NAME}-${EMPTY:-x}-${UNSET:-}-$${NAME}-$5\"}\nnode: {name: '${DIGITS}'}\n"
      "batch:\n  max_documents: ${COUNT}\nkeep_original: ${YES}\n");
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  CHECK(config->cluster_name == "prod-x--${NAME}-$5");
  CHECK(config->node_name == "123");
  CHECK(config->batch.max_documents == 42);
  CHECK(auth_of(*config, 1).keep_original);
}

TEST_CASE("an unset variable is an error with its place", "[config]") {
  ConfigFiles files;
  has(files.refusal("cluster:\n  name: ${CLUSTER}\n"),
      ":2:9: cluster.name: the environment variable CLUSTER is not set");
  has(files.refusal("cluster: {name: '${CLUSTER'}\n"), "without its }");
  has(files.refusal("cluster: {name: '${A-B}'}\n"), "expected ${NAME}");
}

TEST_CASE("the value of a variable is a value, never more YAML", "[config]") {
  ConfigFiles files;
  files.variables_ = {{"NAME", "x}, data_dir: {"}};
  const auto config = files.load("cluster: {name: '${NAME}'}\n");
  REQUIRE(config.ok());
  CHECK(config->cluster_name == "x}, data_dir: {");
}

TEST_CASE("the effective configuration reads back as itself, without its secrets", "[config]") {
  ConfigFiles files;
  files.write("filters/kubeaudit.yaml", kRules);
  files.write("filters/authlog.yaml", kRules);
  const auto config = files.load(R"(
cluster: {name: "c ${X:-$}{ \"quoted\" é"}
backfill: 1h30m
trusted_proxies: ["2001:db8::/32"]
streams: {authlog: {enabled: false}, kubeaudit: {buffer_max: 5%}}
sink:
  type: opensearch
  opensearch: {hosts: ["https://a:9200"], username: u, password: "geheim"}
)");
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  const std::string text = config::render_effective(*config);
  INFO(text);
  CHECK(text.find("geheim") == std::string::npos);
  const auto again = files.load(text);
  INFO((again ? "" : again.error().message));
  REQUIRE(again.ok());
  CHECK(again->cluster_name == config->cluster_name);
  CHECK(files_of(*again, 0).backfill == std::chrono::minutes(90));
  CHECK(again->streams.size() == 1);
  CHECK(config::render_effective(*again) == text);
}

TEST_CASE("keys for Amazon's service come from files, and are shown by their names only",
          "[config]") {
  ConfigFiles files;
  files.write("access", "AKIDEXAMPLE\n");
  files.write("private", "hunter2\n");
  const auto config = files.load(
      "cluster: {name: c}\nsink: {type: opensearch, opensearch: {hosts: ['https://a'], aws_sigv4: "
      "{region: eu-north-1, access_key_file: access, secret_key_file: private}}}\n");
  REQUIRE(config.ok());
  const auto secrets = sinks::opensearch::load_secrets(files.fs_, opensearch_of(*config));
  REQUIRE(secrets.ok());
  CHECK(secrets->aws_access_key == "AKIDEXAMPLE");
  CHECK(secrets->aws_secret_key == "hunter2");
  CHECK(secrets->aws_session_token.empty());
  CHECK(opensearch_of(*config).aws_service == "es");
  const std::string text = config::render_effective(*config);
  has(text, "eu-north-1");
  CHECK(text.find("hunter2") == std::string::npos);
  const auto again = files.load(text);
  REQUIRE(again.ok());
  CHECK(config::render_effective(*again) == text);
}

TEST_CASE("secrets are one line, and messages name the file and not its content", "[config]") {
  ConfigFiles files;
  sinks::opensearch::OpenSearchConfig sink;
  sink.bearer_token_file = files.write("token", "top\nsecret\n");
  auto secrets = sinks::opensearch::load_secrets(files.fs_, sink);
  REQUIRE_FALSE(secrets.ok());
  has(secrets.error().message, sink.bearer_token_file);
  CHECK(secrets.error().message.find("secret\n") == std::string::npos);
  files.write("token", "\n");
  CHECK_FALSE(sinks::opensearch::load_secrets(files.fs_, sink).ok());
  files.write("token", "abc\r\n");
  secrets = sinks::opensearch::load_secrets(files.fs_, sink);
  REQUIRE(secrets.ok());
  CHECK(secrets->bearer_token == "abc");
}

TEST_CASE("the owners of SSH keys name their sources, one kind an item", "[config]") {
  ConfigFiles files;
  const std::string start = "cluster: {name: c}\nssh_key_owners:\n";
  files.write("people.yaml", "ssh_key_owners: []\n");
  const auto config = files.load(start +
                                 "- authorized_keys: \"%h/.ssh/authorized_keys\"\n"
                                 "- authorized_keys: keys.d\n- map: people.yaml\n");
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  const auto& owners = auth_of(*config, 1).ssh_key_owners;
  REQUIRE(owners.size() == 3);
  CHECK(owners[0].path == "%h/.ssh/authorized_keys");
  CHECK(owners[0].passwd == "/etc/passwd");
  CHECK(owners[1].path == files.directory_ + "/keys.d");
  CHECK(owners[2].kind == parsers::auth_log::key_owners::KeyOwnerSource::Kind::map);
  const auto again =
      config::parse_config(files.fs_, app::registered_types(), files.directory_ + "/again.yaml",
                           config::render_effective(*config),
                           [](const std::string&) { return std::optional<std::string>(); });
  INFO(config::render_effective(*config));
  REQUIRE(again.ok());
  CHECK(config::render_effective(*again) == config::render_effective(*config));

  has(files.refusal(start + "- map: no-such.yaml\n"), "auditship.yaml:3:8: ssh_key_owners.map: ");
  has(files.refusal(start + "- {}\n"), "expected one of \"authorized_keys\", \"map\" and");
  has(files.refusal(start + "- {map: people.yaml, ca_keys: people.yaml}\n"), "expected one of");
  has(files.refusal(start + "- authorised_keys: x\n"), "did you mean \"authorized_keys\"");
  files.write("people.yaml", "ssh_key_owners: [{name: x, keys: [nonsense]}]\n");
  has(files.refusal(start + "- map: people.yaml\n"), "no public key of a known type");
}

TEST_CASE("the address for probes and scrapes is an address, not a name", "[config]") {
  ConfigFiles files;
  const std::string start = "cluster: {name: c}\n";
  CHECK(files.load(start)->status_listen.empty());
  for (const char* good : {"127.0.0.1:9464", "[::1]:9464", "0.0.0.0:1"}) {
    const auto config = files.load(start + "status: {listen: \"" + good + "\"}\n");
    INFO(good);
    REQUIRE(config.ok());
    CHECK(config->status_listen == good);
  }
  for (const char* bad : {"localhost:9464", "9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999",
                          "127.0.0.1:", ":9464", "/run/x.sock", "127.0.0.1:94a"}) {
    INFO(bad);
    has(files.refusal(start + "status: {listen: \"" + std::string(bad) + "\"}\n"),
        "expected IP:PORT");
  }
}

TEST_CASE("bodies and redaction are configured, within what searching bears", "[config]") {
  ConfigFiles files;
  const std::string start = "cluster: {name: c}\n";
  const auto defaults = files.load(start);
  REQUIRE(defaults.ok());
  CHECK(kube_of(*defaults, 0).redact);
  CHECK(kube_of(*defaults, 0).slim_bodies);
  CHECK(kube_of(*defaults, 0).body_max == 256 * 1024);
  const auto config = files.load(start +
                                 "bodies: {max: 64KiB, slim: false}\n"
                                 "redaction: {enabled: false, names: [\"*_pin\", badge]}\n");
  REQUIRE(config.ok());
  CHECK(kube_of(*config, 0).body_max == 64 * 1024);
  CHECK_FALSE(kube_of(*config, 0).slim_bodies);
  CHECK_FALSE(kube_of(*config, 0).redact);
  CHECK(kube_of(*config, 0).redact_names == std::vector<std::string>{"*_pin", "badge"});
  has(files.refusal(start + "bodies: {max: 2MiB}\n"), "bodies.max");
  has(files.refusal(start + "redaction: {names: [\"a*b\"]}\n"), "redaction.names");
  has(files.refusal(start + "redaction: {name: [a]}\n"), "did you mean \"names\"");
}

TEST_CASE("the shipped configuration loads once a cluster name is set", "[config]") {
  platform::PosixFs fs;
  const std::string path = AUDITSHIP_SOURCE_DIR "/conf/auditship.yaml";
  const auto config =
      config::load_config(fs, app::registered_types(), path, [](const std::string& name) {
        return name == "CLUSTER_NAME" ? std::optional<std::string>("prod") : std::nullopt;
      });
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  // A machine that tests may have no zone of its own.
  CHECK(config->warnings.size() == (fs.stat("/etc/localtime") ? 0 : 1));
  CHECK_FALSE(config::load_config(fs, app::registered_types(), path, [](const std::string&) {
                return std::nullopt;
              }).ok());
}

TEST_CASE("every key that the shipped configuration explains is one that is read", "[config]") {
  // Takes the # off each line "#key: …" and expects no unknown key among the problems.
  platform::PosixFs fs;
  auto text = fs.read_file(AUDITSHIP_SOURCE_DIR "/conf/auditship.yaml", 1 << 20);
  REQUIRE(text.ok());
  std::string open;
  std::size_t opened = 0;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    std::string line = text->substr(at, end - at);
    const std::size_t hash = line.find_first_not_of(' ');
    if (hash != std::string::npos && line[hash] == '#' && hash + 1 < line.size() &&
        line[hash + 1] != ' ') {
      line.erase(hash, 1);
      ++opened;
    } else if (hash != std::string::npos && line[hash] == '#' &&
               line.compare(hash, 3, "#  ") == 0) {
      line[hash] = ' ';
      line.erase(hash, 1);
      ++opened;
    }
    open += line + "\n";
    at = end + 1;
  }
  const auto config = config::parse_config(
      fs, app::registered_types(), AUDITSHIP_SOURCE_DIR "/conf/auditship.yaml", open,
      [](const std::string&) { return std::optional<std::string>("x"); });
  INFO(open);
  CHECK(opened > 30);
  const std::string message = config ? "" : config.error().message;
  INFO(message);
  CHECK(message.find("unknown key") == std::string::npos);
  CHECK(message.find("expected one of") == std::string::npos);
}

}  // namespace
}  // namespace auditship
