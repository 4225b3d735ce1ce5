// Which forward proxy a request goes through: one for all, or what the variables of the environment say that curl
// and others know.
//
//   const ProxyRules rules = proxies_of_environment(platform::system_environment);
//   proxy_for(rules, "https://opensearch.example:9200/_bulk");  // "http://proxy.example:3128", or "": none
//
// Values and stateless functions; thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace auditship::sinks::http {

struct ProxyRules {
  // URLs of proxies, for requests to http:// and to https://. Empty: none.
  std::string for_http, for_https;
  // What is reached without a proxy, as NO_PROXY lists it: names with all below them, addresses, networks, or *.
  std::string except;
};

// url for everything. Empty: no proxy, whatever the environment says.
[[nodiscard]] ProxyRules one_proxy(const std::string& url);

// https_proxy, http_proxy, all_proxy and no_proxy; the same in capitals where those are not set. A proxy without a
// scheme is taken as http://.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;
[[nodiscard]] ProxyRules proxies_of_environment(const EnvironmentLookup& lookup);

// The proxy for a request to url; empty: none.
[[nodiscard]] const std::string& proxy_for(const ProxyRules& rules, std::string_view url);

// HOST:PORT of a proxy's URL, for messages: without user and password.
[[nodiscard]] std::string_view proxy_name(std::string_view proxy);

}  // namespace auditship::sinks::http
