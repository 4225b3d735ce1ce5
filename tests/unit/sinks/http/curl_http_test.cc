#include "sinks/http/curl_http.h"

#include <arpa/inet.h>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <set>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "agent/base/compression.h"
#include "agent/base/executor.h"
#include "tests/support/catch.h"

using namespace auditship;
using namespace std::chrono_literals;

namespace {

// A server on loopback whose answer depends on the path. Talks to each connection in a thread of
// its own.
class Server {
 public:
  Server() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
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
  void talk(int fd) {
    std::string buffer;
    while (true) {
      std::size_t end = 0;
      while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
        if (!hear(fd, buffer)) {
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
      if (!respond(fd, head, body, buffer)) {
        return;
      }
    }
  }
  static bool respond(int fd, const std::string& head, const std::string& body,
                      std::string& buffer) {
    const auto is = [&head](std::string_view path) {
      return head.find(" " + std::string(path) + " ") != std::string::npos;
    };
    if (is("/close")) {
      return false;
    }
    if (is("/hang")) {
      while (hear(fd, buffer)) {
      }
      return false;
    }
    if (is("/half")) {
      say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      return false;
    }
    if (is("/garbage")) {
      say(fd, "\x15\x03\x01 what is this\r\n\r\n");
      return false;
    }
    if (is("/endless")) {
      say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
      const std::string block(1 << 16, 'x');
      while (say(fd, block)) {
      }
      return false;
    }
    if (is("/redirect")) {
      return say(fd, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
    }
    if (is("/gzip")) {
      const std::string packed = pack(Codec::gzip, std::string(5000, 'z'));
      return say(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                         std::to_string(packed.size()) + "\r\n\r\n" + packed);
    }
    if (is("/bomb")) {
      const std::string packed = pack(Codec::gzip, std::string(8 << 20, 'z'));
      return say(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                         std::to_string(packed.size()) + "\r\n\r\n" + packed);
    }
    if (is("/busy")) {
      return say(fd,
                 "HTTP/1.1 429 Too Many\r\nRetry-After:  7 \r\nX-One: a:b\r\nContent-Length: "
                 "4\r\n\r\nbusy");
    }
    return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\n\r\n" + body);
  }

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

struct Fixture {
  Server server;
  Loop loop;
  std::unique_ptr<sinks::http::CurlHttp> http;

  explicit Fixture(sinks::http::CurlOptions options = {}) {
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

}  // namespace

TEST_CASE("a body goes out as it is and the answer comes back", "[curl_http]") {
  Fixture f;
  std::string body(3 << 20, '\0');
  body[5] = '\n';
  const sinks::http::HttpResponse response = f.ask(f.server.url("/ok"), body);
  CHECK(response.status == 200);
  CHECK(response.body == body);
  CHECK(response.connected);
  const std::string head = f.server.last_head();
  CHECK(head.find("POST /ok HTTP/1.1\r\n") == 0);
  CHECK(head.find("Content-Type: application/x-ndjson\r\n") != std::string::npos);
  CHECK(head.find("Expect") == std::string::npos);
}

TEST_CASE("methods without a body work, and a POST may be empty", "[curl_http]") {
  Fixture f;
  CHECK(f.ask(f.server.url("/ok"), {}, "GET").status == 200);
  CHECK(f.server.last_head().find("GET /ok ") == 0);
  CHECK(f.ask(f.server.url("/ok"), {}, "HEAD").status == 200);
  CHECK(f.server.last_head().find("HEAD /ok ") == 0);
  CHECK(f.ask(f.server.url("/ok"), {}, "POST").status == 200);
  CHECK(f.server.last_head().find("POST /ok ") == 0);
  CHECK(f.ask(f.server.url("/ok"), "{}", "PUT").body == "{}");
  CHECK(f.server.last_head().find("PUT /ok ") == 0);
}

TEST_CASE("one connection serves many requests", "[curl_http]") {
  Fixture f;
  for (int i = 0; i < 20; ++i) {
    REQUIRE(f.ask(f.server.url("/ok"), "x").status == 200);
  }
  CHECK(f.server.connections() == 1);
}

TEST_CASE("headers come in lower case and trimmed", "[curl_http]") {
  Fixture f;
  const sinks::http::HttpResponse response = f.ask(f.server.url("/busy"), "x");
  CHECK(response.status == 429);
  CHECK(response.body == "busy");
  using Header = std::pair<std::string, std::string>;
  CHECK(std::count(response.headers.begin(), response.headers.end(), Header{"retry-after", "7"}) ==
        1);
  CHECK(std::count(response.headers.begin(), response.headers.end(), Header{"x-one", "a:b"}) == 1);
}

TEST_CASE("a redirect is an answer, not followed", "[curl_http]") {
  Fixture f;
  CHECK(f.ask(f.server.url("/redirect"), "x").status == 302);
  CHECK(f.server.last_head().find("POST /redirect ") == 0);
}

TEST_CASE("compressed answers are inflated", "[curl_http]") {
  Fixture f;
  CHECK(f.ask(f.server.url("/gzip"), {}, "GET").body == std::string(5000, 'z'));
}

TEST_CASE("every way not to answer has its words", "[curl_http]") {
  Fixture f;
  const sinks::http::HttpResponse closed = f.ask(f.server.url("/close"), "x");
  CHECK(closed.status == 0);
  CHECK(closed.no_byte);
  CHECK(closed.connected);
  CHECK_FALSE(closed.timed_out);

  const sinks::http::HttpResponse half = f.ask(f.server.url("/half"), "x");
  CHECK(half.status == 0);
  CHECK(half.body.empty());
  CHECK(half.connected);
  CHECK_FALSE(half.no_byte);

  CHECK(f.ask(f.server.url("/garbage"), "x").status == 0);

  const sinks::http::HttpResponse hang = f.ask(f.server.url("/hang"), "x", "POST", 300ms);
  CHECK(hang.status == 0);
  CHECK(hang.timed_out);
  CHECK(hang.connected);

  const sinks::http::HttpResponse refused = f.ask("http://127.0.0.1:1/", "x");
  CHECK(refused.status == 0);
  CHECK_FALSE(refused.connected);
  CHECK_FALSE(refused.error.empty());

  CHECK_FALSE(
      f.ask("https" + f.server.url("/ok").substr(4), "x", "POST", 2s).connected);  // no TLS there
  CHECK(f.ask("file:///etc/passwd", {}, "GET").status == 0);
  CHECK(f.ask("not a url", {}, "GET").status == 0);
}

TEST_CASE("answers over the limit count as none, also when they inflate to it", "[curl_http]") {
  sinks::http::CurlOptions options;
  options.max_response_bytes = 1 << 20;
  Fixture f(options);
  for (const char* path : {"/endless", "/bomb"}) {
    const sinks::http::HttpResponse response = f.ask(f.server.url(path), {}, "GET");
    CHECK(response.status == 0);
    CHECK(response.body.empty());
    CHECK(response.error.find("longer than 1048576 bytes") != std::string::npos);
  }
}

TEST_CASE("no secret is in a message", "[curl_http]") {
  Fixture f;
  for (const char* path : {"/close", "/half", "/garbage"}) {
    const sinks::http::HttpResponse response = f.ask(f.server.url(path), "hunter2");
    CHECK(response.error.find("c2VjcmV0") == std::string::npos);
    CHECK(response.error.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("requests run side by side, and a slow one holds none up", "[curl_http]") {
  Fixture f;
  int done = 0;
  sinks::http::HttpRequest slow;
  slow.method = "GET";
  slow.url = f.server.url("/hang");
  f.http->send(slow, [&done](const sinks::http::HttpResponse&) { done += 100; });
  for (int i = 0; i < 6; ++i) {
    sinks::http::HttpRequest request;
    request.method = "GET";
    request.url = f.server.url("/ok");
    f.http->send(request, [&done](const sinks::http::HttpResponse& response) {
      done += response.status == 200 ? 1 : 0;
    });
  }
  for (int i = 0; i < 6; ++i) {
    f.loop.run_one();
  }
  CHECK(done == 6);
}

TEST_CASE("destroying it cancels what hangs at once, and nothing is called back", "[curl_http]") {
  Fixture f;
  int calls = 0;
  sinks::http::HttpRequest request;
  request.method = "GET";
  request.url = f.server.url("/hang");
  request.timeout = 1h;
  f.http->send(request, [&calls](const sinks::http::HttpResponse&) { ++calls; });
  f.server.wait_for_requests(1);
  request.url = f.server.url("/ok");
  f.http->send(request, [&calls](const sinks::http::HttpResponse&) {
    ++calls;
  });  // answered or not: never delivered
  const auto begin = std::chrono::steady_clock::now();
  f.http.reset();
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  f.loop.run_all();
  CHECK(calls == 0);
}

TEST_CASE("a proxy in the environment is not used", "[curl_http]") {
  Fixture f;
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  CHECK(f.ask(f.server.url("/ok"), "x").status == 200);
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
}
