#include <optional>

#include "sinks/opensearch/opensearch_sink.h"
#include "tests/support/catch.h"
#include "tests/support/fake_opensearch.h"
#include "tests/support/sink_tools.h"

using namespace auditship;
using namespace auditship::test;

namespace {

// Stands before the server as a reverse proxy does: takes the path away, knows nothing beside it.
class Below final : public sinks::http::HttpTransport {
 public:
  Below(std::string root, sinks::http::HttpTransport& server)
      : root_(std::move(root)), server_(server) {}
  void send(sinks::http::HttpRequest request,
            std::function<void(sinks::http::HttpResponse)> done) override {
    seen.push_back(request.url);
    INFO(request.url);
    REQUIRE(request.url.starts_with(root_ + "/"));
    request.url = "http://server" + request.url.substr(root_.size());
    server_.send(std::move(request), std::move(done));
  }
  std::vector<std::string> seen;

 private:
  std::string root_;
  sinks::http::HttpTransport& server_;
};

}  // namespace

TEST_CASE("every request of the sink goes below the path of its host", "[opensearch_sink]") {
  StepClock clock;
  SeedRng rng{7};
  MemoryLogger log;
  TaskQueue tasks;
  FakeOpenSearch server{clock, rng};
  server.create_alias("kubeaudit", "kubeaudit-000001");
  const auto link = server.connect();
  Below below("https://p.example/open%20search/v2", *link);
  sinks::opensearch::OpenSearchOptions options;
  options.hosts = {"https://p.example/open%20search/v2/"};
  options.target = "kubeaudit";
  sinks::opensearch::OpenSearchSink sink(options, {}, below, clock, rng, log, tasks.post());
  const auto run = [&] {
    tasks.run();
    while (const auto due = server.next_due()) {
      clock.set(std::max(*due, clock.now()));
      server.run_due();
      tasks.run();
    }
  };

  Status alive = Error{Errc::network, "not asked"};
  sink.probe([&](Status status) { alive = std::move(status); });
  run();
  CHECK(alive.ok());
  std::string index;
  sink.resolve([&](const Result<std::string>& found) { index = found ? *found : "error"; });
  run();
  CHECK(index == "kubeaudit-000001");
  const std::string body = "{\"create\":{\"_id\":\"one\"}}\n{\"a\":1}\n";
  for (const std::string& to : {index, std::string()}) {
    sinks::Shipment shipment;
    shipment.index = to;
    shipment.codec = Codec::none;
    shipment.documents = 1;
    shipment.raw_bytes = body.size();
    shipment.body = body;
    std::optional<event::Outcome> outcome;
    sink.ship(shipment, [&](event::Outcome got) { outcome = std::move(got); });
    run();
    REQUIRE(outcome);
    CHECK(outcome->verdict == event::Verdict::created);
  }
  std::optional<sinks::opensearch::OpenSearchSink::Copies> copies;
  sink.count_copies({"one", "two"}, [&](const auto& counted) {
    REQUIRE(counted);
    copies = *counted;
  });
  run();
  CHECK(copies == sinks::opensearch::OpenSearchSink::Copies{1, 0});
  CHECK(below.seen.size() == 6);
  CHECK(below.seen.front() == "https://p.example/open%20search/v2/");
}
