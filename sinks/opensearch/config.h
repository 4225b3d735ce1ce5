// The keys of the OpenSearch sink, and its registration.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"
#include "sinks/sink_type.h"

namespace auditship::sinks::opensearch {

// Where a target's documents go: to the index that an alias of its name writes to, or to TARGET-YYYY.MM.DD.
enum class IndexStyle : std::uint8_t { alias, dated };

// As `proxy`: what the environment says.
inline constexpr std::string_view kEnvironmentProxy = "environment";

class OpenSearchConfig final : public yaml::SectionOf<OpenSearchConfig, SinkConfig> {
 public:
  // https://host:9200, perhaps with a path, without a slash at the end.
  std::vector<std::string> hosts;
  std::string username, password, password_file, bearer_token_file;
  // Region empty: requests are not signed.
  std::string aws_region, aws_service = "es";
  std::string aws_access_key_file, aws_secret_key_file, aws_session_token_file;
  std::string ca_file, certificate_file, key_file, server_name;
  bool tls_verify = true;
  // http://host:3128, or kEnvironmentProxy; empty: none.
  std::string proxy;
  std::string proxy_username, proxy_password_file, proxy_ca_file;
  IndexStyle style = IndexStyle::alias;
  // Of OpenSearch Dashboards, for setup; empty: none.
  std::string dashboards_url;
  Codec compression = Codec::gzip;
  std::chrono::milliseconds timeout{60000};

  [[nodiscard]] static const yaml::Schema<OpenSearchConfig>& schema();
  [[nodiscard]] const SinkType& type() const override;
  [[nodiscard]] bool is_given() const override { return !hosts.empty(); }
  [[nodiscard]] std::string destination() const override;
  [[nodiscard]] SinkNeeds needs() const override;
  [[nodiscard]] std::shared_ptr<const sinks::framing::ItemFraming> framing(
      const std::string& target) const override;
  [[nodiscard]] std::vector<CertificateFile> certificates() const override;
  [[nodiscard]] Result<std::unique_ptr<SinkConnection>> connect(
      const SinkServices& services) const override;
};

extern const SinkType kType;

}  // namespace auditship::sinks::opensearch
