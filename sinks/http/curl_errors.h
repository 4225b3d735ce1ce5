// curl_fault says of libcurl's result why no answer came. Stateless; thread-safe.
#pragma once

#include <string_view>

#include "sinks/http/http_transport.h"

namespace auditship::sinks::http {

// result: a CURLcode other than CURLE_OK. verified: CURLINFO_SSL_VERIFYRESULT, as OpenSSL numbers
// it. words: of CURLOPT_ERRORBUFFER, where nothing else tells an alert of the server.
[[nodiscard]] HttpFault curl_fault(int result, long verified, std::string_view words);

}  // namespace auditship::sinks::http
