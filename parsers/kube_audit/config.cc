#include "parsers/kube_audit/config.h"

#include <utility>

#include "agent/base/net/ip_network.h"
#include "parsers/kube_audit/kube_audit_parser.h"
#include "parsers/kube_audit/redactor.h"

namespace auditship::parsers::kube_audit {
namespace {

constexpr std::uint64_t kKiB = 1 << 10;
constexpr std::size_t kMostNames = 1000;

constexpr std::string_view kPaths[] = {
    // kubeadm, as most operators choose
    "/var/log/kubernetes/audit/audit.log",
    // kubespray, Compliant Kubernetes
    "/var/log/kubernetes/audit/kube-apiserver-audit.log",
    // Compliant Kubernetes
    "/var/log/kube-audit/kube-apiserver.log",
    // RKE2
    "/var/lib/rancher/rke2/server/logs/audit.log",
    // k3s
    "/var/lib/rancher/k3s/server/logs/audit.log",
    // RKE1
    "/var/log/kube-audit/audit-log.json",
    // Talos
    "/var/log/audit/kube/kube-apiserver.log",
    // OpenShift, and its aggregated servers
    "/var/log/kube-apiserver/audit.log",
    "/var/log/openshift-apiserver/audit.log",
    "/var/log/oauth-apiserver/audit.log",
    "/var/log/oauth-server/audit.log",
    // GCE scripts, kops
    "/var/log/kube-apiserver-audit.log",
};

std::optional<std::string> network_problem(const std::string& text) {
  const auto network = IpNetwork::parse(text);
  return network ? std::nullopt : std::optional(network.error().message);
}

void check_names(yaml::YamlMap& map, yaml::ReadContext& /*context*/, KubeAuditConfig& config) {
  if (auto redactor = Redactor::make(config.redact_names, config.redact); !redactor) {
    map.add_problem("names", redactor.error().message);
  } else if (config.redact_names.size() > kMostNames) {
    map.add_problem("names", "expected at most 1000 names");
  }
}

class KubeAuditFactory final : public ParserFactory {
 public:
  explicit KubeAuditFactory(KubeAuditOptions options) : options_(std::move(options)) {}

  [[nodiscard]] std::unique_ptr<Parser> make_parser() const override {
    auto parser = KubeAuditParser::make(options_);
    AUDITSHIP_CHECK(parser.ok(), "options that were good once are good again");
    return std::move(*parser);
  }

 private:
  KubeAuditOptions options_;
};

}  // namespace

const yaml::Schema<KubeAuditConfig>& KubeAuditConfig::schema() {
  using C = KubeAuditConfig;
  static const yaml::Schema<C> kSchema({
      yaml::texts_key("trusted_proxies", &C::trusted_proxies, "list of networks",
                      "Networks whose word about the client's address is believed.",
                      network_problem),
      yaml::section_key(
          "bodies",
          yaml::Schema<C>(
              {yaml::size_key("max", &C::body_max, {4 * kKiB, 900 * kKiB},
                              "Of `requestObject` and `responseObject` each, as JSON text. Longer "
                              "ones are shortened "
                              "and marked; searching breaks on text of 1,000,000 characters."),
               yaml::boolean_key("slim", &C::slim_bodies,
                                 "Leave out `managedFields` and the last-applied annotation.")})),
      yaml::section_key(
          "redaction",
          yaml::Schema<C>({yaml::boolean_key("enabled", &C::redact,
                                             "Data of Secrets and ConfigMaps, tokens, "
                                             "password-like members, arguments and query "
                                             "parameters become `[redacted]`; their names stay."),
                           yaml::texts_key("names", &C::redact_names, "list of texts",
                                           "Further names of credentials, in any case; `*` at "
                                           "either end stands for anything: "
                                           "`\"x-*-token\"` is refused, `\"*_pin\"` is fine.")},
                          check_names)),
  });
  return kSchema;
}

const ParserType& KubeAuditConfig::type() const { return kType; }

std::optional<std::size_t> KubeAuditConfig::body_max_bytes() const { return body_max; }

Result<std::unique_ptr<ParserFactory>> KubeAuditConfig::make_factory(
    const ParserServices& /*services*/) const {
  KubeAuditOptions options;
  options.trusted_proxies = trusted_proxies;
  options.redact = redact;
  options.redact_names = redact_names;
  options.slim = slim_bodies;
  options.max_body_bytes = body_max;
  if (auto first = KubeAuditParser::make(options); !first) {
    return first.error();
  }
  return std::unique_ptr<ParserFactory>(std::make_unique<KubeAuditFactory>(std::move(options)));
}

const ParserType kType{
    .name = "kube_audit",
    .summary = "audit log of a kube-apiserver",
    .default_stream = "kubeaudit",
    .default_paths = kPaths,
    .rules = "kubeaudit",
    .templates = "kubeaudit",
    .cluster_scoped = true,
    .make_config =
        [] { return std::unique_ptr<ParserConfig>(std::make_unique<KubeAuditConfig>()); },
};

}  // namespace auditship::parsers::kube_audit
