#include "agent/base/net/ip_network.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <string>

#include "agent/base/text.h"

namespace auditship {
namespace {

constexpr std::size_t kMappedBytes = 12;

Error invalid(std::string_view text, std::string_view expected) {
  return Error{Errc::invalid,
               "\"" + std::string(text.substr(0, 80)) + "\": expected " + std::string(expected)};
}

}  // namespace

bool parse_ip_bytes(std::string_view text, IpBytes& into) {
  text = text.substr(0, text.find('%'));
  char buffer[INET6_ADDRSTRLEN + 1] = {};
  if (text.empty() || text.size() > INET6_ADDRSTRLEN) {
    return false;
  }
  text.copy(buffer, text.size());
  if (inet_pton(AF_INET6, buffer, into.data()) == 1) {
    return true;
  }
  into = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return inet_pton(AF_INET, buffer, into.data() + kMappedBytes) == 1;
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const bool v4 = address.find(':') == std::string_view::npos;
  const unsigned most = v4 ? 32 : 128;
  unsigned prefix = most;
  IpNetwork network;
  if (address.find('%') != std::string_view::npos || !parse_ip_bytes(address, network.address_) ||
      (slash != std::string_view::npos && !parse_decimal(text.substr(slash + 1), prefix)) ||
      prefix > most) {
    return invalid(text, "an address or a network, as 10.0.0.0/8 or 2001:db8::/32");
  }
  network.prefix_bits_ = v4 ? prefix + 8 * kMappedBytes : prefix;
  for (unsigned bit = network.prefix_bits_; bit < 128; ++bit) {
    if ((network.address_[bit / 8] >> (7 - bit % 8) & 1U) != 0) {
      return invalid(text, "a network without bits behind its prefix");
    }
  }
  return network;
}

bool IpNetwork::contains(const IpBytes& address) const {
  const std::size_t whole = prefix_bits_ / 8;
  if (std::memcmp(address.data(), address_.data(), whole) != 0) {
    return false;
  }
  const unsigned rest = prefix_bits_ % 8;
  const unsigned mask = 0xFF00U >> rest & 0xFFU;
  return rest == 0 || (address[whole] & mask) == (address_[whole] & mask);
}

Result<IpNetworkList> IpNetworkList::parse(const std::vector<std::string>& networks) {
  IpNetworkList list;
  for (const std::string& text : networks) {
    auto network = IpNetwork::parse(text);
    if (!network) {
      return network.error();
    }
    list.networks_.push_back(*network);
  }
  return list;
}

bool IpNetworkList::contains(std::string_view address) const {
  IpBytes bytes;
  return address.find('%') == std::string_view::npos && parse_ip_bytes(address, bytes) &&
         std::any_of(networks_.begin(), networks_.end(),
                     [&bytes](const IpNetwork& network) { return network.contains(bytes); });
}

}  // namespace auditship
