#include "sinks/http/curl_errors.h"

#include <curl/curl.h>

namespace auditship::sinks::http {
namespace {

// What a certificate that was not accepted lacks. verified: X509_verify_cert's error, of OpenSSL.
HttpFault certificate_fault(long verified, std::string_view words) {
  constexpr long kNotYetValid = 9, kExpired = 10, kHostMismatch = 62, kAddressMismatch = 64;
  if (verified == kNotYetValid || verified == kExpired ||
      words.find("expired") != std::string_view::npos) {
    return HttpFault::tls_expired;
  }
  // libcurl compares the name itself, and then has no number for it.
  if (verified == kHostMismatch || verified == kAddressMismatch ||
      words.find("subject name") != std::string_view::npos) {
    return HttpFault::tls_host_name;
  }
  return HttpFault::tls_untrusted;
}

// A server says by an alert that it does not like our certificate; with TLS 1.3 only after the
// handshake, so that it is seen while an answer is awaited.
bool says_alert(std::string_view words) {
  return words.find(" alert ") != std::string_view::npos ||
         words.find("alert number") != std::string_view::npos;
}

// As of a proxy that takes connections for a node that is starting.
bool says_cut(std::string_view words) {
  return words.find("SSL_ERROR_SYSCALL") != std::string_view::npos ||
         words.find("reset by peer") != std::string_view::npos ||
         words.find("unexpected eof") != std::string_view::npos;
}

}  // namespace

HttpFault curl_fault(int result, long verified, std::string_view words) {
  switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return HttpFault::name;
    case CURLE_COULDNT_CONNECT:
      return HttpFault::unreachable;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
      return HttpFault::tls_file;
    case CURLE_PEER_FAILED_VERIFICATION:
      return certificate_fault(verified, words);
    case CURLE_SSL_CONNECT_ERROR:
      return says_cut(words)     ? HttpFault::cut
             : says_alert(words) ? HttpFault::tls_refused
                                 : HttpFault::tls;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return says_alert(words) ? HttpFault::tls_refused : HttpFault::cut;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return HttpFault::cut;
    default:
      return HttpFault::none;
  }
}

}  // namespace auditship::sinks::http
