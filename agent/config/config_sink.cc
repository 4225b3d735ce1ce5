#include <algorithm>

#include "agent/config/config_internal.h"

namespace auditship::config {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kMiB = 1 << 20, kGiB = 1 << 30;

// http or https, a host, perhaps a port; no user, path or query.
std::optional<std::string> host_problem(std::string_view host) {
  const auto bad = [host](std::string_view expected) {
    return "\"" + std::string(host.substr(0, 200)) + "\": " + std::string(expected);
  };
  std::string_view rest = host;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return bad("expected https://HOST:PORT");
  }
  if (rest.find('@') != std::string_view::npos) {
    return std::string(
        "user and password do not belong in the address: use username and password_file");
  }
  while (rest.ends_with('/')) {
    rest.remove_suffix(1);
  }
  const bool bracketed = rest.starts_with('[');
  const std::size_t host_end =
      bracketed ? rest.find(']') + 1 : std::min(rest.find(':'), rest.size());
  const std::string_view name = rest.substr(0, host_end);
  if (name.empty() || host_end == 0 || name.size() > 255 ||
      name.find_first_of("/?#\\ %\"<>") != std::string_view::npos) {
    return bad("expected https://HOST:PORT without a path");
  }
  std::string_view port = rest.substr(host_end);
  if (port.empty()) {
    return std::nullopt;
  }
  port.remove_prefix(1);
  unsigned number = 0;
  for (const char c : port) {
    number = c >= '0' && c <= '9' && number <= 65535 ? number * 10 + static_cast<unsigned>(c - '0')
                                                     : 70000;
  }
  if (rest[host_end] != ':' || port.empty() || number < 1 || number > 65535) {
    return bad("expected a port from 1 to 65535 behind the host, and no path");
  }
  return std::nullopt;
}

void read_file_sink(yaml::YamlMap& map, Config& config) {
  FileSinkConfig& sink = config.file_sink;
  if (map.text("directory", sink.directory) &&
      (sink.directory.empty() || sink.directory.front() != '/')) {
    map.add_problem("directory", "expected an absolute path");
  }
  map.size("max_file", kMiB, 64 * kGiB, sink.max_file_bytes);
  if (const auto compression = map.one_of("compression", {"none", "zstd"})) {
    sink.zstd = *compression == 1;
  }
  map.done();
}

void read_hosts(yaml::YamlMap& map, Config& config) {
  OpenSearchConfig& sink = config.opensearch;
  map.texts("hosts", sink.hosts);
  for (std::string& host : sink.hosts) {
    if (const auto problem = host_problem(host)) {
      map.add_problem("hosts", *problem);
    }
    while (host.ends_with('/')) {
      host.pop_back();
    }
  }
  if (sink.hosts.empty()) {
    map.add_problem("hosts",
                    "expected at least one address, as https://opensearch.example.com:9200");
  }
}

void read_credentials(yaml::YamlMap& map, Fs& fs, Config& config) {
  OpenSearchConfig& sink = config.opensearch;
  map.text("username", sink.username);
  map.text("password", sink.password);
  read_file_of_delivery(map, "password_file", fs, config, sink.password_file);
  read_file_of_delivery(map, "bearer_token_file", fs, config, sink.bearer_token_file);
  const bool has_password = !sink.password.empty() || !sink.password_file.empty();
  if (!sink.password.empty() && !sink.password_file.empty()) {
    map.add_problem("password", "password and password_file are both given: choose one");
  }
  if (has_password && sink.username.empty()) {
    map.add_problem("username", "a password without a username");
  }
  if (!sink.username.empty() && !has_password) {
    map.add_problem("username", "a username without password_file or password");
  }
  if (!sink.username.empty() && !sink.bearer_token_file.empty()) {
    map.add_problem("bearer_token_file",
                    "a username and a bearer token are both given: choose one");
  }
  const bool has_secret = has_password || !sink.bearer_token_file.empty();
  for (const std::string& host : sink.hosts) {
    if (has_secret && host.starts_with("http://")) {
      config.warnings.push_back("sink.opensearch: the credential goes to " + host +
                                " without encryption");
    }
  }
}

void read_tls(yaml::YamlMap& map, Fs& fs, Config& config) {
  OpenSearchConfig& sink = config.opensearch;
  const yaml::YamlNode* node = map.get("tls");
  if (node == nullptr) {
    return;
  }
  yaml::YamlMap tls(map.problems(), *node, map.path_of("tls"));
  read_file_of_delivery(tls, "ca_file", fs, config, sink.ca_file);
  read_file_of_delivery(tls, "certificate_file", fs, config, sink.certificate_file);
  read_file_of_delivery(tls, "key_file", fs, config, sink.key_file);
  tls.text("server_name", sink.server_name);
  tls.boolean("verify", sink.tls_verify);
  if (sink.certificate_file.empty() != sink.key_file.empty()) {
    tls.add_problem(sink.key_file.empty() ? "certificate_file" : "key_file",
                    "certificate_file and key_file go together");
  }
  if (!sink.tls_verify) {
    config.warnings.push_back(
        "sink.opensearch.tls.verify is false: anyone between here and the server can read and "
        "swallow the events");
  }
  tls.done();
}

void read_aws(yaml::YamlMap& map, Fs& fs, Config& config) {
  OpenSearchConfig& sink = config.opensearch;
  const yaml::YamlNode* node = map.get("aws_sigv4");
  if (node == nullptr) {
    return;
  }
  yaml::YamlMap aws(map.problems(), *node, map.path_of("aws_sigv4"));
  const auto is_word = [](const std::string& text) {
    return !text.empty() &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  };
  aws.text("region", sink.aws_region);
  if (!is_word(sink.aws_region)) {
    aws.add_problem("region", "expected a region, as eu-north-1");
  }
  aws.text("service", sink.aws_service);
  if (!is_word(sink.aws_service)) {
    aws.add_problem("service", "expected es or aoss");
  }
  read_file_of_delivery(aws, "access_key_file", fs, config, sink.aws_access_key_file);
  read_file_of_delivery(aws, "secret_key_file", fs, config, sink.aws_secret_key_file);
  read_file_of_delivery(aws, "session_token_file", fs, config, sink.aws_session_token_file);
  if (sink.aws_access_key_file.empty() || sink.aws_secret_key_file.empty()) {
    aws.add_problem("access_key_file", "access_key_file and secret_key_file are both needed");
  }
  if (!sink.username.empty() || !sink.bearer_token_file.empty()) {
    map.add_problem("aws_sigv4", "a username or bearer token is given, too: choose one");
  }
  if (!sink.server_name.empty()) {
    map.add_problem("aws_sigv4", "tls.server_name would change the host that is signed: drop one");
  }
  aws.done();
}

// https://HOST:PORT, perhaps with the base path that Dashboards is served under.
void read_dashboards_url(yaml::YamlMap& map, Config& config) {
  std::string& url = config.opensearch.dashboards_url;
  if (!map.text("dashboards_url", url) || url.empty()) {
    return;
  }
  while (url.ends_with('/')) {
    url.pop_back();
  }
  const std::size_t path = url.find('/', std::min(url.find("://"), url.size() - 3) + 3);
  const bool odd_path =
      path != std::string::npos && url.find_first_of("?#\\ %\"<>", path) != std::string::npos;
  if (const auto problem = host_problem(url.substr(0, path)); problem || odd_path) {
    map.add_problem("dashboards_url",
                    problem.value_or("expected https://HOST:PORT or https://HOST:PORT/BASE/PATH"));
  }
}

void read_opensearch(yaml::YamlMap& map, Fs& fs, Config& config) {
  OpenSearchConfig& sink = config.opensearch;
  read_hosts(map, config);
  read_credentials(map, fs, config);
  read_tls(map, fs, config);
  read_aws(map, fs, config);
  if (const auto style = map.one_of("target_style", {"alias", "dated"})) {
    sink.style = *style == 0 ? TargetStyle::alias : TargetStyle::dated;
  }
  read_dashboards_url(map, config);
  static const std::vector<std::string_view> kCodecs = {"gzip", "zstd", "none"};
  if (const auto codec = map.one_of("compression", kCodecs)) {
    sink.compression = kCodecs[*codec];
  }
  map.duration("timeout", milliseconds(1000), std::chrono::minutes(10), sink.timeout);
  map.done();
}

}  // namespace

void read_sink(yaml::YamlMap& top, Fs& fs, Config& config) {
  const yaml::YamlNode* node = top.get("sink");
  if (node == nullptr) {
    return;
  }
  yaml::YamlMap sink(top.problems(), *node, "sink");
  if (const auto type = sink.one_of("type", {"file", "opensearch"})) {
    config.sink = *type == 0 ? SinkType::file : SinkType::opensearch;
  } else if (!sink.has("type")) {
    sink.add_problem("type", "expected file or opensearch");
  }
  if (const yaml::YamlNode* file = sink.get("file")) {
    yaml::YamlMap map(sink.problems(), *file, "sink.file");
    read_file_sink(map, config);
  }
  if (const yaml::YamlNode* opensearch = sink.get("opensearch")) {
    yaml::YamlMap map(sink.problems(), *opensearch, "sink.opensearch");
    read_opensearch(map, fs, config);
  } else if (config.sink == SinkType::opensearch) {
    sink.add_problem("opensearch", "required for type opensearch: at least hosts");
  }
  sink.done();
}

}  // namespace auditship::config
