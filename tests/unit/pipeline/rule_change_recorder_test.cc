// Which rules let a document through, and the documents of their changes.
#include "tests/support/catch.h"
#include "tests/support/stream_rig.h"

using namespace auditship;
using namespace auditship::test;

namespace {

filter::RuleSet rules_of_file(std::uint8_t number) {
  filter::RuleSetSpec spec;
  spec.hash.fill(number);
  auto rules = filter::RuleSet::build(spec);
  REQUIRE(rules.ok());
  return std::move(*rules);
}

std::string quoted(const filter::RuleSet& rules) { return "\"" + rules.hash_text() + "\""; }

void write(StreamRig& rig, const std::string& what) {
  rig.fs.append(StreamRig::kLog, "2026-11-23T04:12:13.410807+00:00 n1 CRON[7]: " + what + "\n");
}

void start(StreamRig& rig, filter::RuleSet rules) {
  rig.start(pipeline::MakeDeriver(), std::move(rules));
}

// Documents that hold all of these.
std::size_t count(const StreamRig& rig, std::initializer_list<std::string> parts) {
  std::size_t n = 0;
  for (const auto& [id, document] : rig.store.documents) {
    n += std::all_of(parts.begin(), parts.end(), [&document = document](const std::string& part) {
      return document.find(part) != std::string::npos;
    });
  }
  return n;
}

const std::string kChange = "\"event.action\":\"rules-changed\"";

std::string hash_is(std::uint8_t number) {
  return "\"agent.rules.hash\":" + quoted(rules_of_file(number));
}
std::string hash_was(std::uint8_t number) {
  return "\"agent.rules.previous_hash\":" + quoted(rules_of_file(number));
}

}  // namespace

TEST_CASE("a document says which rules let it through", "[rules]") {
  StreamRig rig(1);
  start(rig, rules_of_file(1));
  write(rig, "one");
  rig.run(4, true);
  rig.stream->set_rules(rules_of_file(2));
  write(rig, "two");
  rig.run(4, true);
  CHECK(count(rig, {"one", hash_is(1)}) == 1);
  CHECK(count(rig, {"two", hash_is(2)}) == 1);
  rig.stream->set_rules(filter::RuleSet());
  write(rig, "three");
  rig.run(4, true);
  CHECK(count(rig, {"three"}) == 1);
  CHECK(count(rig, {"three", "\"agent.rules.hash\""}) == 0);
  CHECK(count(rig, {kChange}) == 2);
  CHECK(count(rig, {kChange, hash_was(2), "to none"}) == 1);
}

TEST_CASE("the first rules are no change, the same rules again are none", "[rules]") {
  StreamRig rig(1);
  start(rig, rules_of_file(1));
  rig.run(4, true);
  rig.stream->set_rules(rules_of_file(1));
  rig.run(4, true);
  CHECK(rig.store.documents.empty());
  CHECK(rig.stream->stats().read.derived == 0);
}

TEST_CASE("a change of rules is a document once, whenever the agent dies", "[rules]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    StreamRig rig(seed);
    start(rig, rules_of_file(1));
    rig.run(4, true);
    rig.die(false);
    // While it was down; then killed at any moment, with and without answers.
    start(rig, rules_of_file(2));
    for (int i = 0; i < 6; ++i) {
      rig.run(static_cast<int>(rig.rng.below(4)), !rig.rng.one_in(3));
      rig.die(rig.rng.one_in(2));
      start(rig, rules_of_file(2));
    }
    rig.run(10, true);
    rig.stream->set_rules(rules_of_file(1));
    rig.run(10, true);
    rig.stream->set_rules(rules_of_file(2));
    rig.run(10, true);
    CHECK(rig.store.wrong == "");
    CHECK(count(rig, {kChange}) == 3);
    CHECK(count(rig, {kChange, hash_was(1), hash_is(2), "\"log.offset\":1,"}) == 1);
    CHECK(count(rig, {kChange, hash_was(2), hash_is(1), "\"log.offset\":2,"}) == 1);
    CHECK(count(rig, {kChange, hash_was(1), hash_is(2), "\"log.offset\":3,"}) == 1);
    const pipeline::PipelineStats view = rig.stream->stats();
    CHECK(view.read.derived == 3);
    CHECK(view.delivered.accounted() == 3);
    CHECK(view.delivery.ledger_violations == 0);
  }
}
