// A stream of auth.log lines whose agent dies after every few of them: each document once, and the
// same ones as if it had never stopped.
#include <deque>
#include <fstream>
#include <sstream>

#include "agent/app/stream.h"
#include "parsers/auth_log.h"
#include "parsers/ssh_sessions.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/script_sink.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;

namespace {

constexpr const char* kLog = "/var/log/auth.log";

struct Store {
  std::map<std::string, std::string> documents;  // by id
  std::deque<std::function<void()>> tasks;
  std::string wrong;

  // One bulk body: what is there already must be the same.
  Outcome take(const std::string& body) {
    Outcome outcome;
    outcome.verdict = Verdict::created;
    outcome.http_status = 200;
    std::istringstream in(body);
    std::string action;
    std::string document;
    while (std::getline(in, action) && std::getline(in, document)) {
      const std::string id = action.substr(action.find("_id\":\"") + 6, 44);
      const auto [at, fresh] = documents.emplace(id, document);
      ++(fresh ? outcome.created : outcome.existed);
      if (at->second != document) {
        wrong += "\n" + id + ":\n" + at->second + "\n" + document;
      }
    }
    return outcome;
  }
  [[nodiscard]] std::size_t count(std::string_view text) const {
    std::size_t n = 0;
    for (const auto& [id, document] : documents) {
      n += document.find(text) != std::string::npos ? 1 : 0;
    }
    return n;
  }
};

class StoreSink final : public Sink {
 public:
  explicit StoreSink(Store& store) : store_(store) {}
  void resolve(std::function<void(Result<std::string>)> done) override {
    store_.tasks.push_back([done = std::move(done)] { done(std::string()); });
  }
  void ship(const Shipment& shipment, std::function<void(Outcome)> done) override {
    store_.tasks.push_back([this, body = std::string(shipment.body), done = std::move(done)] {
      done(store_.take(body));
    });
  }
  void look_up(const std::string&, const std::vector<std::string>&,
               std::function<void(Result<Presence>)> done) override {
    store_.tasks.push_back([done = std::move(done)] { done(Presence{}); });
  }

 private:
  Store& store_;
};

struct StreamRig {
  explicit StreamRig(std::uint64_t seed) : fs(clock), rng(seed) { (void)fs.make_dirs("/var/log"); }

  void start(MakeDeriver deriver = [] {
    return std::make_unique<SshSessions>(SshSessionsOptions{true});
  }) {
    StreamSettings s;
    s.name = "authlog";
    s.make_deriver = std::move(deriver);
    s.paths = {kLog};
    s.tail.backfill_ns = std::nullopt;
    s.codec = Codec::none;
    s.buffer.directory = "/data/buffer";
    s.buffer.segment_bytes = 20'000;
    s.encoder.cluster = "c";
    s.encoder.node = "n";
    s.encoder.stream = "authlog";
    s.delivery.targets = false;
    stream = std::make_unique<Stream>(
        Env{fs, clock, rng, log, [] {}}, s, RuleSet(),
        [] { return std::make_unique<AuthLogParser>(AuthLogOptions{}); },
        [this](const BufferId&) -> Result<std::unique_ptr<Sink>> {
          return std::unique_ptr<Sink>(std::make_unique<StoreSink>(store));
        },
        box, Repair());
  }
  void run(int steps, bool answers) {
    for (int i = 0; i < steps; ++i) {
      clock.advance(std::chrono::milliseconds(700));
      stream->hint();
      (void)stream->step(clock.now());
      while (answers && !store.tasks.empty()) {
        auto task = std::move(store.tasks.front());
        store.tasks.pop_front();
        task();
      }
    }
  }
  void die(bool power) {
    stream.reset();
    store.tasks.clear();
    if (power) {
      fs.power_cut(rng);
    } else {
      fs.restart();
    }
  }

  SimClock clock;
  SimFs fs;
  SimRng rng;
  LogCapture log;
  ListBox box;
  Store store;
  std::unique_ptr<Stream> stream;
};

// Remembers nothing that SshSessions understands.
class OtherDeriver final : public Deriver {
 public:
  [[nodiscard]] bool wants(const Record&) const override { return false; }
  void see(Record&, std::string_view, DerivedRecords&) override {}
  [[nodiscard]] std::string state() const override { return "\x7fodd"; }
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
  CHECK(whole.stream->view().read.derived == 79);
  CHECK(whole.stream->view().read.documents == 631);
  CHECK(whole.stream->view().read.balanced());

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
    const StreamView view = rig.stream->view();
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
  DocIds ids("c", "n");
  const auto found = rig.store.documents.find(std::string(ids.derived("session-end", id).view()));
  REQUIRE(found != rig.store.documents.end());
  CHECK(found->first.substr(0, 28) == id.substr(0, 28));
  for (const char* part :
       {"\"@timestamp\":\"2026-11-23T04:12:13.410807Z\"", "\"log.file.path\":\"/var/log/auth.log\"",
        "\"user.name\":\"alice\"", "\"event.duration\":218463000", "\"session.id\":\"184\""}) {
    INFO(part);
    CHECK(found->second.find(part) != std::string::npos);
  }
  const std::string offset = "\"log.offset\":" + std::to_string(offset_of(id));
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
  CHECK(rig.stream->view().read.documents == 30);
  // The first login is not known any more; two others began and ended since, a fourth began.
  CHECK(rig.store.count("\"event.action\":\"ssh-session\"") == 2);
  CHECK(rig.store.count("\"event.action\":\"ssh-session-start\"") == 3);
  rig.die(true);
  rig.start();
  rig.run(2, true);
  CHECK(rig.log.count("state-dropped") == 1);
}
