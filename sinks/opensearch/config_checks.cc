#include "sinks/opensearch/config_checks.h"

#include <algorithm>
#include <string_view>

namespace auditship::sinks::opensearch {
namespace {

void drop_slashes(std::string& text) {
  while (text.ends_with('/')) {
    text.pop_back();
  }
}

std::optional<std::string> address_problem(std::string_view host) {
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

void check_credentials(yaml::YamlMap& map, yaml::ReadContext& context,
                       const OpenSearchConfig& config) {
  const bool has_password = !config.password.empty() || !config.password_file.empty();
  if (!config.password.empty() && !config.password_file.empty()) {
    map.add_problem("password", "password and password_file are both given: choose one");
  }
  if (has_password && config.username.empty()) {
    map.add_problem("username", "a password without a username");
  }
  if (!config.username.empty() && !has_password) {
    map.add_problem("username", "a username without password_file or password");
  }
  if (!config.username.empty() && !config.bearer_token_file.empty()) {
    map.add_problem("bearer_token_file",
                    "a username and a bearer token are both given: choose one");
  }
  const bool has_secret = has_password || !config.bearer_token_file.empty();
  for (const std::string& host : config.hosts) {
    if (has_secret && host.starts_with("http://")) {
      context.warn("sink.opensearch: the credential goes to " + host + " without encryption");
    }
  }
}

}  // namespace

std::optional<std::string> host_problem(std::string& host) {
  auto problem = address_problem(host);
  drop_slashes(host);
  return problem;
}

std::optional<std::string> dashboards_problem(std::string& url) {
  if (url.empty()) {
    return std::nullopt;
  }
  drop_slashes(url);
  const std::size_t path = url.find('/', std::min(url.find("://"), url.size() - 3) + 3);
  const bool odd_path =
      path != std::string::npos && url.find_first_of("?#\\ %\"<>", path) != std::string::npos;
  if (const auto problem = address_problem(std::string_view(url).substr(0, path));
      problem || odd_path) {
    return problem.value_or("expected https://HOST:PORT or https://HOST:PORT/BASE/PATH");
  }
  return std::nullopt;
}

void check_section(yaml::YamlMap& map, yaml::ReadContext& context, OpenSearchConfig& config) {
  if (config.hosts.empty()) {
    map.add_problem("hosts",
                    "expected at least one address, as https://opensearch.example.com:9200");
  }
  check_credentials(map, context, config);
  if (!map.has("aws_sigv4")) {
    return;
  }
  if (!config.username.empty() || !config.bearer_token_file.empty()) {
    map.add_problem("aws_sigv4", "a username or bearer token is given, too: choose one");
  }
  if (!config.server_name.empty()) {
    map.add_problem("aws_sigv4", "tls.server_name would change the host that is signed: drop one");
  }
}

void check_tls(yaml::YamlMap& tls, yaml::ReadContext& context, OpenSearchConfig& config) {
  if (config.certificate_file.empty() != config.key_file.empty()) {
    tls.add_problem(config.key_file.empty() ? "certificate_file" : "key_file",
                    "certificate_file and key_file go together");
  }
  if (!config.tls_verify) {
    context.warn(
        "sink.opensearch.tls.verify is false: anyone between here and the server can read and "
        "swallow the events");
  }
}

void check_aws(yaml::YamlMap& aws, yaml::ReadContext& /*context*/, OpenSearchConfig& config) {
  const auto is_word = [](const std::string& text) {
    return !text.empty() &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  };
  if (!is_word(config.aws_region)) {
    aws.add_problem("region", "expected a region, as eu-north-1");
  }
  if (!is_word(config.aws_service)) {
    aws.add_problem("service", "expected es or aoss");
  }
  if (config.aws_access_key_file.empty() || config.aws_secret_key_file.empty()) {
    aws.add_problem("access_key_file", "access_key_file and secret_key_file are both needed");
  }
}

}  // namespace auditship::sinks::opensearch
