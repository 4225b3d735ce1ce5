#include "sinks/opensearch/blocking_client.h"

#include "agent/base/version.h"

namespace auditship::sinks::opensearch {

http::CurlOptions curl_options(const config::OpenSearchConfig& opensearch) {
  http::CurlOptions options;
  options.ca_file = opensearch.ca_file;
  options.certificate_file = opensearch.certificate_file;
  options.key_file = opensearch.key_file;
  options.server_name = opensearch.server_name;
  options.verify = opensearch.tls_verify;
  return options;
}

CredentialSource credential_source(Fs& fs, const config::OpenSearchConfig& opensearch) {
  return [&fs, &opensearch]() -> Result<http::Credentials> {
    auto secrets = config::load_secrets(fs, opensearch);
    if (!secrets) {
      return secrets.error();
    }
    return http::Credentials{
        opensearch.username,
        secrets->password,
        secrets->bearer_token,
        {opensearch.aws_region, opensearch.aws_service, secrets->aws_access_key,
         secrets->aws_secret_key, secrets->aws_session_token}};
  };
}

OpenSearchOptions opensearch_options(const config::Config& config,
                                     const config::StreamConfig& stream) {
  OpenSearchOptions options;
  options.hosts = config.opensearch.hosts;
  options.target = stream.target;
  options.style =
      config.opensearch.style == config::TargetStyle::dated ? IndexStyle::dated : IndexStyle::alias;
  options.timeout = config.opensearch.timeout;
  options.agent_version = kVersion;
  return options;
}

Result<std::unique_ptr<OneShot>> OneShot::connect(Fs& fs, const config::Config& config,
                                                  Logger& log) {
  if (config.sink != config::SinkType::opensearch) {
    return Error{Errc::invalid, "the configured sink is not opensearch"};
  }
  std::unique_ptr<OneShot> shot(new OneShot(fs, config, log));
  shot->loop_ = std::make_unique<platform::Loop>(log);
  auto http = http::CurlHttp::create(curl_options(config.opensearch), shot->loop_->post());
  if (!http) {
    return http.error();
  }
  shot->http_ = std::move(*http);
  return shot;
}

OpenSearchSink& OneShot::sink(const config::StreamConfig& stream) {
  std::unique_ptr<OpenSearchSink>& sink = sinks_[stream.name];
  if (!sink) {
    sink = std::make_unique<OpenSearchSink>(opensearch_options(config_, stream),
                                            credential_source(fs_, config_.opensearch), *http_,
                                            clock_, rng_, log_, loop_->post());
  }
  return *sink;
}

bool OneShot::run(const std::function<void(std::function<void()> done)>& start) {
  bool finished = false;
  bool started = false;
  loop_->run(
      [&](TimePoint now) {
        if (!started) {
          started = true;
          start([&] {
            finished = true;
            loop_->stop();
          });
        }
        return now + std::chrono::seconds(60);
      },
      [&](int) { loop_->stop(); });
  return finished;
}

}  // namespace auditship::sinks::opensearch
