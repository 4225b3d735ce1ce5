// Rule files are read again when they change, and never half of one.
#include "agent/rules/rule_watcher.h"

#include "agent/app/agent.h"
#include "agent/app/registered_types.h"
#include "agent/pipeline/pipeline.h"
#include "tests/support/catch.h"
#include "tests/support/explain_rig.h"
#include "tests/support/log_capture.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

namespace auditship {
namespace {

const std::string kHead = "apiVersion: auditship/v1\nkind: FilterRules\nrules:\n";
const std::string kProxy = kHead + "  - {name: a, action: drop, users: [\"system:kube-proxy\"]}\n";
const std::string kNothing = kHead + "  []\n";
const std::string kBroken = kHead + "  - {name: a, acton: drop}\n";

struct Rig {
  Rig() : fs(clock) {
    REQUIRE(fs.make_dirs("/conf").ok());
    fs.put("/conf/rules.yaml", kProxy);
  }
  test::SimClock clock;
  test::SimFs fs;
};

TEST_CASE("a rule file counts as changed once it looks the same twice", "[rules]") {
  Rig rig;
  rules::RuleWatch watch(rig.fs, "/conf/rules.yaml");
  REQUIRE(watch.load().ok());
  const std::string hash = watch.view().hash;
  CHECK(hash.size() == 64);
  CHECK_FALSE(watch.changed());
  CHECK_FALSE(watch.changed());
  rig.fs.put("/conf/rules.yaml", kHead);  // an editor is at work
  CHECK_FALSE(watch.changed());
  rig.fs.put("/conf/rules.yaml", kNothing);
  CHECK_FALSE(watch.changed());
  CHECK(watch.changed());
  REQUIRE(watch.load().ok());
  CHECK(watch.view().hash != hash);
  CHECK(watch.view().loaded == 2);
  CHECK_FALSE(watch.changed());
}

TEST_CASE("a file renamed into place and one of the same size are changes", "[rules]") {
  Rig rig;
  rules::RuleWatch watch(rig.fs, "/conf/rules.yaml");
  REQUIRE(watch.load().ok());
  rig.fs.put("/conf/new", kProxy);
  rig.fs.set_modified("/conf/new", rig.fs.modified_of("/conf/rules.yaml"));
  rig.fs.move("/conf/new", "/conf/rules.yaml");
  CHECK_FALSE(watch.changed());
  CHECK(watch.changed());
  REQUIRE(watch.load().ok());
  rig.fs.set_modified("/conf/rules.yaml", rig.fs.modified_of("/conf/rules.yaml") + 1);
  CHECK_FALSE(watch.changed());
  CHECK(watch.changed());
}

TEST_CASE("the swap of a ConfigMap's link is a change", "[rules]") {
  Rig rig;
  for (const char* version : {"/conf/..1", "/conf/..2"}) {
    REQUIRE(rig.fs.make_dirs(version).ok());
  }
  rig.fs.put("/conf/..1/r.yaml", kProxy);
  rig.fs.put("/conf/..2/r.yaml", kNothing);
  rig.fs.symlink("..1", "/conf/..data");
  rig.fs.symlink("..data/r.yaml", "/conf/r.yaml");
  rules::RuleWatch watch(rig.fs, "/conf/r.yaml");
  REQUIRE(watch.load().ok());
  const std::string hash = watch.view().hash;
  CHECK_FALSE(watch.changed());
  rig.fs.symlink("..2", "/conf/..data");
  CHECK_FALSE(watch.changed());
  CHECK(watch.changed());
  REQUIRE(watch.load().ok());
  CHECK(watch.view().hash != hash);
}

TEST_CASE("a file that is refused or gone is tried once, and seen when it is whole again",
          "[rules]") {
  Rig rig;
  rules::RuleWatch watch(rig.fs, "/conf/rules.yaml");
  REQUIRE(watch.load().ok());
  const std::string hash = watch.view().hash;
  rig.fs.put("/conf/rules.yaml", kBroken);
  CHECK_FALSE(watch.changed());
  CHECK(watch.changed());
  CHECK_FALSE(watch.load().ok());
  CHECK(watch.view().refused == 1);
  CHECK(watch.view().hash == hash);
  CHECK(watch.view().problem.find("acton") != std::string::npos);
  CHECK_FALSE(watch.changed());
  rig.fs.unlink("/conf/rules.yaml");
  CHECK_FALSE(watch.changed());
  CHECK(watch.changed());
  CHECK_FALSE(watch.load().ok());
  CHECK_FALSE(watch.changed());
  rig.fs.put("/conf/rules.yaml", kProxy);
  CHECK_FALSE(watch.changed());
  CHECK(watch.changed());
  REQUIRE(watch.load().ok());
  CHECK(watch.view().problem.empty());
  CHECK(watch.view().hash == hash);
}

// An agent with one stream and a file sink, all in memory.
struct AgentRig : Rig {
  AgentRig() {
    REQUIRE(fs.make_dirs("/log").ok());
    fs.put("/log/audit.log", "");
    config::Config config = config::default_config(app::registered_types());
    config.cluster_name = "c";
    config.node_name = "n";
    config.data_dir = "/data";
    config.sinks[config.sink_index]->use_data_dir("/");
    config.streams.resize(1);
    static constexpr std::string_view kPaths[] = {"/log/audit.log"};
    config.streams[0].input->use_default_paths(kPaths);
    config.streams[0].filters = "/conf/rules.yaml";
    auto made = app::Agent::start(
        config, pipeline::RuntimeServices{fs, clock, rng, log, [] {}},
        [this](std::function<void()> task) { tasks.push_back(std::move(task)); },
        app::RunMode::follow);
    INFO((made ? "" : made.error().message));
    REQUIRE(made.ok());
    agent = std::move(*made);
  }
  void run(int seconds) {
    for (int i = 0; i < seconds * 4; ++i) {
      clock.advance(std::chrono::milliseconds(250));
      agent->step(clock.now());
      for (auto& task : std::exchange(tasks, {})) {
        task();
      }
    }
  }
  [[nodiscard]] event::ReadLedger read() const { return agent->pipelines()[0]->stats().read; }

  test::SimRng rng{1};
  test::LogCapture log;
  std::vector<std::function<void()>> tasks;
  std::unique_ptr<app::Agent> agent;
};

TEST_CASE("a running agent takes changed rules by itself, and keeps the old ones for broken ones",
          "[rules]") {
  AgentRig rig;
  const std::string line = test::event_line({}) + "\n";  // by system:kube-proxy
  rig.fs.append("/log/audit.log", line);
  rig.run(10);
  CHECK(rig.read().filtered == 1);
  CHECK(rig.read().documents == 0);
  const rules::RulesView first = rig.agent->rules_of("kubeaudit");
  CHECK(first.loaded == 1);

  rig.fs.put("/conf/rules.yaml", kBroken);
  rig.run(10);
  rig.fs.append("/log/audit.log", line);
  rig.run(10);
  CHECK(rig.read().filtered == 2);
  CHECK(rig.log.count("rules-broken") == 1);
  CHECK(rig.agent->rules_of("kubeaudit").refused == 1);
  CHECK(rig.agent->rules_of("kubeaudit").hash == first.hash);

  rig.fs.put("/conf/rules.yaml", kNothing);
  rig.run(10);
  rig.fs.append("/log/audit.log", line);
  rig.run(10);
  CHECK(rig.read().filtered == 2);
  CHECK(rig.read().documents == 1);
  CHECK(rig.log.count("rules-loaded") == 1);
  CHECK(rig.agent->rules_of("kubeaudit").problem.empty());
  rig.agent->reload();  // SIGHUP reads whatever the file looks like
  CHECK(rig.log.count("rules-loaded") == 2);
}

}  // namespace
}  // namespace auditship
