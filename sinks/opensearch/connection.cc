#include "sinks/opensearch/connection.h"

#include <utility>

#include "agent/base/version.h"
#include "agent/platform/system_clock.h"
#include "sinks/opensearch/secrets.h"

namespace auditship::sinks::opensearch {
namespace {

http::CurlOptions curl_options(const OpenSearchConfig& config) {
  http::CurlOptions options;
  options.ca_file = config.ca_file;
  options.certificate_file = config.certificate_file;
  options.key_file = config.key_file;
  options.server_name = config.server_name;
  options.verify = config.tls_verify;
  options.proxies = config.proxy == kEnvironmentProxy
                        ? http::proxies_of_environment(platform::system_environment)
                        : http::one_proxy(config.proxy);
  options.proxy_ca_file = config.proxy_ca_file;
  return options;
}

}  // namespace

CredentialSource credential_source(Fs& fs, const OpenSearchConfig& config) {
  return [&fs, config]() -> Result<http::Credentials> {
    auto secrets = load_secrets(fs, config);
    if (!secrets) {
      return secrets.error();
    }
    return http::Credentials{config.username,
                             secrets->password,
                             secrets->bearer_token,
                             {config.aws_region, config.aws_service, secrets->aws_access_key,
                              secrets->aws_secret_key, secrets->aws_session_token},
                             config.proxy_username,
                             secrets->proxy_password};
  };
}

Result<std::unique_ptr<OpenSearchConnection>> OpenSearchConnection::create(
    OpenSearchConfig config, const SinkServices& services) {
  std::unique_ptr<OpenSearchConnection> made(new OpenSearchConnection(std::move(config), services));
  auto http = http::CurlHttp::create(curl_options(made->config_), services.post);
  if (!http) {
    return http.error();
  }
  made->http_ = std::move(*http);
  return made;
}

std::unique_ptr<OpenSearchSink> OpenSearchConnection::open_target(const std::string& target) {
  OpenSearchOptions options;
  options.hosts = config_.hosts;
  options.target = target;
  options.style = config_.style;
  options.timeout = config_.timeout;
  options.agent_version = kVersion;
  return std::make_unique<OpenSearchSink>(
      std::move(options), credential_source(services_.fs, config_), *http_, services_.clock,
      services_.rng, services_.log, services_.post);
}

Result<std::unique_ptr<Sink>> OpenSearchConnection::open(const SinkStream& stream) {
  return std::unique_ptr<Sink>(open_target(stream.target));
}

}  // namespace auditship::sinks::opensearch
