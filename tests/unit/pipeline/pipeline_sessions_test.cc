// A stream of auth.log lines whose agent dies after every few of them: each document once, and the
// same ones as if it had never stopped.
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/stream_rig.h"

using namespace auditship;
using namespace auditship::test;

namespace {

constexpr const char* kLog = StreamRig::kLog;

// Remembers nothing that SessionTracker understands.
class OtherDeriver final : public parsers::Deriver {
 public:
  [[nodiscard]] bool applies_to(const event::Record&) const override { return false; }
  void observe(event::Record&, std::string_view, parsers::DerivedRecords&) override {}
  [[nodiscard]] std::string state() const override { return "\x7fodd"; }
  [[nodiscard]] std::size_t state_bytes() const override { return 4; }
  [[nodiscard]] bool restore(std::string_view) override { return true; }
};

std::vector<std::string> recorded() {
  std::ifstream in(AUDITSHIP_TEST_DATA "/authlog/debian12-rfc3339.log", std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line + "\n");
  }
  REQUIRE(lines.size() == 631);
  return lines;
}

}  // namespace

TEST_CASE("sessions survive an agent that dies after every few lines", "[sessions]") {
  const std::vector<std::string> lines = recorded();
  StreamRig whole(1);
  for (const std::string& line : lines) {
    whole.fs.append(kLog, line);
  }
  whole.start();
  whole.run(20, true);
  REQUIRE(whole.stream->delivered());
  REQUIRE(whole.store.count("\"event.action\":\"ssh-session\"") == 39);
  REQUIRE(whole.store.count("\"event.action\":\"ssh-session-start\"") == 40);
  CHECK(whole.stream->stats().read.derived == 79);
  CHECK(whole.stream->stats().read.documents == 631);
  CHECK(whole.stream->stats().read.balanced());

  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    StreamRig rig(seed);
    rig.start();
    for (std::size_t at = 0; at < lines.size();) {
      for (std::size_t n = 1 + rig.rng.below(9); n > 0 && at < lines.size(); --n) {
        rig.fs.append(kLog, lines[at++]);
      }
      rig.run(static_cast<int>(rig.rng.below(5)), !rig.rng.one_in(3));
      rig.die(rig.rng.one_in(2));
      rig.start();
    }
    rig.run(20, true);
    REQUIRE(rig.stream->delivered());
    CHECK(rig.store.wrong == "");
    CHECK(rig.store.documents == whole.store.documents);
    const pipeline::PipelineStats view = rig.stream->stats();
    CHECK(view.read.derived == 79);
    CHECK(view.read.documents == 631);
    CHECK(view.delivered.accounted() == 710);
    CHECK(view.delivery.ledger_violations == 0);
    CHECK(rig.log.count("state-dropped") == 0);
  }
}

TEST_CASE("a derived document stands for its login: place, id, what it says", "[sessions]") {
  StreamRig rig(1);
  for (const std::string& line : recorded()) {
    rig.fs.append(kLog, line);
  }
  rig.start();
  rig.run(20, true);
  const std::string* login = nullptr;
  std::string id;
  for (const auto& [key, document] : rig.store.documents) {
    if (document.find("Accepted publickey for alice from 127.0.0.7 port 41121") !=
        std::string::npos) {
      login = &document;
      id = key;
    }
  }
  REQUIRE(login != nullptr);
  CHECK(login->find("\"ssh.login.id\":\"" + id + "\"") != std::string::npos);
  event::DocIds ids;
  const auto found = rig.store.documents.find(std::string(ids.derived("session-end", id).view()));
  REQUIRE(found != rig.store.documents.end());
  CHECK(found->first.substr(0, 18) == id.substr(0, 18));
  CHECK(event::sequence_of(found->first) == event::sequence_of(id));
  for (const char* part :
       {"\"@timestamp\":\"2026-11-23T04:12:13.410807Z\"", "\"log.file.path\":\"/var/log/auth.log\"",
        "\"user.name\":\"alice\"", "\"event.duration\":218463000", "\"session.id\":\"184\""}) {
    INFO(part);
    CHECK(found->second.find(part) != std::string::npos);
  }
  const std::string offset = "\"log.offset\":" + std::to_string(event::sequence_of(id));
  CHECK(login->find(offset) != std::string::npos);
  CHECK(found->second.find(offset) != std::string::npos);
}

TEST_CASE("a state that cannot be read is dropped with a warning, and lines go on", "[sessions]") {
  const std::vector<std::string> lines = recorded();
  StreamRig rig(1);
  rig.fs.append(kLog, lines[0]);
  rig.start([] { return std::make_unique<OtherDeriver>(); });
  rig.run(5, true);
  rig.die(false);
  for (std::size_t i = 1; i < 30; ++i) {
    rig.fs.append(kLog, lines[i]);
  }
  rig.start();
  rig.run(5, true);
  CHECK(rig.log.count("state-dropped") == 1);
  CHECK(rig.stream->stats().read.documents == 30);
  // The first login is not known any more; two others began and ended since, a fourth began.
  CHECK(rig.store.count("\"event.action\":\"ssh-session\"") == 2);
  CHECK(rig.store.count("\"event.action\":\"ssh-session-start\"") == 3);
  rig.die(true);
  rig.start();
  rig.run(2, true);
  CHECK(rig.log.count("state-dropped") == 1);
}
