#include "bench/http_connection.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sys/socket.h>
#include <unistd.h>

namespace auditship::bench {

namespace {

constexpr std::size_t kMaxLine = 64 * 1024;
constexpr std::size_t kMaxBody = 256U << 20U;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

HttpConnection::~HttpConnection() { ::close(socket_); }

bool HttpConnection::fill() {
  if (at_ == buffer_.size()) {
    buffer_.clear();
    at_ = 0;
  }
  char block[64 * 1024];
  const ssize_t got = ::recv(socket_, block, sizeof block, 0);
  if (got <= 0) {
    return false;
  }
  buffer_.append(block, static_cast<std::size_t>(got));
  return true;
}

bool HttpConnection::read_line(std::string& line) {
  while (true) {
    const std::size_t end = buffer_.find('\n', at_);
    if (end != std::string::npos) {
      line.assign(buffer_, at_, end - at_);
      at_ = end + 1;
      if (!line.empty() && line.back() == '\r') {
        line.pop_back();
      }
      return true;
    }
    if (buffer_.size() - at_ > kMaxLine || !fill()) {
      return false;
    }
  }
}

bool HttpConnection::read_bytes(std::string& into, std::size_t size) {
  if (size > kMaxBody - std::min(kMaxBody, into.size())) {
    return false;
  }
  while (size > 0) {
    if (at_ == buffer_.size() && !fill()) {
      return false;
    }
    const std::size_t take = std::min(size, buffer_.size() - at_);
    into.append(buffer_, at_, take);
    at_ += take;
    size -= take;
  }
  return true;
}

bool HttpConnection::read_chunks(std::string& into) {
  std::string line;
  while (read_line(line)) {
    const std::size_t size = std::strtoull(line.c_str(), nullptr, 16);
    if (size == 0) {
      return read_line(line);
    }
    if (!read_bytes(into, size) || !read_line(line)) {
      return false;
    }
  }
  return false;
}

std::optional<ServerRequest> HttpConnection::read() {
  std::string line;
  if (!read_line(line)) {
    return std::nullopt;
  }
  ServerRequest request;
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first + 1);
  if (first == std::string::npos || second == std::string::npos) {
    return std::nullopt;
  }
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, second - first - 1);
  while (read_line(line) && !line.empty()) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) {
      return std::nullopt;
    }
    const std::size_t value = line.find_first_not_of(' ', colon + 1);
    request.headers[lower(line.substr(0, colon))] =
        value == std::string::npos ? "" : line.substr(value);
  }
  if (request.headers.count("expect") != 0 && !send_all("HTTP/1.1 100 Continue\r\n\r\n")) {
    return std::nullopt;
  }
  if (lower(request.headers["transfer-encoding"]) == "chunked") {
    return read_chunks(request.body) ? std::optional(std::move(request)) : std::nullopt;
  }
  const std::size_t length = std::strtoull(request.headers["content-length"].c_str(), nullptr, 10);
  return read_bytes(request.body, length) ? std::optional(std::move(request)) : std::nullopt;
}

bool HttpConnection::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HttpConnection::answer(int status, std::string_view body, std::string_view content_type) {
  std::string out = "HTTP/1.1 " + std::to_string(status) + (status < 300 ? " OK" : " Error");
  out += "\r\ncontent-type: " + std::string(content_type);
  out += "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n";
  out += body;
  return send_all(out);
}

}  // namespace auditship::bench
