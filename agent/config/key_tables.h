// The keys of the configuration as tables for people, made of the declarations that read them.
//
// docs/configuration.md and packaging/man/auditship.yaml.5 have them between marks; a test says when they
// differ. To make them again: tests/support/update-key-tables.
#pragma once

#include <string>
#include <vector>

#include "agent/config/config.h"
#include "agent/yaml/key_row.h"

namespace auditship::config {

struct KeyTable {
  // "Parser `auth_log`".
  std::string title;
  // A sentence or two above the table.
  std::string about;
  std::vector<yaml::KeyRow> rows;
};

[[nodiscard]] std::vector<KeyTable> key_tables(const RegisteredTypes& types);

// As sections of third order, and as subsections of a man page.
[[nodiscard]] std::string markdown_of(const std::vector<KeyTable>& tables);
[[nodiscard]] std::string man_of(const std::vector<KeyTable>& tables);

}  // namespace auditship::config
