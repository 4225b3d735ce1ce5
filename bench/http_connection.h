// HttpConnection: just enough of an HTTP/1.1 server side to take bulks: one blocking socket,
// keep-alive, Content-Length and chunked bodies, Expect: 100-continue. For tests and benchmarks on
// loopback only. One thread a connection.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace auditship::bench {

struct ServerRequest {
  std::string method, target;                  // target as sent, percent-encoding kept
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // as sent: not inflated
};

class HttpConnection {
 public:
  explicit HttpConnection(int socket) : socket_(socket) {}
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection();

  // The next request; nullopt when the client has gone or does not speak HTTP.
  std::optional<ServerRequest> read();
  bool answer(int status, std::string_view body,
              std::string_view content_type = "application/json");

 private:
  bool fill();
  bool read_line(std::string& line);
  bool read_bytes(std::string& into, std::size_t size);
  bool read_chunks(std::string& into);
  bool send_all(std::string_view bytes);

  int socket_;
  std::string buffer_;
  std::size_t at_ = 0;
};

}  // namespace auditship::bench
