// A fake bulk server in a process of its own: inflates and counts, keeps nothing but ids on request.
//
//   bench_bulk_server [--host ADDRESS] [--port N] [--ids] [--zstd] [--FAULT VALUE]...
//
// Faults: bulk_service.h. Says "listening ADDRESS:PORT" when it is ready and its totals as JSON on SIGTERM. Understands
// what an agent asks: GET /, GET /TARGET*/_alias, POST …/_bulk, POST …/_mget; and for tests GET
// /_totals, GET /_ids, GET /INDEX/_count and POST /_faults?FAULT=VALUE&…, which replaces the
// faults. Without --zstd it closes the connection on zstd, as OpenSearch 2 does.
#include <algorithm>
#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <netinet/in.h>
#include <pthread.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "bench/bulk_service.h"
#include "bench/http_connection.h"
#include "bench/inflate.h"

namespace {

using auditship::bench::Answer;
using auditship::bench::BulkService;
using auditship::bench::Faults;
using auditship::bench::HttpConnection;
using auditship::bench::inflate_body;
using auditship::bench::ServerRequest;

struct Options {
  std::string host = "127.0.0.1";
  int port = 0;
  bool keep_ids = false;
  bool zstd = false;
  Faults faults;
};

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--ids") {
      options.keep_ids = true;
    } else if (name == "--zstd") {
      options.zstd = true;
    } else if (i + 1 == argc) {
      return false;
    } else if (name == "--host") {
      options.host = argv[++i];
    } else if (name == "--port") {
      options.port = std::atoi(argv[++i]);
    } else if (!name.starts_with("--") || !options.faults.set(name.substr(2), argv[i + 1])) {
      return false;
    } else {
      ++i;
    }
  }
  return true;
}

std::string first_segment(const std::string& path) { return path.substr(1, path.find('/', 1) - 1); }

// What is behind the ? of /_faults.
bool read_faults(std::string_view query, Faults& faults) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos ||
        !faults.set(pair.substr(0, equals), std::string(pair.substr(equals + 1)))) {
      return false;
    }
  }
  return true;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// "kubeaudit*" or "kubeaudit%2A" without what stands for the star.
std::string before_star(const std::string& segment) {
  return segment.substr(0, segment.find_first_of("*%"));
}

// What only tests ask for; status 404: it is none of that.
Answer reply_to_test(BulkService& store, const std::string& target, const std::string& path) {
  if (path == "/_totals") {
    return {200, store.totals_json(), false};
  }
  if (path == "/_ids") {
    return {200, store.ids(), false};
  }
  if (path == "/_faults") {
    Faults faults;
    if (!read_faults(std::string_view(target).substr(std::min(target.size(), path.size() + 1)),
                     faults)) {
      return {400, R"({"error":"no such fault","status":400})", false};
    }
    store.set_faults(faults);
    return {200, "{}", false};
  }
  return {404, R"({"error":"no handler found for uri","status":404})", false};
}

Answer reply(BulkService& store, const Options& options, const ServerRequest& request) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  const std::string index = path == "/_bulk" ? "" : first_segment(path);
  if (ends_with(path, "/_bulk")) {
    const auto encoding = request.headers.find("content-encoding");
    const std::string codec = encoding == request.headers.end() ? "" : encoding->second;
    if (codec == "zstd" && !options.zstd) {
      return {0, {}, true};
    }
    const auto raw = inflate_body(codec, request.body);
    return raw ? store.bulk(index, request.body.size(), *raw)
               : store.broken_body(request.body.size());
  }
  if (ends_with(path, "/_mget")) {
    return store.look_up(index, request.body);
  }
  if (ends_with(path, "/_alias")) {
    return store.aliases(before_star(index));
  }
  if (ends_with(path, "/_count")) {
    return {200, "{\"count\":" + std::to_string(store.count(index)) + "}", false};
  }
  if (path == "/") {
    return {200, R"({"name":"fake","version":{"distribution":"opensearch","number":"2.19.4"}})",
            false};
  }
  return reply_to_test(store, request.target, path);
}

void serve(int socket, BulkService& store, const Options& options) {
  HttpConnection connection(socket);
  while (const auto request = connection.read()) {
    const Answer answer = reply(store, options, *request);
    if (answer.lost ||
        !connection.answer(answer.status, request->method == "HEAD" ? "" : answer.body)) {
      return;
    }
  }
}

// Returns a listening socket and its port.
int listen_on(const std::string& host, int& port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    return -1;
  }
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket, generic, size) != 0 || ::listen(socket, 64) != 0 ||
      ::getsockname(socket, generic, &size) != 0) {
    return -1;
  }
  port = ntohs(address.sin_port);
  return socket;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    std::cerr << "usage: bench_bulk_server [--host ADDRESS] [--port N] [--ids] [--zstd] [--FAULT "
                 "VALUE]...\n";
    return 2;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals,
                  nullptr);  // inherited by every thread: only sigwait sees them
  const int listener = listen_on(options.host, options.port);
  if (listener < 0) {
    std::cerr << "bench_bulk_server: cannot listen on " << options.host << ':' << options.port
              << '\n';
    return 1;
  }
  BulkService store(options.faults, options.keep_ids);
  std::thread([listener, &store, &options] {
    while (true) {
      const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket >= 0) {
        std::thread([socket, &store, &options] { serve(socket, store, options); }).detach();
      }
    }
  }).detach();
  std::cout << "listening " << options.host << ':' << options.port << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  std::cout << store.totals_json() << std::flush;
  std::_Exit(0);  // threads may still be reading: nothing here needs tidying up
}
