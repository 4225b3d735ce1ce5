#include "sinks/http/curl_http.h"

#include "agent/base/compression/codec.h"
#include "agent/base/compression/packer.h"
#include "tests/support/catch.h"
#include "tests/support/http_rig.h"

using namespace auditship;
using namespace std::chrono_literals;
using test::Server;

namespace {

// The answer depends on the path.
bool respond(int fd, const std::string& head, const std::string& body, std::string& buffer) {
  const auto is = [&head](std::string_view path) {
    return head.find(" " + std::string(path) + " ") != std::string::npos;
  };
  if (is("/close")) {
    return false;
  }
  if (is("/hang")) {
    while (Server::hear(fd, buffer)) {
    }
    return false;
  }
  if (is("/half")) {
    Server::say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    return false;
  }
  if (is("/garbage")) {
    Server::say(fd, "\x15\x03\x01 what is this\r\n\r\n");
    return false;
  }
  if (is("/endless")) {
    Server::say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    const std::string block(1 << 16, 'x');
    while (Server::say(fd, block)) {
    }
    return false;
  }
  if (is("/redirect")) {
    return Server::say(fd, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
  }
  if (is("/gzip")) {
    const std::string packed = pack(Codec::gzip, std::string(5000, 'z'));
    return Server::say(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                               std::to_string(packed.size()) + "\r\n\r\n" + packed);
  }
  if (is("/bomb")) {
    const std::string packed = pack(Codec::gzip, std::string(8 << 20, 'z'));
    return Server::say(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                               std::to_string(packed.size()) + "\r\n\r\n" + packed);
  }
  if (is("/busy")) {
    return Server::say(fd,
                       "HTTP/1.1 429 Too Many\r\nRetry-After:  7 \r\nX-One: a:b\r\nContent-Length: "
                       "4\r\n\r\nbusy");
  }
  return Server::say(
      fd, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

struct Fixture : test::HttpFixture {
  explicit Fixture(sinks::http::CurlOptions options = {})
      : HttpFixture(&respond, std::move(options)) {}
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
