// The keys of the parser kube_audit, and its registration.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "parsers/parser_type.h"

namespace auditship::parsers::kube_audit {

class KubeAuditConfig final : public yaml::SectionOf<KubeAuditConfig, ParserConfig> {
 public:
  // Networks in CIDR form.
  std::vector<std::string> trusted_proxies;
  // Of requestObject and responseObject each, as JSON text.
  std::uint64_t body_max = 256 << 10;
  // Without managedFields and last-applied-configuration.
  bool slim_bodies = true;
  // Credentials and secrets become [redacted].
  bool redact = true;
  // Further names whose values are credentials.
  std::vector<std::string> redact_names;

  [[nodiscard]] static const yaml::Schema<KubeAuditConfig>& schema();
  [[nodiscard]] const ParserType& type() const override;
  [[nodiscard]] std::optional<std::size_t> body_max_bytes() const override;
  [[nodiscard]] Result<std::unique_ptr<ParserFactory>> make_factory(
      const ParserServices& services) const override;
};

extern const ParserType kType;

}  // namespace auditship::parsers::kube_audit
