// HttpTransport: the port to HTTP. curl_http is the real one; tests have a simulated server.
// Calls and callbacks on the loop thread; a callback never runs inside send().
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace auditship::sinks::http {

struct HttpRequest {
  std::string method;  // GET, POST, PUT, HEAD
  std::string url;     // https://host:port/path?query, no credentials in it
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body;                       // must stay alive until the callback
  std::string proxy_username, proxy_password;  // for the proxy, where there is one
  std::chrono::milliseconds timeout{60000};
};

// Why no answer came, as far as it can be told.
enum class HttpFault : std::uint8_t {
  none,                // an answer came, or nobody knows
  secret,              // the credentials could not be read: nothing was sent
  name,                // the host's name is not known
  unreachable,         // no connection: refused, no route, or too slow
  tls_file,            // a CA, certificate or key file of ours cannot be used
  tls_untrusted,       // the server's certificate is of no CA that we trust
  tls_expired,         // it has expired, or is not valid yet
  tls_host_name,       // it is for another host
  tls_refused,         // the server does not take our client certificate, or wants one
  tls,                 // the handshake failed otherwise
  cut,                 // the connection was lost before the answer was whole
  proxy_unreachable,   // no connection to the forward proxy, or no word from it
  proxy_tls,           // the handshake with it failed, or its certificate is not good
  proxy_unauthorized,  // it wants a user, or another one
  proxy_refused,       // it does not let us through to the host
  proxy_target,        // it cannot reach the host
};

struct HttpResponse {
  int status = 0;    // 0: no complete answer came
  std::string body;  // at most 64 MiB; longer answers count as none
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string error;  // when status is 0: what happened, in words
  HttpFault fault = HttpFault::none;
  bool timed_out = false;
  bool no_byte = false;    // the peer closed the connection before it answered anything
  bool connected = false;  // the connection was made, so the request may have been executed
};

class HttpTransport {
 public:
  HttpTransport() = default;
  HttpTransport(const HttpTransport&) = delete;
  HttpTransport& operator=(const HttpTransport&) = delete;
  virtual ~HttpTransport() = default;
  virtual void send(HttpRequest request, std::function<void(HttpResponse)> done) = 0;
};

}  // namespace auditship::sinks::http
