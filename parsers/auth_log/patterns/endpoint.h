// "192.0.2.7:5022", "2001:db8::7:5022" (dropbear writes no brackets) and "[2001:db8::7]:5022": the
// last colon stands before the port. Stateless.
#pragma once

#include <algorithm>
#include <string_view>

#include "agent/base/net/ip_address.h"

namespace auditship::parsers::auth_log::patterns {

struct Endpoint {
  bool valid = false;
  std::string_view address, port;
};

[[nodiscard]] inline Endpoint read_endpoint(std::string_view text) {
  Endpoint out;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) {
    return out;
  }
  out.address = text.substr(0, colon);
  out.port = text.substr(colon + 1);
  if (out.address.size() > 2 && out.address.front() == '[' && out.address.back() == ']') {
    out.address = out.address.substr(1, out.address.size() - 2);
  }
  out.valid =
      read_ip(out.address).valid &&
      std::all_of(out.port.begin(), out.port.end(), [](char c) { return c >= '0' && c <= '9'; });
  return out;
}

}  // namespace auditship::parsers::auth_log::patterns
