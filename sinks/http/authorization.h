// How a request says who sends it: AWS Signature Version 4, a bearer token, or basic auth.
// Stateless; thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "agent/base/result.h"
#include "sinks/http/aws_sigv4.h"
#include "sinks/http/http_transport.h"

namespace auditship::sinks::http {

// The first that is there is used: aws with a region, a bearer token, a user. None: no header.
struct Credentials {
  std::string username, password, bearer_token;
  AwsSigning aws{};
  // Beside them, for a forward proxy. Empty: none.
  std::string proxy_username{}, proxy_password{};
};

// Asked at each request, so that rotated files are seen. An Error fails the request without sending
// it.
using CredentialSource = std::function<Result<Credentials>()>;

// Adds the headers, and what the proxy wants. The request must not change any more. Errors: invalid, where a line break would
// forge a header; the message does not quote it.
[[nodiscard]] Status authorize(HttpRequest& request, const Credentials& credentials,
                               std::int64_t wall_ns);

}  // namespace auditship::sinks::http
