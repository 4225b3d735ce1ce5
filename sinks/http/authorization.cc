#include "sinks/http/authorization.h"

#include <cstdint>
#include <string_view>
#include <utility>

namespace auditship::sinks::http {
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

Status authorize(HttpRequest& request, const Credentials& credentials, std::int64_t wall_ns) {
  const AwsSigning& aws = credentials.aws;
  for (const std::string& text :
       {credentials.username, credentials.bearer_token, aws.access_key, aws.session_token}) {
    if (has_line_break(text)) {
      return Error{Errc::invalid, "user name, key or token contains a line break"};
    }
  }
  if (!aws.region.empty()) {
    for (auto& header : aws_headers(request, aws, wall_ns)) {
      request.headers.push_back(std::move(header));
    }
  } else if (!credentials.bearer_token.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + credentials.bearer_token);
  } else if (!credentials.username.empty()) {
    request.headers.emplace_back(
        "Authorization", "Basic " + base64(credentials.username + ":" + credentials.password));
  }
  return {};
}

}  // namespace auditship::sinks::http
