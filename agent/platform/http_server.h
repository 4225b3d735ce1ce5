// A small HTTP server for status and metrics, on a Unix socket or a TCP address; by Beast, on the
// loop thread.
//
//   auto server = HttpServer::listen(loop, log, "/run/auditship/status.sock", handler);
//
// Promises: GET and HEAD only; requests of at most 8 KiB, 5 s for each, at most 16 connections at a
// time, of which the oldest gives way. The handler is called on the loop thread and must not block.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/platform/event_loop.h"

namespace auditship::platform {

struct HttpRequest {
  // Without a query.
  std::string path;
  // The Accept header; empty: anything.
  std::string accept;
};

struct HttpResponse {
  unsigned status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
  // Empty: none.
  std::string content_security_policy{};
};

class HttpServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest& request)>;

  // address: a path (Unix socket, replaced if it is stale, mode 0600) or IP:PORT. loop and log must
  // outlive it. Errors: busy (another process answers there), io, invalid.
  static Result<std::unique_ptr<HttpServer>> listen(EventLoop& loop, Logger& log,
                                                    const std::string& address, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  struct State;
  explicit HttpServer(std::shared_ptr<State> state);
  // Owners: this and the accept under way.
  std::shared_ptr<State> state_;
};

// GET path from a Unix socket; blocks for at most 5 s. Errors: not_found (nobody listens),
// io (it cannot be asked), network (no answer).
[[nodiscard]] Result<std::string> get_from_socket(const std::string& socket_path,
                                                  const std::string& path);

}  // namespace auditship::platform
