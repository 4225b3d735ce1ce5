#include "sinks/http/curl_proxy.h"

#include <algorithm>

#include <curl/curl.h>

#include "sinks/http/proxy_choice.h"

namespace auditship::sinks::http {
namespace {

HttpFault fault_of_connect(int status) {
  constexpr int kAuthenticationRequired = 407;
  return status == kAuthenticationRequired ? HttpFault::proxy_unauthorized
         : status >= 400 && status <= 499  ? HttpFault::proxy_refused
                                           : HttpFault::proxy_target;
}

bool is_about_tls(int result) {
  return result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CONNECT_ERROR ||
         result == CURLE_SSL_CACERT_BADFILE || result == CURLE_SSL_CIPHER;
}

// The proxy's own answers to a request that it should have passed on. A target's 403 is JSON.
HttpFault fault_of_forwarding(const ProxiedEnd& end) {
  if (end.status == 407) {
    return HttpFault::proxy_unauthorized;
  }
  return end.status == 403 && end.html ? HttpFault::proxy_refused : HttpFault::none;
}

HttpFault fault_before_tunnel(const ProxiedEnd& end) {
  if (end.connect_status != 0) {
    return fault_of_connect(end.connect_status);
  }
  if (is_about_tls(end.result)) {
    return HttpFault::proxy_tls;
  }
  return end.result == CURLE_OPERATION_TIMEDOUT && end.reached_proxy ? HttpFault::proxy_target
                                                                     : HttpFault::proxy_unreachable;
}

bool is_html(const HttpResponse& response) {
  return std::any_of(response.headers.begin(), response.headers.end(), [](const auto& header) {
    return header.first == "content-type" && header.second.starts_with("text/html");
  });
}

long number(void* easy, CURLINFO what) {
  long value = 0;
  curl_easy_getinfo(easy, what, &value);
  return value;
}

}  // namespace

bool can_use_https_proxies() {
  return (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTPS_PROXY) != 0;
}

void use_proxy(void* easy, const std::string& proxy, const std::string& ca_file,
               const HttpRequest& request) {
  const auto set = [easy](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
  set(CURLOPT_PROXY, proxy.c_str());  // "" keeps that of the environment away, too
  set(CURLOPT_NOPROXY, "");           // who is reached directly was decided before
  if (proxy.empty()) {
    return;
  }
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_PROXYAUTH, CURLAUTH_BASIC);
  if (!request.proxy_username.empty()) {
    set(CURLOPT_PROXYUSERNAME, request.proxy_username.c_str());
    set(CURLOPT_PROXYPASSWORD, request.proxy_password.c_str());
  }
  set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
  set(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  if (!ca_file.empty()) {
    set(CURLOPT_PROXY_CAINFO, ca_file.c_str());
    set(CURLOPT_PROXY_CAPATH, static_cast<const char*>(nullptr));
  }
}

HttpFault proxy_fault(const ProxiedEnd& end) {
  if (end.result == CURLE_COULDNT_RESOLVE_PROXY || end.result == CURLE_COULDNT_CONNECT) {
    return HttpFault::proxy_unreachable;
  }
  if (end.result == CURLE_OPERATION_TIMEDOUT && !end.reached_proxy) {
    return HttpFault::proxy_unreachable;
  }
  if (!end.tunnel) {
    // TLS is spoken with an https:// proxy only.
    return end.result == CURLE_OK     ? fault_of_forwarding(end)
           : is_about_tls(end.result) ? HttpFault::proxy_tls
                                      : HttpFault::none;
  }
  const bool open = end.connect_status >= 200 && end.connect_status <= 299;
  return end.result == CURLE_OK || open || !end.fresh ? HttpFault::none : fault_before_tunnel(end);
}

void blame_proxy(void* easy, int result, const std::string& proxy, bool tunnel,
                 HttpResponse& response) {
  if (!proxy.starts_with("http://") && !proxy.starts_with("https://")) {
    return;  // SOCKS, by the environment: libcurl's words say enough
  }
  // The time of connecting would be told only once the tunnel is open.
  char* address = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
  const HttpFault fault = proxy_fault({result, response.status,
                                       static_cast<int>(number(easy, CURLINFO_HTTP_CONNECTCODE)),
                                       tunnel, number(easy, CURLINFO_NUM_CONNECTS) > 0,
                                       address != nullptr && *address != '\0', is_html(response)});
  if (fault == HttpFault::none) {
    return;
  }
  const std::string words =
      response.status == 0 ? response.error : "answered " + std::to_string(response.status);
  response = HttpResponse{};
  response.fault = fault;
  response.error = "proxy " + std::string(proxy_name(proxy)) + ": " + words;
}

}  // namespace auditship::sinks::http
