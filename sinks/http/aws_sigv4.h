// Signature Version 4 of Amazon's services, for OpenSearch there (service "es" or "aoss").
//
// Our own and not libcurl's: that of Debian 12 (7.88) signs path and query as they are written, and
// the service signs them sorted and encoded anew, so that "_bulk?timeout=20s&filter_path=errors,…"
// would be refused. Checked against the documented examples, not against a live service. Stateless;
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sinks/http/http_transport.h"

namespace auditship::sinks::http {

struct AwsSigning {
  std::string region;  // empty: requests are not signed
  std::string service;
  std::string access_key, secret_key;
  std::string session_token;  // of temporary keys; empty: none
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The headers that sign the request as it is now: method, URL and body must not change any more.
// The body's digest is one of them.
[[nodiscard]] HttpHeaders aws_headers(const HttpRequest& request, const AwsSigning& signing,
                                      std::int64_t wall_ns);

// For the documented examples: without the digest of the body as a header, which "es" does not
// need.
enum class AwsBodyHeader : std::uint8_t { sent, left_out };
[[nodiscard]] HttpHeaders aws_headers(const HttpRequest& request, const AwsSigning& signing,
                                      std::int64_t wall_ns, AwsBodyHeader body_header);

}  // namespace auditship::sinks::http
