#include "tests/support/setup_rig.h"

using namespace auditship;
using namespace auditship::test;

TEST_CASE("setup brings everything, and a second run changes nothing") {
  SetupRig rig;
  rig.live_as_templates();
  REQUIRE(rig.run());
  CHECK(rig.cluster.count("PUT") ==
        12);  // 4 components, 2 templates, 2 policies, 2 indices, 2 roles
  CHECK(rig.cluster.bodies["PUT /%3ckubeaudit-%7bnow%2fd%7d-000001%3e"] ==
        R"({"aliases":{"kubeaudit":{"is_write_index":true}}})");
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
  SetupRig rig;
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
  SetupRig rig;
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
  SetupRig rig;
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
  SetupRig rig;
  rig.options.style = sinks::opensearch::setup::TargetStyle::dated;
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
  SetupRig rig;
  rig.targets[0].name = "prod-audit";
  rig.targets.resize(1);
  rig.live("prod-audit", rig.mappings("kubeaudit"));
  REQUIRE(rig.run());
  CHECK(rig.cluster.bodies["PUT /_index_template/auditship-prod-audit"].find(
            R"("index_patterns":["prod-audit*"])") != std::string::npos);
  CHECK(rig.cluster.bodies["PUT /_plugins/_security/api/roles/auditship-shipper"].find(
            R"("index_patterns":["prod-audit*"])") != std::string::npos);
  CHECK(rig.cluster.count("PUT /_component_template/auditship-authlog") == 0);
}

TEST_CASE("what is refused fails its part, says what to do, and the other parts go on") {
  SetupRig rig;
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
  SetupRig rig;
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
    SetupRig rig;
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
  SetupRig rig;
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
  SetupRig rig;
  rig.hosts = {"http://x:9200", "http://a:9200"};
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
  SetupRig rig;
  rig.options.conf_dir = "/nonexistent";
  CHECK_FALSE(rig.run());
  CHECK(rig.says("--conf-dir names the directory"));
}

TEST_CASE("rollover by the conditions of the policy") {
  SetupRig rig;
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
  rig.cluster.answers.erase("POST /authlog/_rollover");
  CHECK_FALSE(rig.run());
  CHECK(rig.says("was answered 404; run `auditship setup` first"));
}

TEST_CASE("setup asks below the path of its host") {
  SetupRig rig;
  rig.hosts = {"http://a:9200/below"};
  (void)rig.run();
  REQUIRE_FALSE(rig.cluster.log.empty());
  for (const std::string& line : rig.cluster.log) {
    INFO(line);
    CHECK(line.find(" /below/") != std::string::npos);
  }
}
