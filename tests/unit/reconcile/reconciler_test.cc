#include "agent/reconcile/reconciler.h"

#include <algorithm>

#include "agent/input/file/file_log_files.h"
#include "sinks/opensearch/opensearch_sink.h"
#include "tests/support/catch.h"
#include "tests/support/fake_opensearch.h"
#include "tests/support/sim_clock.h"
#include "tests/support/sim_fs.h"
#include "tests/support/sink_tools.h"

using namespace auditship;
using namespace auditship::test;
using namespace auditship::sinks::opensearch;
using reconcile::Finding;

namespace {

constexpr const char* kFile = "/var/log/app.log";
constexpr const char* kFirst = "app-000001";
constexpr const char* kSecond = "app-000002";

class LineParser final : public parsers::Parser {
 public:
  void parse(const event::RawLine& line, std::int64_t, event::Records& out) override {
    out.clear();
    event::Record& record = out.add();
    record.raw = line.text;
    record.add("message", line.text);
  }
};

filter::RuleSet rules_without_noise() {
  filter::RuleSetSpec spec;
  filter::RuleSpec rule;
  rule.name = "noise";
  rule.action = filter::RuleAction::drop;
  rule.match.fields = {{"message", {"*noise*"}}};
  spec.rules = {rule};
  auto rules = filter::RuleSet::build(spec);
  REQUIRE(rules.ok());
  return std::move(*rules);
}

// Passes requests on, and keeps the ids that each look-up asks for.
class Recorder final : public sinks::http::HttpTransport {
 public:
  explicit Recorder(sinks::http::HttpTransport& link) : link_(link) {}
  void send(sinks::http::HttpRequest request,
            std::function<void(sinks::http::HttpResponse)> done) override {
    if (request.url.find("/_mget") != std::string::npos) {
      std::vector<std::string> ids;
      const std::string body(request.body);
      for (std::size_t at = body.find('['); (at = body.find('"', at)) != std::string::npos;) {
        const std::size_t end = body.find('"', at + 1);
        ids.push_back(body.substr(at + 1, end - at - 1));
        at = end + 1;
      }
      asked.push_back(std::move(ids));
    }
    link_.send(std::move(request), std::move(done));
  }
  std::vector<std::vector<std::string>> asked;

 private:
  sinks::http::HttpTransport& link_;
};

struct Fixture {
  Fixture() {
    (void)fs.make_dirs("/var/log");
    server.create_alias("app", kFirst);
    options.hosts = {"http://a:9200"};
    options.target = "app";
  }

  Status reconcile(const std::string& path = kFile) {
    OpenSearchSink sink(
        options, [] { return Result<sinks::http::Credentials>(sinks::http::Credentials{}); },
        recorder, clock, rng, log, tasks.post());
    found.clear();
    recorder.asked.clear();
    const input::file::FileLogFiles files(fs, {{kFile}, {}});
    reconcile::Reconciler reconciler(
        files, [&](const auto& ids) { return count(sink, ids); }, rules_without_noise(),
        std::make_unique<LineParser>(), {"cluster", "node", "app"},
        [this](const reconcile::FindingRange& range) { found.push_back(range); });
    const Status status = reconciler.check_file(path, kFile);
    totals = reconciler.totals();
    return status;
  }
  Result<reconcile::Copies> count(OpenSearchSink& sink, const std::vector<std::string>& ids) {
    Result<reconcile::Copies> copies = Error{Errc::network, "interrupted"};
    sink.count_copies(ids, [&](Result<reconcile::Copies> counted) { copies = std::move(counted); });
    tasks.run();
    while (const auto due = server.next_due()) {
      clock.set(std::max(*due, clock.now()));
      server.run_due();
      tasks.run();
    }
    return copies;
  }
  void store(const std::string& index, const std::string& id) {
    server.index(index).documents[id] = "{}";
  }

  StepClock clock;
  SeedRng rng{7};
  MemoryLogger log;
  TaskQueue tasks;
  SimClock disk_clock;
  SimFs fs{disk_clock};
  FakeOpenSearch server{clock, rng};
  std::unique_ptr<sinks::http::HttpTransport> link = server.connect();
  Recorder recorder{*link};
  OpenSearchOptions options;
  std::vector<reconcile::FindingRange> found;
  reconcile::ReconcileTotals totals;
};

}  // namespace

TEST_CASE_METHOD(Fixture,
                 "what is there once is in order, what is not or twice is reported in ranges",
                 "[reconciler]") {
  fs.put(kFile, "one\ntwo\nnoise\nthree\nfour\nunfinished");
  REQUIRE(reconcile().ok());
  CHECK(totals.kept == 4);
  CHECK(totals.filtered == 1);
  CHECK(totals.missing == 4);
  REQUIRE(found.size() == 1);
  CHECK(found[0].finding == Finding::missing);
  CHECK(found[0].file == kFile);
  CHECK(found[0].documents == 4);
  CHECK(found[0].first == 0);
  CHECK(found[0].last == 20);

  const std::vector<std::string> ids = recorder.asked.front();
  REQUIRE(ids.size() == 4);
  server.rollover("app", kSecond);
  store(kFirst, ids[0]);
  store(kFirst, ids[3]);
  store(kSecond, ids[3]);
  REQUIRE(reconcile().ok());
  CHECK(totals.missing == 2);
  CHECK(totals.more_than_once == 1);
  REQUIRE(found.size() == 2);
  const auto range = std::find_if(found.begin(), found.end(), [](const auto& each) {
    return each.finding == Finding::missing;
  });
  REQUIRE(range != found.end());
  CHECK(range->documents == 2);
  CHECK(range->first == 4);
  CHECK(range->last == 14);

  store(kSecond, ids[1]);
  store(kSecond, ids[2]);
  server.index(kSecond).documents.erase(ids[3]);
  REQUIRE(reconcile().ok());
  CHECK(found.empty());
  CHECK(totals.missing + totals.more_than_once == 0);
  CHECK(totals.kept == 4);
}

TEST_CASE_METHOD(Fixture, "a later generation with the same first line is found by its ids",
                 "[reconciler]") {
  fs.put(kFile, "header\none\ntwo\n");
  REQUIRE(reconcile().ok());
  CHECK(totals.missing == 3);
  REQUIRE(recorder.asked.size() > 2);
  const std::vector<std::string> of_second = recorder.asked[2];
  REQUIRE(of_second.size() == 3);
  CHECK(of_second != recorder.asked[0]);
  for (const std::string& id : of_second) {
    store(kFirst, id);
  }
  REQUIRE(reconcile().ok());
  CHECK(totals.kept == 3);
  CHECK(totals.missing == 0);
  CHECK(found.empty());
}

TEST_CASE_METHOD(Fixture, "what cannot be read or asked is an error", "[reconciler]") {
  CHECK(reconcile("/var/log/none.log").error().code == Errc::not_found);
  fs.put(kFile, "one\n");
  server.down = true;
  CHECK(reconcile().error().code == Errc::network);
  CHECK(totals.missing == 0);
}
