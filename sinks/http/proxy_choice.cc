#include "sinks/http/proxy_choice.h"

#include <algorithm>

#include "agent/base/net/ip_network.h"

namespace auditship::sinks::http {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

// Small letters win over capitals, as with curl. An empty variable counts as set: it takes a proxy away.
std::optional<std::string> variable(const EnvironmentLookup& lookup, const std::string& name) {
  auto value = lookup(name);
  return value ? value : lookup(upper(name));
}

std::string proxy_of(const EnvironmentLookup& lookup, const std::string& name) {
  std::string url = variable(lookup, name).value_or(variable(lookup, "all_proxy").value_or(""));
  if (!url.empty() && url.find("://") == std::string::npos) {
    url.insert(0, "http://");
  }
  return url;
}

std::string_view without_scheme(std::string_view url) {
  const std::size_t at = url.find("://");
  return at == std::string_view::npos ? url : url.substr(at + 3);
}

// In small letters, without port, brackets and the dot at the end that a full name may have.
std::string host_of(std::string_view url) {
  url = without_scheme(url);
  url = url.substr(0, url.find_first_of("/?#"));
  if (url.starts_with('[')) {
    return lower(url.substr(1, url.find(']') - 1));
  }
  url = url.substr(0, url.find(':'));
  if (url.ends_with('.')) {
    url.remove_suffix(1);
  }
  return lower(url);
}

bool is_below(std::string_view host, std::string_view name) {
  return host == name || (host.size() > name.size() && host.ends_with(name) &&
                          host[host.size() - name.size() - 1] == '.');
}

bool excepts(std::string_view entry, const std::string& host) {
  if (entry == "*") {
    return true;
  }
  IpBytes address{};
  if (parse_ip_bytes(host, address)) {
    const auto network = IpNetwork::parse(entry);
    return network && network->contains(address);
  }
  if (entry.starts_with('.')) {
    entry.remove_prefix(1);
  }
  if (entry.ends_with('.')) {
    entry.remove_suffix(1);
  }
  return !entry.empty() && is_below(host, lower(entry));
}

bool is_excepted(std::string_view list, const std::string& host) {
  constexpr std::string_view kBetween = ", \t";
  while (!list.empty()) {
    const std::string_view entry = list.substr(0, list.find_first_of(kBetween));
    if (!entry.empty() && excepts(entry, host)) {
      return true;
    }
    list.remove_prefix(std::min(entry.size() + 1, list.size()));
  }
  return false;
}

}  // namespace

ProxyRules one_proxy(const std::string& url) { return {url, url, {}}; }

ProxyRules proxies_of_environment(const EnvironmentLookup& lookup) {
  return {proxy_of(lookup, "http_proxy"), proxy_of(lookup, "https_proxy"),
          variable(lookup, "no_proxy").value_or("")};
}

const std::string& proxy_for(const ProxyRules& rules, std::string_view url) {
  static const std::string kNone;
  const std::string& proxy = url.starts_with("https://") ? rules.for_https : rules.for_http;
  return proxy.empty() || is_excepted(rules.except, host_of(url)) ? kNone : proxy;
}

std::string_view proxy_name(std::string_view proxy) {
  proxy = without_scheme(proxy);
  proxy = proxy.substr(0, proxy.find_first_of("/?#"));
  const std::size_t user = proxy.rfind('@');
  return user == std::string_view::npos ? proxy : proxy.substr(user + 1);
}

}  // namespace auditship::sinks::http
