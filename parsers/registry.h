// The formats that can be read: one line each in registry.cc.
#pragma once

#include <span>

#include "parsers/parser_type.h"

namespace auditship::parsers {

// In the order in which their default streams are listed.
[[nodiscard]] std::span<const ParserType* const> parser_types();

}  // namespace auditship::parsers
