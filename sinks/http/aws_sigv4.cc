#include "sinks/http/aws_sigv4.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include "agent/base/encoding/json_writer.h"
#include "agent/base/encoding/sha256.h"

namespace auditship::sinks::http {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string bytes_of(const Digest& digest) { return {digest.begin(), digest.end()}; }

std::string hex(std::string_view bytes) {
  std::string out;
  append_hex(out, bytes.data(), bytes.size());
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

// RFC 2104. key: at most a block, which all keys here are.
std::string hmac(std::string_view key, std::string_view text) {
  constexpr std::size_t kBlock = 64;
  const std::string hashed = key.size() > kBlock ? bytes_of(Sha256().of(key)) : std::string(key);
  std::string inner(kBlock, '\x36'), outer(kBlock, '\x5c');
  for (std::size_t i = 0; i < hashed.size(); ++i) {
    inner[i] = static_cast<char>(inner[i] ^ hashed[i]);
    outer[i] = static_cast<char>(outer[i] ^ hashed[i]);
  }
  Sha256 sha;
  sha.update(inner);
  sha.update(text);
  sha.update(outer + bytes_of(sha.finish()));
  return bytes_of(sha.finish());
}

// Everything but unreserved characters as %XY; slashes stay in a path.
std::string encode(std::string_view text, std::string_view also_plain) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos || also_plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
  }
  return out;
}

std::string decode(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Parameters encoded anew and sorted.
std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    const std::size_t equals = std::min(one.find('='), one.size());
    const std::string_view value = one.substr(std::min(equals + 1, one.size()));
    parameters.emplace_back(encode(decode(one.substr(0, equals)), ""), encode(decode(value), ""));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string out;
  for (const auto& [name, value] : parameters) {
    out += (out.empty() ? "" : "&") + name + '=' + value;
  }
  return out;
}

struct Url {
  std::string host;  // with its port, as in the Host header
  std::string_view path, query;
};

Url take_apart(std::string_view url) {
  Url parts;
  const bool tls = url.starts_with("https://");
  url.remove_prefix(std::min(url.find("://"), url.size() - 3) + 3);
  const std::size_t path = std::min(url.find_first_of("/?"), url.size());
  parts.host = url.substr(0, path);
  const std::string_view standard = tls ? ":443" : ":80";
  if (parts.host.ends_with(standard)) {
    parts.host.resize(parts.host.size() - standard.size());
  }
  url.remove_prefix(path);
  const std::size_t query = std::min(url.find('?'), url.size());
  parts.path = url.substr(0, query);
  parts.query = url.substr(std::min(query + 1, url.size()));
  return parts;
}

// 20261123T100000Z
std::string stamp_of(std::int64_t wall_ns) {
  const auto seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
  std::tm tm{};
  std::array<char, 32> text{};
  gmtime_r(&seconds, &tm);
  return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &tm)};
}

}  // namespace

HttpHeaders aws_headers(const HttpRequest& request, const AwsSigning& signing, std::int64_t wall_ns,
                        AwsBodyHeader body_header) {
  const Url url = take_apart(request.url);
  const std::string stamp = stamp_of(wall_ns), day = stamp.substr(0, 8);
  const std::string body_digest = hex(bytes_of(Sha256().of(request.body)));
  HttpHeaders headers{{"host", url.host}};  // by name, as they are signed
  if (body_header == AwsBodyHeader::sent) {
    headers.emplace_back("x-amz-content-sha256", body_digest);
  }
  headers.emplace_back("x-amz-date", stamp);
  if (!signing.session_token.empty()) {
    headers.emplace_back("x-amz-security-token", signing.session_token);
  }
  std::string lines, names;
  for (const auto& [name, value] : headers) {
    lines += name + ':' + value + '\n';
    names += (names.empty() ? "" : ";") + name;
  }
  const std::string path = url.path.empty() ? "/" : encode(url.path, "/");
  const std::string canonical = request.method + '\n' + path + '\n' + canonical_query(url.query) +
                                '\n' + lines + '\n' + names + '\n' + body_digest;
  const std::string scope = day + '/' + signing.region + '/' + signing.service + "/aws4_request";
  const std::string to_sign = std::string(kAlgorithm) + '\n' + stamp + '\n' + scope + '\n' +
                              hex(bytes_of(Sha256().of(canonical)));
  std::string key = "AWS4" + signing.secret_key;
  for (const std::string_view part :
       {std::string_view(day), std::string_view(signing.region), std::string_view(signing.service),
        std::string_view("aws4_request")}) {
    key = hmac(key, part);
  }
  headers.emplace_back("Authorization",
                       std::string(kAlgorithm) + " Credential=" + signing.access_key + '/' + scope +
                           ", SignedHeaders=" + names + ", Signature=" + hex(hmac(key, to_sign)));
  headers.erase(headers.begin());  // Host is libcurl's
  return headers;
}

HttpHeaders aws_headers(const HttpRequest& request, const AwsSigning& signing,
                        std::int64_t wall_ns) {
  return aws_headers(request, signing, wall_ns, AwsBodyHeader::sent);
}

}  // namespace auditship::sinks::http
