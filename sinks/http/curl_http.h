// CurlHttp: HttpTransport by libcurl, on a thread of its own.
//
// HTTP/1.1 with keep-alive; TLS 1.2 or newer, verified; no redirects, no proxy but those of the
// options, no .netrc, http and https only. Answers longer than 64 MiB, and requests slower than
// 1 byte/s for half their time limit, count as unanswered. A connection is used for ten minutes at
// most, so that replaced certificates, CAs and addresses count by then. send() on the loop thread.
// `post` is called on curl's thread and must be thread-safe; callbacks run where it runs them. The
// destructor cancels at once, joins the thread, and no callback runs after it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "agent/base/executor.h"
#include "agent/base/result.h"
#include "sinks/http/http_transport.h"
#include "sinks/http/proxy_choice.h"
#include "sinks/sink.h"

namespace auditship::sinks::http {

struct CurlOptions {
  // The files are read at each new connection.
  std::string ca_file;  // empty: the system's
  std::string certificate_file,
      key_file;  // of the client; empty: none
  std::string
      server_name;     // expected in the certificate instead of the URL's host; empty: the URL's
  bool verify = true;  // false: any certificate (for try-outs only)
  // Forward proxies; none by default, whatever the environment says.
  ProxyRules proxies{};
  std::string proxy_ca_file{};  // of https:// proxies; empty: the system's
  std::chrono::milliseconds connect_timeout{10000};
  std::size_t max_response_bytes = 64 << 20;
  long max_connections_per_host = 8;
};

class CurlHttp final : public HttpTransport {
 public:
  // Errors: io, when libcurl or its thread cannot be started; invalid, for an https:// proxy that
  // this libcurl cannot use.
  static Result<std::unique_ptr<CurlHttp>> create(CurlOptions options, Executor post);
  ~CurlHttp() override;
  CurlHttp(const CurlHttp&) = delete;
  CurlHttp& operator=(const CurlHttp&) = delete;

  void send(HttpRequest request, std::function<void(HttpResponse)> done) override;

 private:
  struct State;
  explicit CurlHttp(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace auditship::sinks::http
