#include "sinks/opensearch/config.h"

#include "agent/yaml/yaml_document.h"
#include "sinks/opensearch/connection.h"
#include "sinks/opensearch/secrets.h"
#include "tests/support/catch.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using sinks::opensearch::OpenSearchConfig;

namespace {

// Reads the section of the sink.
struct Reader {
  test::SimClock clock;
  test::SimFs fs{clock};
  yaml::ReadContext context{fs, "/etc/auditship.yaml", {}, {}};
  OpenSearchConfig config;

  Reader() {
    REQUIRE(fs.make_dirs("/etc").ok());
    fs.put("/etc/secret", "hunter2\n");
  }
  std::string read(const std::string& keys) {
    const auto document = yaml::parse_yaml("f.yaml", "{" + keys + "}");
    INFO(keys);
    REQUIRE(document.ok());
    yaml::YamlProblems problems("f.yaml");
    yaml::YamlMap map(problems, document->root, "");
    config = {};
    config.read(map, context);
    map.done();
    return problems.empty() ? "" : problems.error().message;
  }
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a host may have a path, and slashes at its end do not matter", "[opensearch]") {
  Reader reader;
  CHECK(reader
            .read("hosts: ['https://p.example/opensearch/', 'http://[::1]:9200//', "
                  "'https://p/a%20b/~x.1;v=2']")
            .empty());
  CHECK(reader.config.hosts == std::vector<std::string>{"https://p.example/opensearch",
                                                        "http://[::1]:9200",
                                                        "https://p/a%20b/~x.1;v=2"});
}

TEST_CASE("a host that would lead elsewhere is refused", "[opensearch]") {
  Reader reader;
  for (const char* host : {"https://a/x?y",
                           "https://a?y",
                           "https://a/x#y",
                           "https://a#",
                           "https://u:secret@a/x",
                           "https://a/u:secret@b",
                           "https://a/..",
                           "https://a/x/../y",
                           "https://a/./x",
                           "https://a/%2e%2e/x",
                           "https://a/%2E./x",
                           "https://a/x%2fy",
                           "https://a/x%5Cy",
                           "https://a//x",
                           "https://a/x y",
                           "https://a/x%0d",
                           "https://a/%zz",
                           "https://a/%2",
                           "https://a/x\\ty",
                           "https://a\\x01b",
                           "https://a/x\\u007f",
                           "https://a/\\\\x",
                           "https://a/\\u00e9",
                           "https:///x",
                           "https://",
                           "https:/a",
                           "HTTPS://a",
                           "//a/x",
                           "https://a:1:2/x",
                           "https://[::1/x",
                           "https://[::1]x/y",
                           "https://a:/x",
                           "https://a:+1"}) {
    INFO(host);
    const std::string problem = reader.read("hosts: [\"" + std::string(host) + "\"]");
    CHECK(has(problem, "hosts: "));
    CHECK_FALSE(has(problem, "secret"));
  }
  CHECK(
      has(reader.read("hosts: ['https://a/" + std::string(2000, 'x') + "']"), "longer than 1024"));
}

TEST_CASE("a proxy is a URL with a port, or what the environment says", "[opensearch]") {
  Reader reader;
  CHECK(reader.read("hosts: ['https://a']").empty());
  CHECK(reader.config.proxy.empty());
  CHECK(reader.config.destination() == "OpenSearch at https://a");
  CHECK(reader.read("hosts: ['https://a'], proxy: 'http://p.example:3128/'").empty());
  CHECK(reader.config.proxy == "http://p.example:3128");
  CHECK(reader.config.destination() == "OpenSearch at https://a by proxy http://p.example:3128");
  CHECK(reader.read("hosts: ['https://a'], proxy: environment").empty());
  CHECK(reader.config.destination() == "OpenSearch at https://a by the environment's proxy");
  CHECK(reader.read("hosts: ['https://a'], proxy: 'https://[fd00::1]:3129', proxy_ca_file: secret")
            .empty());
  for (const char* proxy :
       {"p:3128", "http://p", "http://p:0", "http://u:secret@p:3128", "http://p:3128/x",
        "http://p:3128?x", "socks5://p:1080", "Environment", "http://:3128", "http://p\\n:3128"}) {
    INFO(proxy);
    const std::string problem =
        reader.read("hosts: ['https://a'], proxy: \"" + std::string(proxy) + "\"");
    CHECK(has(problem, "proxy: "));
    CHECK_FALSE(has(problem, "secret"));
  }
}

TEST_CASE("the proxy's user has a name, a file and a proxy", "[opensearch]") {
  Reader reader;
  const auto problem = [&reader](const std::string& keys) {
    return reader.read("hosts: ['https://a'], " + keys);
  };
  const std::string user = "proxy_username: u, proxy_password_file: secret";
  CHECK(has(problem("proxy: 'http://p:1', proxy_username: u"), "go together"));
  CHECK(has(problem("proxy: 'http://p:1', proxy_password_file: secret"), "go together"));
  CHECK(has(problem(user), "without the proxy's address"));
  CHECK(has(problem("proxy: environment, " + user), "without the proxy's address"));
  CHECK(has(problem("proxy: 'http://p:1', proxy_username: 'u:v', proxy_password_file: secret"),
            "colon"));
  CHECK(has(problem("proxy: 'http://p:1', proxy_ca_file: secret"), "only an https:// proxy"));
  reader.context.warnings.clear();
  CHECK(problem("proxy: 'https://p:1', " + user).empty());
  CHECK(reader.context.warnings.empty());
  CHECK(problem("proxy: 'http://p:1', " + user).empty());
  REQUIRE(reader.context.warnings.size() == 1);
  CHECK(has(reader.context.warnings[0], "proxy's password goes to http://p:1 without encryption"));
}

TEST_CASE("the proxy's password is read from its file at each request", "[opensearch]") {
  Reader reader;
  REQUIRE(reader
              .read("hosts: ['https://a'], proxy: 'http://p:1', proxy_username: u, "
                    "proxy_password_file: secret")
              .empty());
  const auto source = sinks::opensearch::credential_source(reader.fs, reader.config);
  auto credentials = source();
  REQUIRE(credentials);
  CHECK(credentials->proxy_username == "u");
  CHECK(credentials->proxy_password == "hunter2");
  CHECK(credentials->username.empty());
  reader.fs.put("/etc/secret", "next\n");
  credentials = source();
  REQUIRE(credentials);
  CHECK(credentials->proxy_password == "next");
  REQUIRE(reader.fs.remove("/etc/secret").ok());
  credentials = source();
  REQUIRE_FALSE(credentials);
  CHECK(has(credentials.error().message, "/etc/secret"));
}

TEST_CASE("a configuration with a proxy is shown as it can be read again", "[opensearch]") {
  Reader reader;
  const std::string keys =
      "hosts: ['https://a/b'], proxy: 'https://p:1', proxy_username: u, proxy_password_file: "
      "/etc/secret, proxy_ca_file: /etc/secret";
  REQUIRE(reader.read(keys).empty());
  yaml::YamlWriter out;
  reader.config.write(out);
  const std::string text = out.take();
  CHECK(has(text, "https://a/b"));
  CHECK(has(text, "/etc/secret"));
  CHECK_FALSE(has(text, "hunter2"));
}
