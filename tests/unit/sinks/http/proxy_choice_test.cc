#include "sinks/http/proxy_choice.h"

#include <map>

#include "tests/support/catch.h"

using namespace auditship;
using sinks::http::proxy_for;
using sinks::http::proxy_name;
using sinks::http::ProxyRules;

namespace {

ProxyRules rules_of(const std::map<std::string, std::string>& environment) {
  return sinks::http::proxies_of_environment([&environment](const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  });
}

}  // namespace

TEST_CASE("a configured proxy serves every request, and none is none", "[proxy_choice]") {
  CHECK(proxy_for(sinks::http::one_proxy("http://p:1"), "https://a:9200/x") == "http://p:1");
  CHECK(proxy_for(sinks::http::one_proxy("http://p:1"), "http://127.0.0.1/") == "http://p:1");
  CHECK(proxy_for(sinks::http::one_proxy(""), "http://a/").empty());
  CHECK(proxy_for(ProxyRules{}, "https://a/").empty());
}

TEST_CASE("the environment names a proxy for each scheme", "[proxy_choice]") {
  const ProxyRules both = rules_of({{"http_proxy", "http://h:1"}, {"https_proxy", "http://s:2"}});
  CHECK(proxy_for(both, "http://a:9200/") == "http://h:1");
  CHECK(proxy_for(both, "https://a:9200/") == "http://s:2");
  const ProxyRules capitals = rules_of({{"HTTP_PROXY", "http://h:1"}, {"ALL_PROXY", "http://x:3"}});
  CHECK(proxy_for(capitals, "http://a/") == "http://h:1");
  CHECK(proxy_for(capitals, "https://a/") == "http://x:3");
  const ProxyRules two = rules_of({{"https_proxy", "http://s:1"}, {"HTTPS_PROXY", "http://S:2"}});
  CHECK(proxy_for(two, "https://a/") == "http://s:1");
  CHECK(proxy_for(rules_of({{"https_proxy", "s:3128"}}), "https://a/") == "http://s:3128");
  const ProxyRules emptied = rules_of({{"https_proxy", ""}, {"ALL_PROXY", "http://x:3"}});
  CHECK(proxy_for(emptied, "https://a/").empty());
  CHECK(proxy_for(rules_of({}), "https://a/").empty());
}

TEST_CASE("no_proxy excepts names with all below them, addresses, networks, or everything",
          "[proxy_choice]") {
  const auto direct = [](const std::string& list, const std::string& url) {
    return proxy_for(rules_of({{"https_proxy", "http://p:1"}, {"NO_PROXY", list}}), url).empty();
  };
  CHECK(direct("a.example", "https://a.example:9200/x"));
  CHECK(direct("b, A.Example", "https://x.a.exAMPLE./x"));
  CHECK(direct(".svc,.cluster.local", "https://os.logging.svc:9200"));
  CHECK_FALSE(direct("a.example", "https://ba.example/"));
  CHECK_FALSE(direct("x.a.example", "https://a.example/"));
  CHECK(direct("10.0.0.0/8", "https://10.2.3.4:9200/"));
  CHECK_FALSE(direct("10.0.0.0/8", "https://11.2.3.4:9200/"));
  CHECK_FALSE(direct("0.1", "https://10.0.0.1/"));
  CHECK(direct("::1 127.0.0.1", "https://[::1]:9200/"));
  CHECK(direct("fd00::/8", "https://[fd00::7]/"));
  CHECK(direct("*", "https://a/"));
  CHECK_FALSE(direct(" ,, . ", "https://a/"));
  CHECK_FALSE(direct("", "https://a/"));
}

TEST_CASE("a proxy is named without its user", "[proxy_choice]") {
  CHECK(proxy_name("http://u:p@w@proxy.example:3128/") == "proxy.example:3128");
  CHECK(proxy_name("https://proxy.example:3128") == "proxy.example:3128");
}
