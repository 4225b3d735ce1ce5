// The keys of the parser auth_log, and its registration.
#pragma once

#include <string>
#include <vector>

#include "parsers/auth_log/key_owners/key_owner_files.h"
#include "parsers/parser_type.h"

namespace auditship::parsers::auth_log {

class AuthLogConfig final : public yaml::SectionOf<AuthLogConfig, ParserConfig> {
 public:
  // Empty: the host's. A name of the zone database, or the path of a zone file.
  std::string time_zone;
  // event.original on the documents.
  bool keep_original = false;
  // A document also when an SSH login begins.
  bool session_start_documents = false;
  // Whose SSH key is whose; empty: not asked.
  std::vector<key_owners::KeyOwnerSource> ssh_key_owners;

  [[nodiscard]] static const yaml::Schema<AuthLogConfig>& schema();
  [[nodiscard]] const ParserType& type() const override;
  void warn(yaml::ReadContext& context) const override;
  [[nodiscard]] Result<std::unique_ptr<ParserFactory>> make_factory(
      const ParserServices& services) const override;
};

extern const ParserType kType;

}  // namespace auditship::parsers::auth_log
