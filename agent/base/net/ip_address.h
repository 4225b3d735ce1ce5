// Numeric addresses as text: is this one, and where does its zone begin.
// Stateless; strict, because one address that the index does not accept would cost the document.
#pragma once

#include <string_view>

namespace auditship {

// Dotted quad without leading zeros.
[[nodiscard]] bool is_ipv4(std::string_view text);

// RFC 4291 text without a zone; the last 32 bits may be a dotted quad.
[[nodiscard]] bool is_ipv6(std::string_view text);

// Either, without a zone.
[[nodiscard]] bool is_ip_address(std::string_view text);

struct IpText {
  bool valid = false;
  std::string_view address;  // without zone
  bool has_zone = false;     // fe80::1%eth0
};

[[nodiscard]] IpText read_ip(std::string_view text);

}  // namespace auditship
