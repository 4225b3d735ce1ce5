// curl_fault says of libcurl's result why no answer came. Stateless; thread-safe.
#pragma once

#include <string_view>

#include "sinks/http.h"

namespace auditship {

// result: a CURLcode other than CURLE_OK. verified: CURLINFO_SSL_VERIFYRESULT, as OpenSSL numbers
// it. words: of CURLOPT_ERRORBUFFER, where nothing else tells an alert of the server.
[[nodiscard]] HttpFault curl_fault(int result, long verified, std::string_view words);

}  // namespace auditship
