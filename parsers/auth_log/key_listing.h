// `keys` for auth.log: the keys of the sources that `ssh_key_owners` names.
#pragma once

#include <span>

#include "parsers/parser_type.h"

namespace auditship::parsers::auth_log {

// See parsers::ListKeys. configs are AuthLogConfigs.
[[nodiscard]] Result<KeyListing> list_keys(Fs& fs, std::span<const ParserConfig* const> configs);

}  // namespace auditship::parsers::auth_log
