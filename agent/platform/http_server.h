// A small HTTP server for status and metrics, on a Unix socket or a TCP address; by Beast, on the
// loop thread. GET and HEAD only; requests of at most 8 KiB, 5 s for each, at most 16 connections
// at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/base/logger.h"
#include "agent/base/result.h"
#include "agent/platform/event_loop.h"

namespace auditship::platform {

struct HttpAsk {
  std::string path;    // without a query
  std::string accept;  // the header; empty: anything
};

struct HttpPage {
  unsigned status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
  std::string content_security_policy{};  // empty: none
};

class StatusServer {
 public:
  using Handler = std::function<HttpPage(const HttpAsk& ask)>;

  // address: a path (Unix socket, replaced if it is stale, mode 0600) or HOST:PORT. loop and log
  // must outlive it. Errors: busy (another process answers there), io, invalid.
  static Result<std::unique_ptr<StatusServer>> listen(Loop& loop, Logger& log,
                                                      const std::string& address, Handler handler);
  ~StatusServer();
  StatusServer(const StatusServer&) = delete;
  StatusServer& operator=(const StatusServer&) = delete;

 private:
  struct State;
  explicit StatusServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  // owners: this and the accept under way
};

// GET path from a Unix socket. Errors: not_found (nobody listens), io
// (it cannot be asked), network (no answer).
[[nodiscard]] Result<std::string> get_from_socket(const std::string& socket_path,
                                                  const std::string& path);

}  // namespace auditship::platform
