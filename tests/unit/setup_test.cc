#include "agent/app/setup.h"

#include <algorithm>
#include <map>

#include "agent/app/setup_parts.h"
#include "agent/core/posix_fs.h"
#include "tests/support/catch.h"

using namespace auditship;

namespace {

const std::string kConf = AUDITSHIP_SOURCE_DIR "/conf/opensearch";
const std::string kNoHandler =
    R"({"error":"no handler found for uri [/_plugins/x] and method [GET]"})";

// A cluster that keeps what is put, wraps it as OpenSearch does, and answers what it is told.
class Cluster final : public HttpTransport {
 public:
  void send(HttpRequest request, std::function<void(HttpResponse)> done) override {
    const std::string path = request.url.substr(request.url.find('/', 8));
    const std::string key = request.method + ' ' + path;
    log.push_back(key);
    bodies[key] = std::string(request.body);
    headers[key] = request.headers;
    HttpResponse response;
    response.status = 404;
    response.connected = true;
    if (const auto told = answers.find(key); told != answers.end()) {
      response.status = told->second.first;
      response.body = told->second.second;
    } else if (down.contains(request.url.substr(0, request.url.find('/', 8)))) {
      response = HttpResponse{};
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

struct Rig {
  PosixFs fs;
  Config config = default_config();
  SetupOptions options{kConf, {}, false, false};
  Cluster cluster;
  std::string said;
  bool with_dashboards = false;

  Rig() {
    config.sink = SinkType::opensearch;
    config.opensearch.hosts = {"http://a:9200"};
  }
  bool run() {
    said.clear();
    cluster.log.clear();
    const SetupClient::Run run = [this](const auto& start) {
      bool finished = false;
      start([&finished] { finished = true; });
      cluster.deliver();
      return finished;
    };
    const CredentialSource secrets = []() -> Result<Credentials> {
      return Credentials{"setup", "s3cret", ""};
    };
    SetupClient client({config.opensearch.hosts, secrets, "1", {}}, cluster, run);
    SetupClient dashboards({{"http://d:5601/base"}, secrets, "1", {{"osd-xsrf", "true"}}}, cluster,
                           run);
    return run_setup(fs, config, options, client, with_dashboards ? &dashboards : nullptr,
                     [this](const std::string& line) { said += line + '\n'; });
  }
  [[nodiscard]] bool says(const std::string& text) const {
    return said.find(text) != std::string::npos;
  }
  // {"dynamic":…,"properties":…} of a stream's templates.
  JsonTree mappings(const std::string& kind) {
    std::vector<JsonTree> parts;
    for (const std::string& name : {std::string("common"), kind}) {
      parts.push_back(*parse_json_tree(
          *fs.read_file(kConf + "/component_templates/auditship-" + name + ".json", 1 << 20)));
    }
    return merge_mappings(parts);
  }
  // The live mapping of the first index of target.
  void live(const std::string& target, const JsonTree& mapping) {
    const std::string index = target + "-2026.11.25-000001";
    std::string body = "{\"" + index + "\":{\"mappings\":";
    append_json(body, mapping);
    cluster.answers["GET /" + index + "/_mapping"] = {200, body + "}}"};
  }
  void live_as_templates() {
    live("kubeaudit", mappings("kubeaudit"));
    live("authlog", mappings("authlog"));
  }
};

JsonTree tree_of(const std::string& json) {
  auto tree = parse_json_tree(json);
  REQUIRE(tree.ok());
  return std::move(*tree);
}

}  // namespace

TEST_CASE("setup brings everything, and a second run changes nothing") {
  Rig rig;
  rig.live_as_templates();
  REQUIRE(rig.run());
  CHECK(rig.cluster.count("PUT") ==
        12);  // 4 components, 2 templates, 2 policies, 2 indices, 2 roles
  CHECK(rig.says("templates: 6 changed"));
  CHECK(rig.says("lifecycle: 2 changed"));
  CHECK(rig.says("roles: 2 changed"));
  REQUIRE(rig.run());
  CHECK(rig.cluster.count("PUT") == 0);
  CHECK(rig.cluster.count("POST") == 0);
  CHECK_FALSE(rig.says(" changed\n"));
  CHECK(rig.says("mappings: nothing to do"));
}

TEST_CASE("setup --dry-run sends nothing that changes, tells requests and differences") {
  Rig rig;
  rig.options.dry_run = true;
  REQUIRE(rig.run());
  CHECK(rig.cluster.count("PUT") == 0);
  CHECK(rig.cluster.count("POST") == 0);
  CHECK(rig.says("    PUT /_index_template/auditship-kubeaudit\n"));
  CHECK(rig.says("    PUT /%3cauthlog-%7bnow%2fd%7d-000001%3e\n"));
  CHECK(rig.says("indices: 2 would change"));
  CHECK_FALSE(rig.says("s3cret"));
  CHECK_FALSE(rig.says("Authorization"));

  rig.options.dry_run = false;
  rig.live_as_templates();
  REQUIRE(rig.run());
  auto& stored = rig.cluster.answers["GET /_component_template/auditship-settings"].second;
  stored.replace(stored.find("\"10s\""), 5, "\"1s\\u001b[31m\"");
  rig.options.dry_run = true;
  REQUIRE(rig.run());
  CHECK(rig.says("    ~ template.settings.index.refresh_interval: 1s?[31m -> 10s\n"));
  CHECK(rig.says("templates: 1 would change"));
}

TEST_CASE("setup goes on without ISM and without the security plug-in") {
  Rig rig;
  rig.cluster.without_plugins();
  rig.live_as_templates();
  REQUIRE(rig.run());
  CHECK(rig.says("no Index State Management"));
  CHECK(rig.says("lifecycle: skipped"));
  CHECK(rig.says("roles: skipped"));
  const std::string& body = rig.cluster.bodies["PUT /_index_template/auditship-kubeaudit"];
  CHECK(body.find("rollover_alias") == std::string::npos);
}

// OpenSearch documentation, "ISM API" (create, update, get policy) and "Policies" (rollover:
// min_size, min_index_age; transitions: min_index_age; ism_template: index_patterns, priority):
// https://docs.opensearch.org/latest/im-plugin/ism/api/ and …/im-plugin/ism/policies/
TEST_CASE("golden requests to ISM") {
  Rig rig;
  rig.live_as_templates();
  REQUIRE(rig.run());
  CHECK(rig.cluster.bodies["PUT /_plugins/_ism/policies/auditship-kubeaudit"] ==
        R"({"policy":{"description":"auditship: a new index at 5 GB or after a day; indices are )"
        R"(deleted 30 days after they were made.","ism_template":[{"index_patterns":)"
        R"(["kubeaudit*"],"priority":110}],"default_state":"write","states":[{"name":"write",)"
        R"("actions":[{"rollover":{"min_size":"5gb","min_index_age":"1d"}}],"transitions":)"
        R"([{"state_name":"delete","conditions":{"min_index_age":"30d"}}]},{"name":"delete",)"
        R"("actions":[{"delete":{}}],"transitions":[]}]}})");
  CHECK(rig.cluster.bodies["PUT /_index_template/auditship-kubeaudit"].find(
            R"("index.plugins.index_state_management.rollover_alias":"kubeaudit")") !=
        std::string::npos);

  SECTION("what the server adds to a policy is no difference") {
    rig.cluster.answers["GET /_plugins/_ism/policies/auditship-kubeaudit"] = {
        200,
        R"({"_id":"auditship-kubeaudit","_version":3,"_seq_no":41,"_primary_term":2,"policy":{)"
        R"("policy_id":"auditship-kubeaudit","description":"auditship: a new index at 5 GB or )"
        R"(after a day; indices are deleted 30 days after they were made.","last_updated_time":)"
        R"(1577990761311,"schema_version":21,"error_notification":null,"default_state":"write",)"
        R"("states":[{"name":"write","actions":[{"retry":{"count":3,"backoff":"exponential",)"
        R"("delay":"1m"},"rollover":{"min_size":"5gb","min_index_age":"1d","copy_alias":false}}],)"
        R"("transitions":[{"state_name":"delete","conditions":{"min_index_age":"30d"}}]},)"
        R"({"name":"delete","actions":[{"retry":{"count":3},"delete":{}}],"transitions":[]}],)"
        R"("ism_template":[{"index_patterns":["kubeaudit*"],"priority":110,)"
        R"("last_updated_time":1577990761311}]}})"};
    REQUIRE(rig.run());
    CHECK(rig.cluster.count("PUT") == 0);
  }
  SECTION("an update names the version that it replaces") {
    auto& stored = rig.cluster.answers["GET /_plugins/_ism/policies/auditship-kubeaudit"].second;
    stored.replace(stored.find("\"30d\""), 5, "\"7d\"");
    REQUIRE(rig.run());
    CHECK(rig.cluster.count(
              "PUT /_plugins/_ism/policies/auditship-kubeaudit?if_seq_no=7&if_primary_term=2") ==
          1);
    CHECK(rig.says("~ policy.states[0].transitions[0].conditions.min_index_age: 7d -> 30d"));
    CHECK(rig.says("POST /_plugins/_ism/add/kubeaudit*"));
  }
}

TEST_CASE("dated indices: no alias, no rollover, a role that may create them") {
  Rig rig;
  rig.config.opensearch.style = TargetStyle::dated;
  REQUIRE(rig.run());
  CHECK(rig.cluster.bodies["PUT /_plugins/_ism/policies/auditship-authlog"].find("rollover") ==
        std::string::npos);
  CHECK(rig.cluster.bodies["PUT /_index_template/auditship-authlog"].find("rollover_alias") ==
        std::string::npos);
  CHECK(rig.cluster.count("PUT /%3c") == 0);
  CHECK(rig.cluster.bodies["PUT /_plugins/_security/api/roles/auditship-shipper-dated"].find(
            "indices:admin/create") != std::string::npos);
}

TEST_CASE("targets of the configuration replace the names in the files") {
  Rig rig;
  rig.config.streams[0].target = "prod-audit";
  rig.config.streams.resize(1);
  rig.live("prod-audit", rig.mappings("kubeaudit"));
  REQUIRE(rig.run());
  CHECK(rig.cluster.bodies["PUT /_index_template/auditship-prod-audit"].find(
            R"("index_patterns":["prod-audit*"])") != std::string::npos);
  CHECK(rig.cluster.bodies["PUT /_plugins/_security/api/roles/auditship-shipper"].find(
            R"("index_patterns":["prod-audit*"])") != std::string::npos);
  CHECK(rig.cluster.count("PUT /_component_template/auditship-authlog") == 0);
}

TEST_CASE("what is refused fails its part, says what to do, and the other parts go on") {
  Rig rig;
  rig.cluster.answers["PUT /_component_template/auditship-common"] = {
      403, R"({"error":{"type":"security_exception","reason":"no permissions for \u001b[2J"}})"};
  CHECK_FALSE(rig.run());
  CHECK(rig.says("was answered 403 security_exception: no permissions for ?[2J; the user may not"));
  CHECK(rig.says("give it the role auditship-setup"));
  CHECK(rig.says("templates: FAILED (1)"));
  CHECK(rig.cluster.count("PUT /_index_template/") == 0);  // not without its components
  CHECK(rig.says("lifecycle: 2 changed"));
}

TEST_CASE("roles are left to an administrator, unless asked for") {
  Rig rig;
  rig.cluster.answers["GET /_plugins/_security/api/roles/auditship-setup"] = {403, ""};
  rig.cluster.answers["GET /_plugins/_security/api/roles/auditship-shipper"] = {403, ""};
  rig.live_as_templates();
  CHECK(rig.run());
  CHECK(rig.says("roles: skipped"));
  rig.options.only = "roles";
  CHECK_FALSE(rig.run());
  CHECK(rig.says("roles: FAILED"));
}

TEST_CASE("hostile and broken answers are failures, never crashes") {
  for (const std::string& body :
       {std::string("<html>"), std::string("{}"), std::string("[]"), std::string("null"),
        std::string("{\"component_templates\":[1]}"), std::string(5000, '['),
        std::string("{\"kubeaudit-000001\":{\"mappings\":7}}"),
        "{\"a\":" + std::string(300, '[') + std::string(300, ']') + "}"}) {
    Rig rig;
    rig.options.only = "templates";
    rig.live_as_templates();
    REQUIRE(rig.run());
    for (auto& [key, answer] : rig.cluster.answers) {
      answer = {200, body};
    }
    CHECK_FALSE(rig.run());
    CHECK(rig.says("not understood"));
  }
}

TEST_CASE("an alias without write index, and an index in its place, are told") {
  Rig rig;
  rig.cluster.answers["GET /kubeaudit*/_alias"] = {
      200,
      R"({"kubeaudit-1":{"aliases":{"kubeaudit":{}}},"kubeaudit-2":{"aliases":{"kubeaudit":{}}}})"};
  rig.cluster.answers["GET /authlog*/_alias"] = {200, R"({"authlog":{"aliases":{}}})"};
  CHECK_FALSE(rig.run());
  CHECK(rig.says("alias kubeaudit: FAILED"));
  CHECK(rig.says("\"authlog\" is an index, not an alias"));
  CHECK(rig.cluster.count("PUT /%3c") == 0);
}

TEST_CASE("the next host is asked when one does not answer") {
  Rig rig;
  rig.config.opensearch.hosts = {"http://x:9200", "http://a:9200"};
  rig.cluster.down = {"http://x:9200"};
  rig.live_as_templates();
  rig.options.only = "lifecycle";
  CHECK(rig.run());
  rig.cluster.answers.clear();
  rig.cluster.down = {"http://x:9200", "http://a:9200"};
  CHECK_FALSE(rig.run());
  CHECK(rig.says("no answer from http://x:9200: connection refused; http://a:9200"));
}

TEST_CASE("missing files are named once, with what to do") {
  Rig rig;
  rig.options.conf_dir = "/nonexistent";
  CHECK_FALSE(rig.run());
  CHECK(rig.says("--conf-dir names the directory"));
}

TEST_CASE("rollover by the conditions of the policy") {
  Rig rig;
  rig.options.rollover = true;
  rig.cluster.answers["POST /kubeaudit/_rollover"] = {
      200,
      R"({"acknowledged":true,"old_index":"kubeaudit-1","new_index":"kubeaudit-2","rolled_over":true})"};
  rig.cluster.answers["POST /authlog/_rollover"] = {
      200, R"({"old_index":"authlog-1","new_index":"authlog-2","rolled_over":false})"};
  CHECK(rig.run());
  CHECK(rig.cluster.bodies["POST /kubeaudit/_rollover"] ==
        R"({"conditions":{"max_size":"5gb","max_age":"1d"}})");
  CHECK(rig.says("alias kubeaudit: rolled over from kubeaudit-1 to kubeaudit-2"));
  CHECK(rig.says("alias authlog: not due, authlog-1 stays"));
  CHECK(rig.cluster.log.size() == 2);
  rig.cluster.answers["POST /authlog/_rollover"] = {200, "{}"};
  CHECK_FALSE(rig.run());
}

TEST_CASE("mapping drift: what would be refused, and what cannot be found") {
  const auto drift = [](const std::string& live, const std::string& wanted) {
    return compare_mappings(tree_of(live), tree_of(wanted));
  };
  const std::string words = R"({"type":"keyword","ignore_above":9})";
  const auto with = [](const std::string& field, const std::string& dynamic = "\"false\"") {
    return R"({"dynamic":)" + dynamic + R"(,"properties":)" + field + "}";
  };
  const std::string host = with(R"({"host":)" + words + "}");
  CHECK(drift(host, host).rejected.empty());
  CHECK(drift(host, host).missing.empty());
  // An object where a string comes, and the other way round: every such document is refused.
  CHECK(drift(with(R"({"host":{"properties":{"name":{"type":"text"}}}})"), host).rejected ==
        std::vector<std::string>{"host: object, expected keyword"});
  CHECK(drift(host, with(R"({"host":{"properties":{"name":{"type":"text"}}}})")).rejected ==
        std::vector<std::string>{"host: keyword, expected object"});
  CHECK(drift(with(R"({"user":{"properties":{"extra":{"type":"flat_object"}}}})"),
              with(R"({"user":{"properties":{"extra":{"type":"text"}}}})"))
            .rejected == std::vector<std::string>{"user.extra: flat_object, expected text"});
  // Dots in names are objects, whoever wrote them.
  CHECK(drift(with(R"({"a":{"properties":{"b":{"properties":{"c":{"type":"date"}}}}}})"),
              with(R"({"a.b.c":{"type":"date"}})"))
            .missing.empty());
  CHECK(drift(with(R"({"host":{"type":"long"}})"), host).rejected.size() == 1);
  CHECK(drift(with(R"({"host":{"type":"keyword"}})"), host).rejected.size() == 1);
  CHECK(drift(with(R"({"host":{"type":"text"}})"), with(R"({"host":{"type":"ip"}})"))
            .rejected.empty());
  CHECK(drift(with(R"({"host":{"type":"text"}})"), with(R"({"host":{"type":"ip"}})"))
            .missing.size() == 1);
  CHECK(drift(with("{}"), host).missing == std::vector<std::string>{"host: not in the mapping"});
  CHECK(drift(with("{}", "\"strict\""), host).rejected.size() == 1);
  CHECK(drift(with("{}", "\"true\""), host).missing.size() == 2);
  CHECK(
      drift(host, with(R"({"host":{"type":"text","fields":{"keyword":)" + words + "}}}")).missing ==
      std::vector<std::string>{"host.keyword: dashboards that count by it stay empty"});
}

TEST_CASE("drift fails when documents would be refused, and only warns otherwise") {
  Rig rig;
  rig.live_as_templates();
  REQUIRE(rig.run());
  JsonTree older = rig.mappings("authlog");
  std::erase_if(older.find("properties")->members, [](const auto& m) { return m.first == "ssh"; });
  rig.live("authlog", older);
  CHECK(rig.run());
  CHECK(rig.says("lacks ssh.auth.method: not in the mapping"));
  CHECK(rig.says("mappings: 1 to look at"));
  older.find("properties")->set("host", tree_of(R"({"properties":{"name":{"type":"text"}}})"));
  rig.live("authlog", older);
  CHECK_FALSE(rig.run());
  CHECK(rig.says("refuses host: object, expected keyword"));
  CHECK(rig.says("POST /authlog/_rollover"));
}

// Dashboards' own documentation of the saved objects API; not run against a live one.
TEST_CASE("golden requests to Dashboards") {
  Rig rig;
  rig.with_dashboards = true;
  rig.options.only = "dashboards";
  const std::string get = "POST /base/api/saved_objects/_bulk_get";
  const std::string import = "POST /base/api/saved_objects/_import?overwrite=true";
  rig.cluster.answers[get] = {200, R"({"saved_objects":[]})"};
  rig.cluster.answers[import] = {200, R"({"successCount":2,"success":true})"};
  REQUIRE(rig.run());
  CHECK(rig.cluster.count(import) == 1);
  const auto& headers = rig.cluster.headers[import];
  CHECK(std::count(headers.begin(), headers.end(),
                   std::pair<std::string, std::string>("osd-xsrf", "true")) == 1);
  const std::string& body = rig.cluster.bodies[import];
  CHECK(
      body.starts_with("--auditship-saved-objects-7f3c\r\nContent-Disposition: form-data; "
                       "name=\"file\"; filename=\"auditship-index-patterns.ndjson\"\r\n"));
  CHECK(body.ends_with("\r\n--auditship-saved-objects-7f3c--\r\n"));

  SECTION("what is there is not imported again") {
    std::string objects;
    for (const char* name : {"kubeaudit*", "authlog*"}) {
      objects += (objects.empty() ? "" : ",") + std::string(R"({"id":")") + name +
                 R"(","type":"index-pattern","version":"W","attributes":{"title":")" + name +
                 R"(","timeFieldName":"@timestamp","fields":"[]"}})";
    }
    rig.cluster.answers[get] = {200, "{\"saved_objects\":[" + objects + "]}"};
    REQUIRE(rig.run());
    CHECK(rig.cluster.count(import) == 0);
    CHECK(rig.says("dashboards: nothing to do"));
  }
  SECTION("a refusal is a failure") {
    rig.cluster.answers[import] = {200, R"({"success":false,"errors":[]})"};
    CHECK_FALSE(rig.run());
  }
}
