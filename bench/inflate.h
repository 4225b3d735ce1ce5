// Inflates request bodies with zlib and libzstd themselves, so that the agent's own codec is
// checked by something else than itself. Stateless; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace auditship::bench {

// encoding: the Content-Encoding header ("" or "identity": plain). nullopt: broken, cut short, or
// unknown.
std::optional<std::string> inflate_body(std::string_view encoding, const std::string& body);

}  // namespace auditship::bench
