#include "sinks/opensearch/address_checks.h"

#include <algorithm>
#include <string_view>

#include "agent/base/text.h"
#include "sinks/opensearch/config.h"

namespace auditship::sinks::opensearch {
namespace {

using Problem = std::optional<std::string>;

constexpr std::size_t kMaxPath = 1024;

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

void drop_slashes(std::string& text) {
  while (text.ends_with('/')) {
    text.pop_back();
  }
}

// Without http:// or https://; nullopt: it has neither.
std::optional<std::string_view> without_scheme(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (url.starts_with(scheme)) {
      return url.substr(scheme.size());
    }
  }
  return std::nullopt;
}

bool is_host(std::string_view name) {
  return !name.empty() && name.size() <= 255 &&
         name.find_first_of("/?#\\ %\"<>") == std::string_view::npos;
}

bool is_port(std::string_view text) {
  unsigned number = 0;
  return parse_decimal(text, number) && number >= 1 && number <= 65535;
}

enum class Port : std::uint8_t { may_be_there, needed };

// HOST or HOST:PORT, where HOST may be [an IPv6 address].
Problem authority_problem(std::string_view authority, Port wanted) {
  const std::size_t host_end = authority.starts_with('[')
                                   ? authority.find(']') + 1
                                   : std::min(authority.find(':'), authority.size());
  if (host_end == 0 || !is_host(authority.substr(0, host_end))) {
    return "this has no host";
  }
  const std::string_view port = authority.substr(host_end);
  if (port.empty() && wanted == Port::may_be_there) {
    return std::nullopt;
  }
  if (!port.starts_with(':') || !is_port(port.substr(1))) {
    return "a port from 1 to 65535 behind the host";
  }
  return std::nullopt;
}

// Of a segment of a path, with its %XY as they are. A byte that is written as %XY must be one that no server takes for
// something else: no slash, no backslash, no dot, no control character.
bool is_segment(std::string_view segment) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:";
  constexpr std::string_view kHex = "0123456789ABCDEFabcdef";
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '%') {
      if (kPlain.find(segment[i]) == std::string_view::npos) {
        return false;
      }
      continue;
    }
    if (i + 2 >= segment.size() || kHex.find(segment[i + 1]) == std::string_view::npos ||
        kHex.find(segment[i + 2]) == std::string_view::npos) {
      return false;
    }
    const auto byte = std::stoul(std::string(segment.substr(i + 1, 2)), nullptr, 16);
    if (byte < 0x20 || byte == 0x7f || byte == '/' || byte == '\\' || byte == '.') {
      return false;
    }
    i += 2;
  }
  return !segment.empty() && segment != "." && segment != "..";
}

// Of what stands behind the host: empty, or /ONE/TWO.
Problem path_problem(std::string_view path) {
  if (path.size() > kMaxPath) {
    return "the path is longer than " + std::to_string(kMaxPath) + " bytes";
  }
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    if (!is_segment(segment)) {
      return "the path has \".\", \"..\", an empty part, or a character that does not belong into "
             "a path";
    }
    path.remove_prefix(segment.size());
  }
  return std::nullopt;
}

struct Shape {
  std::string_view expected;
  std::string_view user_hint;
  Port port = Port::may_be_there;
  bool has_path = true;
};

constexpr Shape kHost{"expected https://HOST:PORT, or https://HOST:PORT/PATH",
                      "use username and password_file"};
constexpr Shape kProxy{"expected http://HOST:PORT, or \"environment\"",
                       "use proxy_username and proxy_password_file", Port::needed, false};

Problem url_problem(std::string_view url, const Shape& shape) {
  const auto bad = [url, &shape](std::string_view what) {
    std::string text = has_control(url) ? "" : '"' + std::string(url.substr(0, 200)) + "\": ";
    text += shape.expected;
    return what.empty() ? text : text + "; " + std::string(what);
  };
  if (url.find('@') != std::string_view::npos) {
    return "user and password do not belong in the address: " + std::string(shape.user_hint);
  }
  const auto rest = without_scheme(url);
  if (!rest || has_control(url)) {
    return bad(rest ? "this has control characters" : "");
  }
  if (url.find_first_of("?#") != std::string_view::npos) {
    return bad("no ? and no #");
  }
  const std::size_t path = std::min(rest->find('/'), rest->size());
  if (const Problem problem = authority_problem(rest->substr(0, path), shape.port)) {
    return bad(*problem);
  }
  if (!shape.has_path && path != rest->size()) {
    return bad("no path");
  }
  if (const Problem problem = path_problem(rest->substr(path))) {
    return bad(*problem);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> host_problem(std::string& host) {
  drop_slashes(host);
  return url_problem(host, kHost);
}

std::optional<std::string> dashboards_problem(std::string& url) {
  if (url.empty()) {
    return std::nullopt;
  }
  return host_problem(url);
}

std::optional<std::string> proxy_problem(std::string& proxy) {
  if (proxy.empty() || proxy == kEnvironmentProxy) {
    return std::nullopt;
  }
  drop_slashes(proxy);
  return url_problem(proxy, kProxy);
}

}  // namespace auditship::sinks::opensearch
