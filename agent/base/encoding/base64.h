// Base64 (RFC 4648, alphabet with + and /) by OpenSSL. Stateless; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace auditship {

enum class Base64Padding { with, without };

[[nodiscard]] std::string encode_base64(std::string_view bytes,
                                        Base64Padding padding = Base64Padding::with);

// nullopt for text that no bytes encode to: another alphabet, blanks, a length that cannot be, or
// more padding than there can be. Padding may be left out.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace auditship
