#include <filesystem>

#include "tests/support/setup_rig.h"
#include "tests/support/sink_tools.h"

using namespace auditship;
using namespace auditship::test;

namespace {

sinks::opensearch::setup::Json tree_of(const std::string& json) {
  auto tree = sinks::opensearch::setup::parse_json(json);
  REQUIRE(tree.ok());
  return std::move(*tree);
}

}  // namespace

TEST_CASE("mapping drift: what would be refused, and what cannot be found") {
  const auto drift = [](const std::string& live, const std::string& wanted) {
    return sinks::opensearch::setup::compare_mappings(tree_of(live), tree_of(wanted));
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
  SetupRig rig;
  rig.live_as_templates();
  REQUIRE(rig.run());
  sinks::opensearch::setup::Json older = rig.mappings("authlog");
  REQUIRE(older["properties"].erase("ssh") == 1);
  rig.live("authlog", older);
  CHECK(rig.run());
  CHECK(rig.says("lacks ssh.auth.method: not in the mapping"));
  CHECK(rig.says("mappings: 1 to look at"));
  older["properties"]["host"] = tree_of(R"({"properties":{"name":{"type":"text"}}})");
  rig.live("authlog", older);
  CHECK_FALSE(rig.run());
  CHECK(rig.says("refuses host: object, expected keyword"));
  CHECK(rig.says("POST /authlog/_rollover"));
}

// Dashboards' own documentation of the saved objects API; not run against a live one.
TEST_CASE("golden requests to Dashboards") {
  SetupRig rig;
  const TempDir directory;  // with one file: the cluster answers alike for each
  std::filesystem::create_directory(directory.path() + "/dashboards");
  std::filesystem::copy_file(kConf + "/dashboards/1-index-patterns.ndjson",
                             directory.path() + "/dashboards/1-index-patterns.ndjson");
  rig.options.conf_dir = directory.path();
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
                       "name=\"file\"; filename=\"1-index-patterns.ndjson\"\r\n"));
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

TEST_CASE("mapping drift: names that only a mapping can answer") {
  const auto drift = [](const std::string& live, const std::string& wanted) {
    return sinks::opensearch::setup::compare_mappings(
        tree_of(R"({"dynamic":"false","properties":)" + live + "}"),
        tree_of(R"({"dynamic":"false","properties":)" + wanted + "}"));
  };
  const std::string words = R"({"type":"keyword","ignore_above":9})";
  const std::string host = R"("host":)" + words;
  const std::string alias = R"("name":{"type":"alias","path":"host"})";
  const std::string wanted = "{" + host + "," + alias + "}";
  CHECK_FALSE(drift(wanted, wanted).lacks_names);
  CHECK(drift(wanted, wanted).missing.empty());

  const auto absent = drift("{" + host + "}", wanted);
  CHECK(absent.rejected.empty());
  CHECK(absent.lacks_names);
  CHECK(absent.missing ==
        std::vector<std::string>{"name: not in the mapping, expected an alias of host"});
  // A mapping of an earlier release: documents no longer write the name.
  const auto stored = drift("{" + host + R"(,"name":)" + words + "}", wanted);
  CHECK(stored.rejected.empty());
  CHECK(stored.lacks_names);
  CHECK(stored.missing == std::vector<std::string>{"name: keyword, expected an alias of host"});
  CHECK(drift("{" + host + R"(,"name":{"type":"alias","path":"other"}})", wanted).lacks_names);
  // The other way round every document that writes it is refused.
  CHECK(drift(wanted, "{" + host + R"(,"name":)" + words + "}").rejected ==
        std::vector<std::string>{"name: alias, expected keyword"});
  // A field that is missing otherwise is no reason for a new index.
  CHECK_FALSE(drift("{" + host + "}", "{" + host + R"(,"b":)" + words + "}").lacks_names);

  const std::string copied =
      R"({"host":{"type":"keyword","ignore_above":9,"copy_to":"all"},"all":)" + words + "}";
  const std::string listed =
      R"({"host":{"type":"keyword","ignore_above":9,"copy_to":["all"]},"all":)" + words + "}";
  CHECK(drift(listed, copied).missing.empty());
  CHECK(drift("{" + host + R"(,"all":)" + words + "}", copied).missing ==
        std::vector<std::string>{"all: not filled from host"});
  CHECK(drift("{" + host + R"(,"all":)" + words + "}", copied).lacks_names);
}

TEST_CASE("setup rolls over from a mapping that does not answer to all names, once") {
  using sinks::opensearch::setup::dump_json;
  SetupRig rig;
  rig.options.only = "templates";
  rig.live_as_templates();
  REQUIRE(rig.run());
  auto old = rig.mappings("kubeaudit");
  old["properties"]["user"]["properties"]["name"] = {{"type", "keyword"}, {"ignore_above", 1024}};
  rig.live("kubeaudit", old);
  const std::string simulate = "POST /_index_template/_simulate_index/kubeaudit-2026.11.25-000001";
  const std::string lacks =
      "    lacks user.name: keyword, expected an alias of user.username.keyword\n";

  SECTION("not where nobody may say what a new index would have, or another template wins") {
    REQUIRE(rig.run());
    CHECK(rig.says(lacks));
    CHECK(rig.says("POST /kubeaudit/_rollover"));
    CHECK(rig.cluster.count("POST /kubeaudit/_rollover") == 0);
    rig.cluster.answers[simulate] = {200, R"({"template":{"mappings":)" + dump_json(old) + "}}"};
    REQUIRE(rig.run());
    CHECK(rig.says(lacks));
    CHECK(rig.cluster.count("POST /kubeaudit/_rollover") == 0);
  }
  SECTION("a dry run tells it") {
    rig.options.dry_run = true;
    REQUIRE(rig.run());
    CHECK(rig.cluster.count("POST") == 0);
    CHECK(rig.says("alias kubeaudit: would be rolled over"));
    CHECK(rig.says("    POST /kubeaudit/_rollover\n"));
    CHECK(rig.says(lacks));
  }
  SECTION("dated indices wait for the next day") {
    rig.options.style = sinks::opensearch::setup::TargetStyle::dated;
    REQUIRE(rig.run());
    CHECK(rig.cluster.count("POST") == 0);
  }
  SECTION("the new index is the one that is told about") {
    const std::string now = dump_json(rig.mappings("kubeaudit"));
    rig.cluster.answers[simulate] = {200, R"({"template":{"mappings":)" + now + "}}"};
    rig.cluster.answers["POST /kubeaudit/_rollover"] = {
        200,
        R"({"old_index":"kubeaudit-2026.11.25-000001","new_index":"kubeaudit-2","rolled_over":true})"};
    rig.cluster.answers["GET /kubeaudit-2/_mapping"] = {
        200, R"({"kubeaudit-2":{"mappings":)" + now + "}}"};
    REQUIRE(rig.run());
    CHECK(rig.cluster.count("POST /kubeaudit/_rollover") == 1);
    CHECK(rig.says("alias kubeaudit: rolled over to kubeaudit-2"));
    CHECK(rig.says("index kubeaudit-2: as the templates"));
    CHECK_FALSE(rig.says("lacks"));
    CHECK(rig.says("mappings: 1 changed"));
  }
  SECTION("a rollover that is refused is a failure") {
    rig.cluster.answers[simulate] = {
        200, R"({"template":{"mappings":)" + dump_json(rig.mappings("kubeaudit")) + "}}"};
    CHECK_FALSE(rig.run());
    CHECK(rig.says("POST /kubeaudit/_rollover was answered 404"));
  }
}
