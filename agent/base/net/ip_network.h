// IpNetwork: an IPv4 or IPv6 network in CIDR form, and whether an address lies in it.
// One grammar for rules (sourceNetworks) and configuration (trusted_proxies). Plain values;
// stateless functions; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"

namespace auditship {

// 16 bytes; IPv4 in its mapped form ::ffff:a.b.c.d.
using IpBytes = std::array<std::uint8_t, 16>;

// Without its %zone. False when text is no numeric address.
[[nodiscard]] bool parse_ip_bytes(std::string_view text, IpBytes& into);

class IpNetwork {
 public:
  // 10.0.0.0/8, 2001:db8::/32; an address alone is a network of one. Errors: invalid, naming the
  // text: no such network, a zone, or bits behind the prefix.
  [[nodiscard]] static Result<IpNetwork> parse(std::string_view text);

  // An IPv4-mapped IPv6 address counts as the IPv4 address.
  [[nodiscard]] bool contains(const IpBytes& address) const;

 private:
  IpBytes address_{};
  unsigned prefix_bits_ = 128;
};

// Several networks.
class IpNetworkList {
 public:
  // Errors: those of IpNetwork::parse.
  [[nodiscard]] static Result<IpNetworkList> parse(const std::vector<std::string>& networks);
  // Text that is no address, or has a zone, lies in no network.
  [[nodiscard]] bool contains(std::string_view address) const;
  [[nodiscard]] bool empty() const { return networks_.empty(); }

 private:
  std::vector<IpNetwork> networks_;
};

}  // namespace auditship
