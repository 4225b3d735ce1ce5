#include "sinks/opensearch/config.h"

#include "sinks/framing/bulk_framing.h"
#include "sinks/opensearch/address_checks.h"
#include "sinks/opensearch/blocking_client.h"
#include "sinks/opensearch/cluster_setup.h"
#include "sinks/opensearch/config_checks.h"
#include "sinks/opensearch/connection.h"
#include "sinks/opensearch/document_repair.h"
#include "sinks/opensearch/online_check.h"

namespace auditship::sinks::opensearch {
namespace {

using C = OpenSearchConfig;
constexpr auto kLater = yaml::FileNeeded::for_delivery;

yaml::Schema<C> aws_keys() {
  return yaml::Schema<C>(
      {
          yaml::text_key("region", &C::aws_region, "text",
                         "Instead of a user: requests are signed for Amazon's service (Signature "
                         "Version 4). Checked "
                         "against the documented examples and a fake, **not verified against a "
                         "live service**."),
          yaml::text_key("service", &C::aws_service, "`es` or `aoss`", "Of Amazon."),
          yaml::file_key("access_key_file", &C::aws_access_key_file, kLater,
                         "Read again at every request."),
          yaml::file_key("secret_key_file", &C::aws_secret_key_file, kLater,
                         "Read again at every request."),
          yaml::file_key("session_token_file", &C::aws_session_token_file, kLater,
                         "Of temporary keys."),
      },
      check_aws);
}

yaml::Schema<C> tls_keys() {
  return yaml::Schema<C>(
      {
          yaml::file_key("ca_file", &C::ca_file, kLater,
                         "PEM; whom the server's certificate must be of.")
              .with_default("the system's"),
          yaml::file_key("certificate_file", &C::certificate_file, kLater,
                         "PEM; a client certificate, with `key_file`."),
          yaml::file_key("key_file", &C::key_file, kLater, "PEM; its key."),
          yaml::text_key("server_name", &C::server_name, "text",
                         "If the certificate names another host than `hosts` does."),
          yaml::boolean_key(
              "verify", &C::tls_verify,
              "`false`: anyone between here and the server can read and swallow the events."),
      },
      check_tls);
}

}  // namespace

const yaml::Schema<OpenSearchConfig>& OpenSearchConfig::schema() {
  static const yaml::Schema<C> kSchema(
      {
          yaml::texts_key("hosts", &C::hosts, "list of `https://HOST:PORT`",
                          "One or more. With a path where OpenSearch is below one: "
                          "`https://proxy.example/opensearch`; every request goes there.",
                          host_problem)
              .with_default("required for this type"),
          yaml::text_key("username", &C::username, "text", "With `password_file` or `password`."),
          yaml::secret_key("password", &C::password, "Better in a file."),
          yaml::file_key("password_file", &C::password_file, kLater,
                         "Read again at every request."),
          yaml::file_key("bearer_token_file", &C::bearer_token_file, kLater, "Instead of a user."),
          yaml::section_key<C>("tls", tls_keys()),
          yaml::text_key("proxy", &C::proxy, "`http://HOST:PORT` or `environment`",
                         "An HTTP forward proxy for all requests, also to Dashboards; to `https` "
                         "hosts by CONNECT. `https://HOST:PORT`: TLS to the proxy as well. "
                         "`environment`: what `https_proxy`, `http_proxy`, `all_proxy` and "
                         "`no_proxy` say, in small letters or capitals. Without this key those "
                         "are not looked at.",
                         proxy_problem)
              .with_default("none"),
          yaml::text_key("proxy_username", &C::proxy_username, "text",
                         "Of the proxy, with `proxy_password_file`."),
          yaml::file_key("proxy_password_file", &C::proxy_password_file, kLater,
                         "Read again at every request."),
          yaml::file_key("proxy_ca_file", &C::proxy_ca_file, kLater,
                         "PEM; whom the certificate of an `https://` proxy must be of. It is "
                         "always verified.")
              .with_default("the system's"),
          yaml::section_key<C>("aws_sigv4", aws_keys(),
                               [](const C& config) { return !config.aws_region.empty(); }),
          yaml::text_key("dashboards_url", &C::dashboards_url, "URL",
                         "Of OpenSearch Dashboards; only `auditship setup` uses it.",
                         dashboards_problem),
          yaml::choice_key("target_style", &C::style,
                           {{"alias", IndexStyle::alias}, {"dated", IndexStyle::dated}},
                           "Write aliases with rollover, or an index a day: `TARGET-YYYY.MM.DD`."),
          yaml::choice_key("compression", &C::compression,
                           {{"gzip", Codec::gzip}, {"zstd", Codec::zstd}, {"none", Codec::none}},
                           "Of requests; `zstd` from OpenSearch 3 on."),
          yaml::duration_key("timeout", &C::timeout,
                             {std::chrono::seconds(1), std::chrono::minutes(10)},
                             "Of one bulk request."),
      },
      check_section);
  return kSchema;
}

const SinkType& OpenSearchConfig::type() const { return kType; }

std::string OpenSearchConfig::destination() const {
  std::string all;
  for (const std::string& host : hosts) {
    all += (all.empty() ? "" : ", ") + host;
  }
  if (!proxy.empty()) {
    all += proxy == kEnvironmentProxy ? " by the environment's proxy" : " by proxy " + proxy;
  }
  return "OpenSearch at " + all;
}

SinkNeeds OpenSearchConfig::needs() const {
  SinkNeeds needs;
  needs.codec = compression;
  needs.settle_late = 2 * timeout;
  return needs;
}

std::vector<CertificateFile> OpenSearchConfig::certificates() const {
  std::vector<CertificateFile> all{{"client", certificate_file, false}, {"ca", ca_file, true}};
  if (proxy_ca_file != ca_file) {
    all.push_back({"ca", proxy_ca_file, true});
  }
  return all;
}

std::shared_ptr<const sinks::framing::ItemFraming> OpenSearchConfig::framing(
    const std::string& target) const {
  return std::make_shared<sinks::framing::BulkFraming>(style == IndexStyle::dated ? target
                                                                                  : std::string());
}

Result<std::unique_ptr<SinkConnection>> OpenSearchConfig::connect(
    const SinkServices& services) const {
  auto connection = OpenSearchConnection::create(*this, services);
  if (!connection) {
    return connection.error();
  }
  return std::unique_ptr<SinkConnection>(std::move(*connection));
}

const SinkType kType{
    .name = "opensearch",
    .summary = "OpenSearch by its bulk API",
    .required = "hosts",
    .make_config = [] { return std::unique_ptr<SinkConfig>(std::make_unique<OpenSearchConfig>()); },
    .check_online = check_online,
    .connect_client = connect_client,
    .set_up = set_up,
    .repair = repair_document,
    .why_no_full_documents =
        "the mapping of `auditship setup` has aliases for names that full documents write out, and "
        "a document that writes to an alias is refused whole. Leave it at lean: queries find those "
        "names",
};

}  // namespace auditship::sinks::opensearch
