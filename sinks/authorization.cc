#include "sinks/authorization.h"

#include <cstdint>
#include <string_view>

namespace auditship {
namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8U | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out += i + j <= bytes.size() ? kAlphabet[(group >> (18 - 6 * j)) & 63U] : '=';
    }
  }
  return out;
}

bool has_line_break(std::string_view text) {
  return text.find_first_of("\r\n") != std::string_view::npos;
}

}  // namespace

Result<std::string> authorization_header(const std::string& username, const std::string& password,
                                         const std::string& bearer_token) {
  if (has_line_break(bearer_token) || has_line_break(username)) {
    return Error{Errc::invalid, "user name or token contains a line break"};
  }
  if (!bearer_token.empty()) {
    return "Bearer " + bearer_token;
  }
  return username.empty() ? std::string() : "Basic " + base64(username + ":" + password);
}

}  // namespace auditship
