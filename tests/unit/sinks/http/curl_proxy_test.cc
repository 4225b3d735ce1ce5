#include "sinks/http/curl_proxy.h"

#include <cstdlib>

#include <curl/curl.h>

#include "tests/support/catch.h"
#include "tests/support/http_rig.h"

using namespace auditship;
using namespace std::chrono_literals;
using sinks::http::HttpFault;
using sinks::http::ProxiedEnd;
using test::HttpFixture;
using test::Server;

namespace {

// A forward proxy that answers by itself: status to everything, with a page for people.
Server::Respond answers(std::string status, std::string type = "text/html; charset=utf-8") {
  return [status = std::move(status), type = std::move(type)](int fd, const std::string&,
                                                              const std::string&, std::string&) {
    return Server::say(
        fd, "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: 2\r\n\r\n{}");
  };
}

// A client of its own that goes by the proxy which f's server is.
struct Proxied : HttpFixture {
  explicit Proxied(const Server::Respond& respond) : HttpFixture(respond) {
    use(sinks::http::one_proxy(server.url("")));
  }
  void use(const sinks::http::ProxyRules& rules) {
    sinks::http::CurlOptions options;
    options.proxies = rules;
    auto made = sinks::http::CurlHttp::create(options, loop.post());
    REQUIRE(made);
    http = std::move(*made);
  }
  HttpFault fault(const std::string& url) { return ask(url, "x").fault; }
};

// What a proxy is found guilty of that answers with status.
HttpFault fault(const std::string& status, const std::string& url) {
  Proxied f(answers(status));
  const sinks::http::HttpResponse response = f.ask(url, "x");
  const bool told = response.status == 0 && !response.connected &&
                    response.error.starts_with("proxy 127.0.0.1:") &&
                    response.error.find(status.substr(0, 3)) != std::string::npos;
  CHECK(told == (response.fault != HttpFault::none));
  return response.fault;
}

}  // namespace

TEST_CASE("a request to http goes to the proxy with its whole URL", "[curl_proxy]") {
  Proxied f(answers("200 OK"));
  CHECK(f.ask("http://opensearch.invalid:9200/below/_bulk?a=b", "x").status == 200);
  CHECK(f.server.last_head().starts_with(
      "POST http://opensearch.invalid:9200/below/_bulk?a=b HTTP/1.1\r\n"));
  CHECK(f.server.last_head().find("Proxy-Authorization") == std::string::npos);
}

TEST_CASE("user and password of the proxy go to the proxy", "[curl_proxy]") {
  Proxied f(answers("200 OK"));
  sinks::http::HttpRequest request;
  request.method = "GET";
  request.url = "http://a.invalid/";
  request.proxy_username = "ship";
  request.proxy_password = "p:w d";
  bool done = false;
  f.http->send(request, [&done](const sinks::http::HttpResponse&) { done = true; });
  f.loop.run_one();
  CHECK(done);
  CHECK(f.server.last_head().find("Proxy-Authorization: Basic c2hpcDpwOncgZA==\r\n") !=
        std::string::npos);
}

TEST_CASE("to https it is a tunnel, and what is for the target is not shown to the proxy",
          "[curl_proxy]") {
  Proxied f(answers("403 Forbidden"));
  CHECK(f.fault("https://opensearch.invalid:9200/_bulk") == HttpFault::proxy_refused);
  CHECK(f.server.last_head().starts_with("CONNECT opensearch.invalid:9200 HTTP/1.1\r\n"));
  CHECK(f.server.last_head().find("\r\nAuthorization") == std::string::npos);
}

TEST_CASE("what the proxy answers by itself is its own fault, and nothing was executed",
          "[curl_proxy]") {
  CHECK(fault("407 Who are you", "http://a.invalid/") == HttpFault::proxy_unauthorized);
  CHECK(fault("407 Who are you", "https://a.invalid/") == HttpFault::proxy_unauthorized);
  CHECK(fault("403 Forbidden", "http://a.invalid/") == HttpFault::proxy_refused);
  CHECK(fault("405 No", "https://a.invalid/") == HttpFault::proxy_refused);
  CHECK(fault("502 Bad Gateway", "https://a.invalid/") == HttpFault::proxy_target);
  CHECK(fault("302 Found", "https://a.invalid/") == HttpFault::proxy_target);
  CHECK(fault("502 Bad Gateway", "http://a.invalid/") == HttpFault::none);  // an http-5xx
}

TEST_CASE("a 403 that is JSON is of the target", "[curl_proxy]") {
  Proxied f(answers("403 Forbidden", "application/json"));
  const sinks::http::HttpResponse response = f.ask("http://a.invalid/", "x");
  CHECK(response.status == 403);
  CHECK(response.fault == HttpFault::none);
}

TEST_CASE("a proxy that is not there, hangs or hangs up is told from the target", "[curl_proxy]") {
  Proxied f([](int fd, const std::string& head, const std::string&, std::string& buffer) {
    while (head.find("hang") != std::string::npos && Server::hear(fd, buffer)) {
    }
    return false;
  });
  CHECK(f.fault("https://a.invalid/") == HttpFault::proxy_unreachable);
  CHECK(f.ask("https://hang.invalid/", "x", "POST", 500ms).fault == HttpFault::proxy_target);
  f.use(sinks::http::one_proxy("http://127.0.0.1:1"));
  for (const char* url : {"http://a.invalid/", "https://a.invalid/"}) {
    const sinks::http::HttpResponse response = f.ask(url, "x");
    CHECK(response.fault == HttpFault::proxy_unreachable);
    CHECK_FALSE(response.connected);
    CHECK(response.error.starts_with("proxy 127.0.0.1:1: "));
  }
  f.use(sinks::http::one_proxy("http://no-such-host.invalid:1"));
  CHECK(f.fault("http://a.invalid/") == HttpFault::proxy_unreachable);
}

TEST_CASE("an https proxy that does not speak TLS is told", "[curl_proxy]") {
  if (!sinks::http::can_use_https_proxies()) {
    return;
  }
  Proxied f(answers("200 OK"));
  f.use(sinks::http::one_proxy("https" + f.server.url("").substr(4)));
  CHECK(f.fault("http://a.invalid/") == HttpFault::proxy_tls);
  CHECK(f.fault("https://a.invalid/") == HttpFault::proxy_tls);
}

TEST_CASE("who is excepted is reached directly, whatever the environment says", "[curl_proxy]") {
  Proxied f(answers("200 OK"));
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("no_proxy", "*", 1);
  f.use({"http://127.0.0.1:1", "", "127.0.0.1"});
  CHECK(f.ask(f.server.url("/direct"), "x").status == 200);
  CHECK(f.server.last_head().starts_with("POST /direct "));
  // no_proxy of the environment does not touch a configured proxy.
  f.use(sinks::http::one_proxy(f.server.url("")));
  CHECK(f.ask("http://a.invalid/", "x").status == 200);
  unsetenv("http_proxy");
  unsetenv("no_proxy");
}

TEST_CASE("a proxy that has opened the tunnel is not blamed for what comes behind it",
          "[curl_proxy]") {
  const auto end = [](int result, int connect_status, bool fresh) {
    return sinks::http::proxy_fault(
        ProxiedEnd{result, 0, connect_status, true, fresh, true, false});
  };
  CHECK(end(CURLE_PEER_FAILED_VERIFICATION, 200, true) == HttpFault::none);
  CHECK(end(CURLE_OPERATION_TIMEDOUT, 200, true) == HttpFault::none);
  CHECK(end(CURLE_RECV_ERROR, 0, false) == HttpFault::none);
  CHECK(end(CURLE_PEER_FAILED_VERIFICATION, 0, true) == HttpFault::proxy_tls);
}

TEST_CASE("a target that hangs behind the proxy's kept connection is not the proxy's fault",
          "[curl_proxy]") {
  Proxied f([](int fd, const std::string& head, const std::string&, std::string& buffer) {
    while (head.find("/hang") != std::string::npos && Server::hear(fd, buffer)) {
    }
    return Server::say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  REQUIRE(f.ask("http://a.invalid/", "x").status == 200);
  const sinks::http::HttpResponse hang = f.ask("http://a.invalid/hang", "x", "POST", 400ms);
  CHECK(f.server.connections() == 1);
  CHECK(hang.fault == HttpFault::none);
  CHECK(hang.timed_out);
  CHECK(hang.connected);
}
