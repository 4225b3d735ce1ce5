// What tests of curl_http need: a server on loopback, the loop thread, and both with a client.
#pragma once

#include <arpa/inet.h>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "agent/base/executor.h"
#include "sinks/http/curl_http.h"
#include "tests/support/catch.h"

namespace auditship::test {

using namespace std::chrono_literals;

// A server on loopback. Talks to each connection in a thread of its own.
class Server {
 public:
  // Answers a request: true to wait for the next one on the connection. buffer: what was received behind it.
  using Respond = std::function<bool(int fd, const std::string& head, const std::string& body,
                                     std::string& buffer)>;

  explicit Server(Respond respond)
      : respond_(std::move(respond)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(listener_, 64) == 0);
    REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int fd : open_) {
        shutdown(fd, SHUT_RDWR);
      }
    }
    for (std::thread& thread : talking_) {
      thread.join();
    }
    close(listener_);
  }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  [[nodiscard]] int connections() const { return connections_; }
  [[nodiscard]] std::string last_head() {
    const std::lock_guard lock(mutex_);
    return last_head_;
  }
  void wait_for_requests(int count) {
    std::unique_lock lock(mutex_);
    REQUIRE(arrived_.wait_for(lock, 30s, [&] { return requests_ >= count; }));
  }

  static bool say(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  static bool hear(int fd, std::string& buffer) {
    char block[65536];
    const ssize_t got = recv(fd, block, sizeof block, 0);
    if (got <= 0) {
      return false;
    }
    buffer.append(block, static_cast<std::size_t>(got));
    return true;
  }

 private:
  void accept_all() {
    while (true) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) {
        return;
      }
      ++connections_;
      const std::lock_guard lock(mutex_);
      open_.insert(fd);
      talking_.emplace_back([this, fd] {
        talk(fd);
        const std::lock_guard again(mutex_);
        open_.erase(fd);
        close(fd);
      });
    }
  }
  void talk(int fd) {
    std::string buffer;
    while (true) {
      std::size_t end = 0;
      while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
        if (!hear(fd, buffer)) {
          return;
        }
        if (buffer.front() == '\x16') {  // somebody begins with TLS
          say(fd, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
          return;
        }
      }
      const std::string head = buffer.substr(0, end + 2);
      buffer.erase(0, end + 4);
      const std::size_t at = head.find("Content-Length: ");
      const std::size_t length = at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
      while (buffer.size() < length) {
        if (!hear(fd, buffer)) {
          return;
        }
      }
      const std::string body = buffer.substr(0, length);
      buffer.erase(0, length);
      {
        const std::lock_guard lock(mutex_);
        last_head_ = head;
        ++requests_;
      }
      arrived_.notify_all();
      if (!respond_(fd, head, body, buffer)) {
        return;
      }
    }
  }
  Respond respond_;
  int listener_;
  int port_ = 0;
  std::thread accepting_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::thread> talking_;
  std::set<int> open_;
  std::string last_head_;
  int requests_ = 0;
  std::atomic<int> connections_{0};
};

// The loop thread: tasks come from curl's.
class Loop {
 public:
  Executor post() {
    return [this](std::function<void()> task) {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
      more_.notify_one();
    };
  }
  void run_one() {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      REQUIRE(more_.wait_for(lock, 30s, [this] { return !tasks_.empty(); }));
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
  void run_all() {
    while (!tasks_.empty()) {
      run_one();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> tasks_;
};

struct HttpFixture {
  Server server;
  Loop loop;
  std::unique_ptr<sinks::http::CurlHttp> http;

  explicit HttpFixture(Server::Respond respond, sinks::http::CurlOptions options = {})
      : server(std::move(respond)) {
    auto made = sinks::http::CurlHttp::create(std::move(options), loop.post());
    REQUIRE(made);
    http = std::move(*made);
  }
  sinks::http::HttpResponse ask(const std::string& url, std::string_view body = {},
                                const std::string& method = "POST",
                                std::chrono::milliseconds timeout = 20s) {
    sinks::http::HttpRequest request;
    request.method = method;
    request.url = url;
    request.body = body;
    request.timeout = timeout;
    request.headers = {{"Content-Type", "application/x-ndjson"},
                       {"Authorization", "Basic c2VjcmV0"}};
    std::optional<sinks::http::HttpResponse> got;
    const auto me = std::this_thread::get_id();
    http->send(request, [&got, me](sinks::http::HttpResponse response) {
      CHECK(std::this_thread::get_id() == me);
      got = std::move(response);
    });
    while (!got) {
      loop.run_one();
    }
    return *got;
  }
};

}  // namespace auditship::test
