// Cluster, a scripted OpenSearch and Dashboards behind HttpTransport, and SetupRig, which runs
// setup against it with the JSON of conf/opensearch.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/platform/posix_filesystem.h"
#include "sinks/opensearch/setup/setup.h"
#include "sinks/opensearch/setup/setup_internal.h"
#include "tests/support/catch.h"

namespace auditship::test {

inline const std::string kConf = AUDITSHIP_SOURCE_DIR "/conf/opensearch";
inline const std::string kNoHandler =
    R"({"error":"no handler found for uri [/_plugins/x] and method [GET]"})";

// A cluster that keeps what is put, wraps it as OpenSearch does, and answers what it is told.
class Cluster final : public sinks::http::HttpTransport {
 public:
  void send(sinks::http::HttpRequest request,
            std::function<void(sinks::http::HttpResponse)> done) override {
    const std::string path = request.url.substr(request.url.find('/', 8));
    const std::string key = request.method + ' ' + path;
    log.push_back(key);
    bodies[key] = std::string(request.body);
    headers[key] = request.headers;
    sinks::http::HttpResponse response;
    response.status = 404;
    response.connected = true;
    if (const auto told = answers.find(key); told != answers.end()) {
      response.status = told->second.first;
      response.body = told->second.second;
    } else if (down.contains(request.url.substr(0, request.url.find('/', 8)))) {
      response = sinks::http::HttpResponse{};
      response.error = "connection refused";
    } else if (request.method == "PUT") {
      response.status = 200;
      response.body = R"({"acknowledged":true})";
      keep(path, std::string(request.body));
    }
    waiting = [response = std::move(response), done = std::move(done)] { done(response); };
  }
  void deliver() {
    auto now = std::move(waiting);
    waiting = nullptr;
    if (now) {
      now();
    }
  }
  [[nodiscard]] std::size_t count(std::string_view method) const {
    return static_cast<std::size_t>(std::count_if(
        log.begin(), log.end(), [&](const std::string& line) { return line.starts_with(method); }));
  }
  void without_plugins() {
    for (const char* target : {"kubeaudit", "authlog"}) {
      answers["GET /_plugins/_ism/policies/auditship-" + std::string(target)] = {400, kNoHandler};
    }
    answers["GET /_plugins/_security/api/roles/auditship-setup"] = {400, kNoHandler};
  }

  std::map<std::string, std::pair<int, std::string>> answers;  // "GET /path"
  std::set<std::string> down;                                  // hosts
  std::vector<std::string> log;
  std::map<std::string, std::string> bodies;
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> headers;
  std::function<void()> waiting;

 private:
  void keep(const std::string& full, const std::string& body) {
    const std::string path = full.substr(0, full.find('?'));
    const std::string name = path.substr(path.rfind('/') + 1);
    std::string answer;
    if (path.starts_with("/_component_template/")) {
      answer = R"({"component_templates":[{"name":")" + name + R"(","component_template":)" + body +
               "}]}";
    } else if (path.starts_with("/_index_template/")) {
      answer = R"({"index_templates":[{"name":")" + name + R"(","index_template":)" + body + "}]}";
    } else if (path.starts_with("/_plugins/_ism/")) {
      answer = R"({"_id":")" + name + R"(","_version":1,"_seq_no":7,"_primary_term":2,)" +
               body.substr(1);
    } else if (path.starts_with("/_plugins/_security/")) {
      answer = "{\"" + name + "\":{\"reserved\":false,\"hidden\":false," + body.substr(1) + "}";
    } else if (path.starts_with("/%3c")) {
      const std::string target = path.substr(4, path.find("-%7b") - 4);
      const std::string index = target + "-2026.11.25-000001";
      answers["GET /" + target + "*/_alias"] = {200, "{\"" + index + "\":" + body + "}"};
      return;
    }
    answers["GET " + path] = {200, answer};
  }
};

struct SetupRig {
  platform::PosixFs fs;
  std::vector<std::string> hosts = {"http://a:9200"};
  std::vector<sinks::SetupTarget> targets = {{"kubeaudit", "kubeaudit"}, {"authlog", "authlog"}};
  sinks::opensearch::setup::SetupOptions options{kConf, {}, false, false, {}};
  Cluster cluster;
  std::string said;
  bool with_dashboards = false;

  bool run() {
    said.clear();
    cluster.log.clear();
    const sinks::opensearch::setup::SetupClient::Run run = [this](const auto& start) {
      bool finished = false;
      start([&finished] { finished = true; });
      cluster.deliver();
      return finished;
    };
    const sinks::http::CredentialSource secrets = []() -> Result<sinks::http::Credentials> {
      return sinks::http::Credentials{"setup", "s3cret", "", {}};
    };
    sinks::opensearch::setup::SetupClient client({hosts, secrets, "1", {}, {}}, cluster, run);
    sinks::opensearch::setup::SetupClient dashboards(
        {{"http://d:5601/base"}, secrets, "1", {{"osd-xsrf", "true"}}, {}}, cluster, run);
    return sinks::opensearch::setup::run_setup(
        fs, options, targets, client, with_dashboards ? &dashboards : nullptr,
        [this](const std::string& line) { said += line + '\n'; });
  }
  [[nodiscard]] bool says(const std::string& text) const {
    return said.find(text) != std::string::npos;
  }
  // {"dynamic":…,"properties":…} of a stream's templates.
  sinks::opensearch::setup::Json mappings(const std::string& kind) {
    std::vector<sinks::opensearch::setup::OrderedJson> parts;
    for (const std::string& name : {std::string("common"), kind}) {
      parts.push_back(*sinks::opensearch::setup::parse_ordered_json(
          *fs.read_file(kConf + "/component_templates/auditship-" + name + ".json", 1 << 20)));
    }
    return sinks::opensearch::setup::merge_mappings(parts);
  }
  // The live mapping of the first index of target.
  void live(const std::string& target, const sinks::opensearch::setup::Json& mapping) {
    const std::string index = target + "-2026.11.25-000001";
    const std::string body = sinks::opensearch::setup::dump_json(mapping);
    cluster.answers["GET /" + index + "/_mapping"] = {
        200, "{\"" + index + "\":{\"mappings\":" + body + "}}"};
  }
  void live_as_templates() {
    live("kubeaudit", mappings("kubeaudit"));
    live("authlog", mappings("authlog"));
  }
};

}  // namespace auditship::test
