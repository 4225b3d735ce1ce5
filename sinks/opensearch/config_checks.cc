#include "sinks/opensearch/config_checks.h"

#include <string>

namespace auditship::sinks::opensearch {
namespace {

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

void check_proxy(yaml::YamlMap& map, yaml::ReadContext& context, const OpenSearchConfig& config) {
  const bool is_url = !config.proxy.empty() && config.proxy != kEnvironmentProxy;
  const bool has_password = !config.proxy_password_file.empty();
  if (config.proxy_username.empty() == has_password) {
    map.add_problem(has_password ? "proxy_username" : "proxy_password_file",
                    "proxy_username and proxy_password_file go together");
  }
  if (has_password && !is_url) {
    map.add_problem("proxy_username", "a user of the proxy without the proxy's address");
  }
  if (config.proxy_username.find(':') != std::string::npos) {
    map.add_problem("proxy_username", "a colon would end the name");
  }
  if (!config.proxy_ca_file.empty() && config.proxy != kEnvironmentProxy &&
      !config.proxy.starts_with("https://")) {
    map.add_problem("proxy_ca_file", "only an https:// proxy has a certificate");
  }
  if (has_password && config.proxy.starts_with("http://")) {
    context.warn("sink.opensearch: the proxy's password goes to " + config.proxy +
                 " without encryption");
  }
}

}  // namespace

void check_section(yaml::YamlMap& map, yaml::ReadContext& context, OpenSearchConfig& config) {
  if (config.hosts.empty()) {
    map.add_problem("hosts",
                    "expected at least one address, as https://opensearch.example.com:9200");
  }
  check_credentials(map, context, config);
  check_proxy(map, context, config);
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
