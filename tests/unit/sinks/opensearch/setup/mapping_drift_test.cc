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
