#include "agent/delivery/dead_letters/dead_letter_replay.h"

#include "agent/base/compression/unpacker.h"
#include "sinks/framing/bulk_framing.h"
#include "tests/support/catch.h"
#include "tests/support/script_sink.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"

using namespace auditship;
using namespace auditship::test;
using namespace auditship::delivery::dead_letters;

namespace {

constexpr const char* kDirectory = "/data/dead-letter";

DeadLetterEntry entry(const std::string& id, const std::string& index) {
  return DeadLetterEntry{"{\"n\":" + id + "}", index, id, 400, "type", "reason", 1, 1};
}

// A replay over a sink that answers as the functions of the rig say.
struct ReplayRig {
  explicit ReplayRig(bool targeted) : sink(targeted), fs(clock) {
    DeadLetterStoreOptions options;
    options.directory = kDirectory;
    auto opened = DeadLetterStore::open(fs, options);
    REQUIRE(opened.ok());
    store = std::move(*opened);
  }

  ReplayReport replay(const std::string& only = {}) {
    const auto run = [this](const std::function<void(std::function<void()>)>& start) {
      if (interrupted) {
        return false;
      }
      bool finished = false;
      start([&finished] { finished = true; });
      answer();
      return finished;
    };
    const sinks::framing::BulkFraming framing;
    DeadLetterReplay replay(sink, framing, run, *store);
    return replay.run(fs, kDirectory, [&only](const DeadLetterEntry& each) {
      return only.empty() || each.id == only;
    });
  }
  void answer() {
    if (!sink.resolving.empty()) {
      sink.resolving.front()(std::string("app-000002"));
      sink.resolving.pop_front();
    } else if (asked < sink.asked.size()) {
      const auto& question = sink.asked[asked++];
      sinks::Presence presence;
      for (const std::string& id : question.ids) {
        presence.found.push_back(there.contains(id));
      }
      question.done(presence);
    } else {
      sink.sent.back().done(outcome(sink.sent.back()));
    }
  }
  [[nodiscard]] std::vector<std::string> left() {
    std::vector<std::string> ids;
    auto scan = read_dead_letters(fs, kDirectory, [&ids](const DeadLetterEntry& each) {
      ids.push_back(each.id);
      return true;
    });
    REQUIRE(scan.ok());
    return ids;
  }

  ScriptSink sink;
  std::set<std::string> there;
  std::function<event::Outcome(const ScriptSink::Sent&)> outcome =
      [](const ScriptSink::Sent& sent) { return taken(sent.documents); };
  bool interrupted = false;
  std::size_t asked = 0;
  SimClock clock;
  SimFs fs;
  std::unique_ptr<DeadLetterStore> store;
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("what is in no index yet is sent to the current one, and all of it leaves the store",
          "[dead_letter_replay]") {
  ReplayRig rig(true);
  rig.there = {"2"};
  REQUIRE(rig.store->add({entry("1", "app-000001"), entry("2", "app-000001")}).ok());
  const ReplayReport report = rig.replay();
  REQUIRE(report.status.ok());
  CHECK(report.settled == 2);
  CHECK(report.refused == 0);
  CHECK(rig.left().empty());
  REQUIRE(rig.sink.asked.size() == 1);
  CHECK(rig.sink.asked[0].first == "app-000001");
  REQUIRE(rig.sink.sent.size() == 1);
  CHECK(rig.sink.sent[0].index == "app-000002");
  CHECK(rig.sink.sent[0].numbers() == std::vector<std::uint64_t>{1});
}

TEST_CASE("entries of several indices go in batches of their own", "[dead_letter_replay]") {
  ReplayRig rig(true);
  REQUIRE(
      rig.store->add({entry("1", "app-000001"), entry("2", "app-000002"), entry("3", "app-000001")})
          .ok());
  CHECK(rig.replay().settled == 3);
  REQUIRE(rig.sink.asked.size() == 2);
  CHECK(rig.sink.asked[0].ids == Ids{"1", "3"});
  CHECK(rig.sink.asked[1].first == "app-000002");
}

TEST_CASE("what is refused again stays, and is tried once", "[dead_letter_replay]") {
  ReplayRig rig(true);
  rig.outcome = [](const ScriptSink::Sent& sent) {
    return taken(sent.documents - 1, 0, {item(0, event::Verdict::rejected, 400)});
  };
  REQUIRE(rig.store->add({entry("1", "app-000001"), entry("2", "app-000001")}).ok());
  const ReplayReport report = rig.replay();
  REQUIRE(report.status.ok());
  CHECK(report.settled == 1);
  CHECK(report.refused == 1);
  CHECK(rig.left() == Ids{"1"});
  CHECK(rig.sink.sent.size() == 1);
}

TEST_CASE("only the wanted ones are sent", "[dead_letter_replay]") {
  ReplayRig rig(true);
  REQUIRE(rig.store->add({entry("1", "app-000001"), entry("2", "app-000001")}).ok());
  CHECK(rig.replay("2").settled == 1);
  CHECK(rig.left() == Ids{"1"});
}

TEST_CASE("without targets each item names its own index, and nothing is looked up",
          "[dead_letter_replay]") {
  ReplayRig rig(false);
  REQUIRE(rig.store->add({entry("1", "app-2026.11.23")}).ok());
  REQUIRE(rig.replay().status.ok());
  CHECK(rig.sink.asked.empty());
  CHECK(rig.sink.resolving.empty());
  REQUIRE(rig.sink.sent.size() == 1);
  CHECK(rig.sink.sent[0].index.empty());
  CHECK(unpack(rig.sink.sent[0].codec, rig.sink.sent[0].body, 1 << 20)
            ->find("\"_index\":\"app-2026.11.23\"") != std::string::npos);
  REQUIRE(rig.store->add({entry("2", "")}).ok());
  CHECK(rig.replay().status.error().code == Errc::invalid);
  CHECK(rig.left() == Ids{"2"});
}

TEST_CASE("a target that takes nothing, or an interruption, loses no entry",
          "[dead_letter_replay]") {
  ReplayRig rig(true);
  REQUIRE(rig.store->add({entry("1", "app-000001")}).ok());
  SECTION("refused as a whole") {
    rig.outcome = [](const ScriptSink::Sent&) {
      return whole(event::Verdict::blocked, 403, "opensearch-forbidden");
    };
    CHECK(rig.replay().status.error().message == "opensearch-forbidden");
  }
  SECTION("interrupted") {
    rig.interrupted = true;
    CHECK(rig.replay().status.error().message == "interrupted");
  }
  CHECK(rig.left() == Ids{"1"});
}
