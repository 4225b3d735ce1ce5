#include "agent/config/config.h"

#include <limits>

#include "agent/base/ip_address.h"
#include "agent/base/ip_network.h"
#include "agent/config/config_internal.h"
#include "agent/config/deprecated_keys.h"

namespace auditship::config {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxConfig = 1 << 20;
constexpr std::uint64_t kNewestVersion = 1;
constexpr std::uint64_t kKiB = 1 << 10, kMiB = 1 << 20;

bool is_plain_name(std::string_view name, std::size_t max_size) {
  return !name.empty() && name.size() <= max_size && name.front() != ' ' && name.back() != ' ' &&
         std::string_view::npos == name.find_first_of(std::string_view("\0\t\r\n", 4));
}

// Which release's keys the file speaks in. Of a newer file nothing else is read: what is unknown in
// it is not wrong.
Status read_version(yaml::YamlMap& top) {
  std::uint64_t version = kNewestVersion;
  top.number("version", 1, std::numeric_limits<std::uint32_t>::max(), version);
  if (version <= kNewestVersion) {
    return {};
  }
  yaml::YamlProblems newer(top.problems().file());
  newer.add(*top.get("version"), "this configuration is of version " + std::to_string(version) +
                                     ", and this release reads version " +
                                     std::to_string(kNewestVersion) +
                                     ": install the release that it was written for");
  return newer.error();
}

void read_cluster(yaml::YamlMap& top, Config& config) {
  static const yaml::YamlNode kNothing;
  const yaml::YamlNode* node = top.get("cluster");
  yaml::YamlMap cluster(top.problems(), node != nullptr ? *node : kNothing, "cluster");
  if (!cluster.text("name", config.cluster_name)) {
    if (node == nullptr || !cluster.has("name")) {
      top.add_problem("cluster",
                      "the name of the cluster is required, as \"cluster: {name: prod-1}\": "
                      "no audit event carries it");
    }
  } else if (!is_plain_name(config.cluster_name, 256)) {
    cluster.add_problem("name", "expected a name of 1 to 256 bytes on one line");
  }
  cluster.done();
}

void read_node(yaml::YamlMap& top, Config& config) {
  if (const yaml::YamlNode* node = top.get("node")) {
    yaml::YamlMap map(top.problems(), *node, "node");
    if (map.text("name", config.node_name) && !config.node_name.empty() &&
        !is_plain_name(config.node_name, 256)) {
      map.add_problem("name", "expected a name of 1 to 256 bytes on one line");
    }
    map.done();
  }
}

void read_backfill(yaml::YamlMap& top, Config& config) {
  const yaml::YamlNode* node = top.get("backfill");
  if (node == nullptr) {
    return;
  }
  const auto text =
      yaml::as_scalar(top.problems(), *node, "backfill", "a duration, as 7d, or 0, or all");
  if (text && *text == "all") {
    config.backfill.reset();
  } else if (text) {
    const auto duration = yaml::parse_duration(*text);
    if (duration) {
      config.backfill = std::chrono::duration_cast<std::chrono::seconds>(*duration);
    } else {
      top.add_problem("backfill", duration.error().message + ", or 0, or all");
    }
  }
}

void read_time_zone(yaml::YamlMap& top, Fs& fs, Config& config) {
  if (!top.text("time_zone", config.time_zone) || config.time_zone.empty()) {
    return;
  }
  if (config.time_zone.find("..") != std::string::npos) {
    top.add_problem("time_zone",
                    "expected a name such as Europe/Stockholm, or the path of a zone file");
    return;
  }
  const std::string file = config.time_zone.front() == '/'
                               ? config.time_zone
                               : join_path("/usr/share/zoneinfo", config.time_zone);
  const bool utc = config.time_zone == "UTC" || config.time_zone == "Etc/UTC";
  if (const auto problem = unreadable(fs, file); problem && !utc) {
    top.add_problem("time_zone", *problem);
  }
}

// In a container, for example: its node's zone may be another.
void warn_of_unknown_zone(Fs& fs, Config& config) {
  const bool stamps =
      std::any_of(config.streams.begin(), config.streams.end(),
                  [](const StreamConfig& s) { return s.parser == ParserType::auth_log; });
  if (stamps && config.time_zone.empty() && !fs.stat("/etc/localtime")) {
    config.warnings.push_back(
        "time_zone: /etc/localtime is not there, so syslog stamps without a zone are read as UTC; "
        "name the node's zone, or UTC if that is right");
  }
}

void read_batch(yaml::YamlMap& top, Config& config) {
  if (const yaml::YamlNode* node = top.get("batch")) {
    yaml::YamlMap batch(top.problems(), *node, "batch");
    batch.size("max_bytes", 64 * kKiB, 64 * kMiB, config.batch_max_bytes);
    batch.duration("max_age", milliseconds(10), std::chrono::minutes(1), config.batch_max_age);
    std::uint64_t documents = config.batch_max_documents;
    batch.number("max_documents", 1, 100'000, documents);
    config.batch_max_documents = static_cast<std::uint32_t>(documents);
    batch.done();
  }
}

// Names are refused: which address would answer is not for a resolver to say.
bool is_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return false;
  }
  const std::string_view port = text.substr(colon + 1);
  std::uint32_t number = 0;
  for (const char c : port) {
    number = c >= '0' && c <= '9' && number < 100'000 ? number * 10 + static_cast<unsigned>(c - '0')
                                                      : 100'000;
  }
  std::string_view address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  return !port.empty() && number >= 1 && number <= 65535 && is_ip_address(address);
}

void read_status(yaml::YamlMap& top, Config& config) {
  if (const yaml::YamlNode* node = top.get("status")) {
    yaml::YamlMap status(top.problems(), *node, "status");
    if (status.text("listen", config.status_listen) && !config.status_listen.empty() &&
        !is_listen_address(config.status_listen)) {
      status.add_problem("listen", "expected IP:PORT, as 127.0.0.1:9464 or [::1]:9464");
    }
    status.boolean("events", config.status_events);
    status.done();
  }
}

void read_log(yaml::YamlMap& top, Config& config) {
  if (const yaml::YamlNode* node = top.get("log")) {
    yaml::YamlMap log(top.problems(), *node, "log");
    static const std::vector<std::string_view> kLevels = {"debug", "info", "warn", "error"};
    static const std::vector<std::string_view> kFormats = {"auto", "text", "json"};
    if (const auto level = log.one_of("level", kLevels)) {
      config.log_level = kLevels[*level];
    }
    if (const auto format = log.one_of("format", kFormats)) {
      config.log_format = kFormats[*format];
    }
    log.done();
  }
}

void read_proxies(yaml::YamlMap& top, Config& config) {
  if (!top.texts("trusted_proxies", config.trusted_proxies)) {
    return;
  }
  for (const std::string& network : config.trusted_proxies) {
    if (const auto parsed = IpNetwork::parse(network); !parsed) {
      top.add_problem("trusted_proxies", parsed.error().message);
    }
  }
}

void read_data_dir(yaml::YamlMap& top, Config& config) {
  if (top.text("data_dir", config.data_dir) &&
      (config.data_dir.empty() || config.data_dir.front() != '/')) {
    top.add_problem("data_dir", "expected an absolute path");
  }
  config.file_sink.directory = join_path(config.data_dir, "documents");
}

}  // namespace

std::string resolve_path(const std::string& config_file, std::string_view name) {
  if (name.starts_with('/')) {
    return std::string(name);
  }
  const std::string directory = directory_of(config_file);
  return directory.empty() ? std::string(name) : join_path(directory, name);
}

std::optional<std::string> unreadable(Fs& fs, const std::string& path) {
  const auto stat = fs.stat(path);
  if (!stat) {
    return "file " + path + ": " + stat.error().message;
  }
  if (!stat->is_regular) {
    return "file " + path + " is not a regular file";
  }
  if (auto file = fs.open(path, OpenMode::read); !file) {
    return "file " + path + ": " + file.error().message;
  }
  return std::nullopt;
}

namespace {

// Why the file that the key names cannot be read; nullopt: it can, or none is named.
std::optional<std::string> read_name(yaml::YamlMap& map, std::string_view key, Fs& fs,
                                     const std::string& config_file, std::string& into) {
  if (!map.text(key, into) || into.empty()) {
    return std::nullopt;
  }
  into = resolve_path(config_file, into);
  return unreadable(fs, into);
}

}  // namespace

void read_file_name(yaml::YamlMap& map, std::string_view key, Fs& fs,
                    const std::string& config_file, std::string& into) {
  if (const auto problem = read_name(map, key, fs, config_file, into)) {
    map.add_problem(key, *problem);
  }
}

void read_file_of_delivery(yaml::YamlMap& map, std::string_view key, Fs& fs, Config& config,
                           std::string& into) {
  if (const auto problem = read_name(map, key, fs, config.file, into)) {
    config.missing.push_back(map.path_of(key) + ": " + *problem);
  }
}

Result<Config> parse_config(Fs& fs, const std::string& path, std::string_view text,
                            const Environment& env) {
  auto document = yaml::parse_yaml(path, text);
  if (!document) {
    return document.error();
  }
  if (document->more_documents) {
    return Error{Errc::invalid, path + ": expected one YAML document, found a second one (---)"};
  }
  Config config = default_config();
  config.file = path;
  config.cluster_name.clear();
  yaml::YamlProblems problems(path);
  problems.expand = [&env](std::string_view value) { return expand_variables(value, env); };
  apply_renames(document->root, renamed_keys(), problems, config.warnings);
  yaml::YamlMap top(problems, document->root, "");
  if (auto s = read_version(top); !s) {
    return s.error();
  }
  read_cluster(top, config);
  read_node(top, config);
  read_data_dir(top, config);
  read_time_zone(top, fs, config);
  read_backfill(top, config);
  read_proxies(top, config);
  top.size("line_max", 64 * kKiB, 256 * kMiB, config.line_max_bytes);
  read_bodies(top, config);
  read_batch(top, config);
  top.boolean("keep_original", config.keep_original);
  top.boolean("session_start_documents", config.session_start_documents);
  read_status(top, config);
  read_log(top, config);
  read_key_owners(top, fs, config);
  read_streams(top, fs, config);
  warn_of_unknown_zone(fs, config);
  read_sink(top, fs, config);
  top.done();
  if (!problems.empty()) {
    return problems.error();
  }
  return config;
}

Result<Config> load_config(Fs& fs, const std::string& path, const Environment& env) {
  auto text = fs.read_file(path, kMaxConfig);
  if (!text) {
    return text.error().in("read configuration " + path);
  }
  return parse_config(fs, path, *text, env);
}

}  // namespace auditship::config
