// What a forward proxy means for one transfer of libcurl: how it is asked for, and whether it is to blame for the end.
// Stateless; thread-safe, as long as nobody else uses the handle.
#pragma once

#include <string>

#include "sinks/http/http_transport.h"

namespace auditship::sinks::http {

// Whether this libcurl can speak TLS to a proxy.
[[nodiscard]] bool can_use_https_proxies();

// easy: a CURL*. Without a proxy (empty) none is used: not that of the environment either. To https:// it is a tunnel
// by CONNECT; the certificate of an https:// proxy is always verified, by ca_file or, if that is empty, by the system's.
// The texts must outlive the transfer.
void use_proxy(void* easy, const std::string& proxy, const std::string& ca_file,
               const HttpRequest& request);

// How a transfer through an HTTP proxy ended.
struct ProxiedEnd {
  int result = 0;  // a CURLcode
  // Of the answer, of the proxy's answer to CONNECT; 0: there was none.
  int status = 0, connect_status = 0;
  bool tunnel = false;         // by CONNECT
  bool fresh = false;          // on a connection made for it
  bool reached_proxy = false;  // by TCP
  bool html = false;           // the answer is a page for people
};
// none: the proxy did its part.
[[nodiscard]] HttpFault proxy_fault(const ProxiedEnd& end);

// Looks how the transfer through proxy ended. If the proxy is to blame, response becomes one without an answer, that
// says so: what was asked for cannot have been done.
void blame_proxy(void* easy, int result, const std::string& proxy, bool tunnel,
                 HttpResponse& response);

}  // namespace auditship::sinks::http
