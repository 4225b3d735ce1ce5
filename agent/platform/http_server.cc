#include "agent/platform/http_server.h"

#include <list>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "agent/platform/event_loop_internal.h"

namespace auditship::platform {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Protocol = asio::generic::stream_protocol;
using BeastStream = beast::basic_stream<Protocol, asio::io_context::executor_type>;

constexpr std::size_t kMaxRequest = 8 * 1024;
constexpr std::size_t kMaxConnections = 16;
constexpr std::chrono::seconds kTimeout{5};
constexpr std::chrono::seconds kPause{1};  // after an error of accept

// One request and its answer. Owners: the operations under way.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(BeastStream::socket_type socket, asio::io_context& context,
             HttpServer::Handler handler)
      : stream_(context), handler_(std::move(handler)) {
    stream_.socket() = std::move(socket);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() = default;

  void start() {
    parser_.header_limit(kMaxRequest);
    parser_.body_limit(0);
    stream_.expires_after(kTimeout);
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                       if (!error) {
                         self->answer();
                       }
                     });
  }

  // Ends it: somebody else waits.
  void drop() {
    error_code ignored;
    stream_.socket().close(ignored);
  }

 private:
  void answer() {
    const auto& request = parser_.get();
    HttpResponse page;
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
      page = HttpResponse{405, "text/plain; charset=utf-8", "only GET\n"};
    } else {
      const std::string target(request.target());
      page = handler_(HttpRequest{target.substr(0, target.find('?')),
                                  std::string(request[http::field::accept])});
    }
    response_.result(page.status);
    response_.set(http::field::content_type, page.type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    response_.set("Referrer-Policy", "no-referrer");
    if (!page.content_security_policy.empty()) {
      response_.set("Content-Security-Policy", page.content_security_policy);
    }
    const std::size_t size = page.body.size();
    if (request.method() != http::verb::head) {
      response_.body() = std::move(page.body);
    }
    response_.content_length(size);
    response_.keep_alive(false);
    stream_.expires_after(kTimeout);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](const error_code&, std::size_t) {
                        error_code ignored;  // the peer may be gone already
                        self->stream_.socket().shutdown(Protocol::socket::shutdown_send, ignored);
                      });
  }

  BeastStream stream_;
  HttpServer::Handler handler_;
  beast::flat_buffer buffer_{kMaxRequest};
  http::request_parser<http::empty_body> parser_;
  http::response<http::string_body> response_;
};

Result<Protocol::endpoint> endpoint_of(const std::string& address) {
  if (address.find('/') != std::string::npos) {
    if (address.size() > 107) {
      return Error{Errc::invalid, address + ": a Unix socket path has at most 107 bytes"};
    }
    return Protocol::endpoint(asio::local::stream_protocol::endpoint(address));
  }
  const std::size_t colon = address.rfind(':');
  error_code error;
  const auto ip = asio::ip::make_address(
      colon == std::string::npos ? address : address.substr(0, colon), error);
  const long port =
      colon == std::string::npos ? -1 : std::strtol(address.c_str() + colon + 1, nullptr, 10);
  if (error || port < 0 || port > 65535) {
    return Error{Errc::invalid, address + ": expected IP:PORT or the path of a Unix socket"};
  }
  return Protocol::endpoint(asio::ip::tcp::endpoint(ip, static_cast<unsigned short>(port)));
}

}  // namespace

struct HttpServer::State {
  State(asio::io_context& c, Logger& l, Handler h)
      : context(c), log(l), handler(std::move(h)), acceptor(c), pause(c) {}

  void accept(const std::shared_ptr<State>& self) {
    acceptor.async_accept([this, self](const error_code& error, BeastStream::socket_type socket) {
      if (error == asio::error::operation_aborted) {
        return;
      }
      if (error) {  // no descriptors, perhaps: what waits stays in the queue, so not at once again
        pause.expires_after(kPause);
        pause.async_wait([this, self](const error_code& stopped) {
          if (!stopped) {
            accept(self);
          }
        });
        return;
      }
      make_room();
      const auto made = std::make_shared<Connection>(std::move(socket), context, handler);
      connections.push_back(made);
      made->start();
      accept(self);
    });
  }

  // The oldest goes: whoever keeps connections open does not keep probes and scrapes out.
  void make_room() {
    std::erase_if(connections, [](const auto& each) { return each.expired(); });
    if (connections.size() >= kMaxConnections) {
      if (const auto oldest = connections.front().lock()) {
        oldest->drop();
      }
      connections.pop_front();
    }
  }

  asio::io_context& context;
  Logger& log;
  Handler handler;
  asio::basic_socket_acceptor<Protocol, asio::io_context::executor_type> acceptor;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>,
                             asio::io_context::executor_type>
      pause;
  std::list<std::weak_ptr<Connection>> connections;  // oldest first
  std::string path;
};

HttpServer::HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() {
  error_code ignored;  // closing cannot be helped
  state_->acceptor.close(ignored);
  state_->pause.cancel();
  if (!state_->path.empty()) {
    ::unlink(state_->path.c_str());
  }
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(EventLoop& loop, Logger& log,
                                                       const std::string& address,
                                                       Handler handler) {
  auto endpoint = endpoint_of(address);
  if (!endpoint) {
    return endpoint.error();
  }
  auto state = std::make_shared<State>(context_of(loop), log, std::move(handler));
  const bool local = address.find('/') != std::string::npos;
  if (local) {
    if (get_from_socket(address, "/healthz").ok()) {
      return Error{Errc::busy, address + ": another auditship answers there"};
    }
    ::unlink(address.c_str());  // left over from a crash
    state->path = address;
  }
  error_code error;
  state->acceptor.open(endpoint->protocol(), error);
  if (!error && !local) {
    state->acceptor.set_option(asio::socket_base::reuse_address(true), error);
  }
  if (!error) {
    state->acceptor.bind(*endpoint, error);
  }
  if (!error) {
    state->acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    state->path.clear();
    return Error{Errc::io, "listen on " + address + ": " + error.message()};
  }
  if (local) {
    ::chmod(address.c_str(), 0600);
  }
  state->accept(state);
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

Result<std::string> get_from_socket(const std::string& socket_path, const std::string& path) {
  auto endpoint = endpoint_of(socket_path);
  if (!endpoint) {
    return endpoint.error();
  }
  asio::io_context context;
  BeastStream stream(context);
  beast::flat_buffer buffer;
  http::request<http::empty_body> request(http::verb::get, path, 11);
  request.set(http::field::host, "localhost");
  http::response_parser<http::string_body> parser;
  parser.body_limit(64u << 20);
  Result<std::string> result = Error{Errc::network, "no answer from " + socket_path};
  stream.expires_after(kTimeout);
  stream.async_connect(*endpoint, [&](const error_code& refused) {
    if (refused) {
      const bool nobody = refused == asio::error::connection_refused ||
                          refused == boost::system::errc::no_such_file_or_directory;
      result = Error{nobody ? Errc::not_found : Errc::io, socket_path + ": " + refused.message()};
      return;
    }
    http::async_write(stream, request, [&](const error_code& unsent, std::size_t) {
      if (unsent) {
        return;
      }
      http::async_read(stream, buffer, parser, [&](const error_code& unread, std::size_t) {
        if (!unread && parser.get().result_int() == 200) {
          result = std::move(parser.get().body());
        }
      });
    });
  });
  context.run();
  return result;
}

}  // namespace auditship::platform
