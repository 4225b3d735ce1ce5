#include "sinks/http/authorization.h"

#include <string_view>
#include <utility>

#include "agent/base/encoding/base64.h"

namespace auditship::sinks::http {
namespace {

bool has_line_break(std::string_view text) {
  return text.find_first_of("\r\n") != std::string_view::npos;
}

}  // namespace

Status authorize(HttpRequest& request, const Credentials& credentials, std::int64_t wall_ns) {
  const AwsSigning& aws = credentials.aws;
  for (const std::string& text :
       {credentials.username, credentials.bearer_token, aws.access_key, aws.session_token,
        credentials.proxy_username, credentials.proxy_password}) {
    if (has_line_break(text)) {
      return Error{Errc::invalid, "user name, key or token contains a line break"};
    }
  }
  request.proxy_username = credentials.proxy_username;
  request.proxy_password = credentials.proxy_password;
  if (!aws.region.empty()) {
    for (auto& header : aws_headers(request, aws, wall_ns)) {
      request.headers.push_back(std::move(header));
    }
  } else if (!credentials.bearer_token.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + credentials.bearer_token);
  } else if (!credentials.username.empty()) {
    request.headers.emplace_back(
        "Authorization",
        "Basic " + encode_base64(credentials.username + ":" + credentials.password));
  }
  return {};
}

}  // namespace auditship::sinks::http
