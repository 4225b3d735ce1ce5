// OpenSearchConnection: the HTTP client that the sinks of all streams share, and what a configuration means for it.
#pragma once

#include <memory>
#include <string>

#include "sinks/http/curl_http.h"
#include "sinks/opensearch/config.h"
#include "sinks/opensearch/opensearch_sink.h"

namespace auditship::sinks::opensearch {

class OpenSearchConnection final : public SinkConnection {
 public:
  // Errors: those of CurlHttp::create.
  [[nodiscard]] static Result<std::unique_ptr<OpenSearchConnection>> create(
      OpenSearchConfig config, const SinkServices& services);

  [[nodiscard]] Result<std::unique_ptr<Sink>> open(const SinkStream& stream) override;
  void stop() override { http_.reset(); }
  // The sink of a target, as itself: for questions that only OpenSearch answers.
  [[nodiscard]] std::unique_ptr<OpenSearchSink> open_target(const std::string& target);
  [[nodiscard]] http::HttpTransport& transport() { return *http_; }

 private:
  OpenSearchConnection(OpenSearchConfig config, const SinkServices& services)
      : config_(std::move(config)), services_(services) {}

  OpenSearchConfig config_;
  SinkServices services_;
  std::unique_ptr<http::CurlHttp> http_;
};

// Reads the files of the configuration for the secrets, each time anew. fs must outlive it.
[[nodiscard]] CredentialSource credential_source(Fs& fs, const OpenSearchConfig& config);

}  // namespace auditship::sinks::opensearch
