#include "sinks/opensearch/opensearch_sink.h"

#include <optional>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/packer.h"
#include "tests/support/catch.h"
#include "tests/support/fake_opensearch.h"
#include "tests/support/sink_tools.h"

using namespace auditship;
using namespace auditship::test;
using namespace std::chrono_literals;

namespace {

struct Packed {
  std::string body;
  sinks::Shipment shipment;
};

Packed shipment(const std::string& index, const std::vector<std::string>& ids,
                Codec codec = Codec::gzip, const std::string& document = "{\"a\":1}",
                const std::string& dated = "") {
  std::string lines;
  for (const std::string& id : ids) {
    lines += "{\"create\":{" + (dated.empty() ? "" : "\"_index\":\"" + dated + "\",") +
             "\"_id\":\"" + id + "\"}}\n" + document + "\n";
  }
  Packed made{pack(codec, lines), {}};
  made.shipment.index = index;
  made.shipment.codec = codec;
  made.shipment.documents = static_cast<std::uint32_t>(ids.size());
  made.shipment.raw_bytes = lines.size();
  return made;
}

// Keeps what is sent; answers what it is told.
class ScriptedTransport final : public sinks::http::HttpTransport {
 public:
  void send(sinks::http::HttpRequest request,
            std::function<void(sinks::http::HttpResponse)> done) override {
    requests.push_back(request);
    bodies.emplace_back(request.body);
    waiting.push_back(std::move(done));
  }
  void answer(int status, std::string body = "") {
    sinks::http::HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    response.connected = status != 0;
    auto done = std::move(waiting.front());
    waiting.erase(waiting.begin());
    done(std::move(response));
  }
  [[nodiscard]] std::string header(std::size_t request, std::string_view name) const {
    for (const auto& [key, value] : requests[request].headers) {
      if (key == name) {
        return value;
      }
    }
    return "<absent>";
  }
  std::vector<sinks::http::HttpRequest> requests;
  std::vector<std::string> bodies;
  std::vector<std::function<void(sinks::http::HttpResponse)>> waiting;
};

struct Fixture {
  StepClock clock;
  SeedRng rng{7};
  MemoryLogger log;
  TaskQueue tasks;
  FakeOpenSearch server{clock, rng};
  std::unique_ptr<sinks::http::HttpTransport> link = server.connect();
  ScriptedTransport scripted;
  sinks::opensearch::OpenSearchOptions options;
  sinks::http::Credentials credentials;

  Fixture() {
    options.hosts = {"http://a:9200"};
    options.target = "kubeaudit";
    options.agent_version = "1.2.3";
    server.create_alias("kubeaudit", "kubeaudit-000001");
  }
  sinks::opensearch::OpenSearchSink make(sinks::http::HttpTransport& transport) {
    return sinks::opensearch::OpenSearchSink(
        options, [this]() -> Result<sinks::http::Credentials> { return credentials; }, transport,
        clock, rng, log, tasks.post());
  }
  void run() {
    tasks.run();
    while (const auto due = server.next_due()) {
      clock.set(std::max(*due, clock.now()));
      server.run_due();
      tasks.run();
    }
  }
  event::Outcome ship(sinks::opensearch::OpenSearchSink& sink, const Packed& packed) {
    sinks::Shipment s = packed.shipment;
    s.body = packed.body;
    std::optional<event::Outcome> got;
    sink.ship(s, [&got](event::Outcome outcome) { got = std::move(outcome); });
    REQUIRE_FALSE(got);
    run();
    REQUIRE(got);
    return *got;
  }
  Result<std::string> resolve(sinks::opensearch::OpenSearchSink& sink) {
    std::optional<Result<std::string>> got;
    sink.resolve([&got](Result<std::string> r) { got = std::move(r); });
    REQUIRE_FALSE(got);
    run();
    REQUIRE(got);
    return *got;
  }
  Result<sinks::Presence> look_up(sinks::opensearch::OpenSearchSink& sink, const std::string& first,
                                  const std::vector<std::string>& ids) {
    std::optional<Result<sinks::Presence>> got;
    sink.look_up(first, ids, [&got](Result<sinks::Presence> r) { got = std::move(r); });
    REQUIRE_FALSE(got);
    run();
    REQUIRE(got);
    return *got;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "documents are created once, in any codec, and repeats exist",
                 "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  server.accepts_zstd = true;
  for (const Codec codec : {Codec::none, Codec::gzip, Codec::zstd}) {
    const std::string id(codec_name(codec));
    CHECK(ship(sink, shipment("kubeaudit-000001", {id, id + "2"}, codec)).created == 2);
    const event::Outcome again =
        ship(sink, shipment("kubeaudit-000001", {id, id + "2", id + "3"}, codec));
    CHECK(again.verdict == event::Verdict::created);
    CHECK(again.created == 1);
    CHECK(again.duplicate == 2);
  }
  CHECK(server.documents() == 9);
}

TEST_CASE_METHOD(Fixture, "the request is the one that was measured: path, filters, headers",
                 "[opensearch_sink]") {
  credentials.username = "us:er";
  credentials.password = "p\xc3\xa4ss";
  sinks::opensearch::OpenSearchSink sink = make(scripted);
  const Packed packed = shipment("kube audit/1", {"a"});
  sinks::Shipment s = packed.shipment;
  s.body = packed.body;
  sink.ship(s, [](const event::Outcome&) {});
  REQUIRE(scripted.requests.size() == 1);
  CHECK(scripted.requests[0].method == "POST");
  CHECK(scripted.requests[0].url ==
        "http://a:9200/kube%20audit%2f1/"
        "_bulk?timeout=20s&filter_path=errors,items.*.status,items.*.error.type,items.*.error."
        "reason");
  CHECK(scripted.bodies[0] == packed.body);
  CHECK(scripted.header(0, "Content-Encoding") == "gzip");
  CHECK(scripted.header(0, "Content-Type") == "application/x-ndjson");
  CHECK(scripted.header(0, "Authorization") == "Basic dXM6ZXI6cMOkc3M=");
  CHECK(scripted.header(0, "User-Agent") == "auditship/1.2.3");
  CHECK(scripted.requests[0].timeout == 60s);
}

TEST_CASE_METHOD(Fixture, "credentials are asked for at each request", "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(scripted);
  sink.probe([](const Status&) {});
  credentials.bearer_token = "t1";
  sink.probe([](const Status&) {});
  credentials.bearer_token = "t2";
  sink.probe([](const Status&) {});
  CHECK(scripted.header(0, "Authorization") == "<absent>");
  CHECK(scripted.header(1, "Authorization") == "Bearer t1");
  CHECK(scripted.header(2, "Authorization") == "Bearer t2");
}

TEST_CASE_METHOD(Fixture, "without credentials nothing is sent, and a header cannot be smuggled in",
                 "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink broken(
      options,
      []() -> Result<sinks::http::Credentials> {
        return Error{Errc::io, "secret file: permission denied"};
      },
      scripted, clock, rng, log, tasks.post());
  const event::Outcome outcome = ship(broken, shipment("i", {"a"}));
  CHECK(outcome.verdict == event::Verdict::blocked);
  CHECK(outcome.code == "opensearch-secret-unreadable");
  CHECK(outcome.message == "no credentials: secret file: permission denied");
  credentials.bearer_token = "secret\r\nX-Evil: 1";
  sinks::opensearch::OpenSearchSink sink = make(scripted);
  CHECK(ship(sink, shipment("i", {"a"})).message.find("secret") == std::string::npos);
  CHECK(scripted.requests.empty());
}

TEST_CASE_METHOD(Fixture,
                 "the write index is resolved, cached for seconds, and asked once for many",
                 "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  CHECK(resolve(sink).value() == "kubeaudit-000001");
  server.rollover("kubeaudit", "kubeaudit-000002");
  CHECK(resolve(sink).value() == "kubeaudit-000001");
  CHECK(server.counts().resolves == 1);
  clock.advance(6s);
  int answers = 0;
  for (int i = 0; i < 3; ++i) {
    sink.resolve([&answers](const Result<std::string>& r) {
      answers += r.ok() && *r == "kubeaudit-000002" ? 1 : 0;
    });
  }
  run();
  CHECK(answers == 3);
  CHECK(server.counts().resolves == 2);
  server.rollover("kubeaudit", "kubeaudit-000003");
  sink.forget_index();
  CHECK(resolve(sink).value() == "kubeaudit-000003");
}

TEST_CASE_METHOD(Fixture, "a failed resolve is not cached", "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  server.fail_next(Fault::unavailable_503);
  CHECK_FALSE(resolve(sink).ok());
  CHECK(resolve(sink).ok());
}

TEST_CASE_METHOD(Fixture,
                 "a missing alias, one without write index, and an index in its place are errors",
                 "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  server.delete_index("kubeaudit-000001");
  CHECK(resolve(sink).error().code == Errc::not_found);
  CHECK(sink.trouble() == "opensearch-alias-missing");
  server.create_index("kubeaudit");
  CHECK(resolve(sink).error().code == Errc::refused);
  CHECK(sink.trouble() == "opensearch-alias-is-index");
  server.fail_next(Fault::unauthorized_401);
  CHECK_FALSE(resolve(sink).ok());
  CHECK(sink.trouble() == "opensearch-unauthorized");

  const auto alias = [](const char* body) {
    return sinks::opensearch::protocol::read_alias(body, "k");
  };
  CHECK(alias(R"({"k-1":{"aliases":{"k":{}}}})").value().write_index == "k-1");
  CHECK(alias(R"({"k-1":{"aliases":{"k":{"is_write_index":false}}}})").error().code ==
        Errc::invalid);
  CHECK(alias(R"({"k-1":{"aliases":{"k":{}}},"k-2":{"aliases":{"k":{}}}})").error().code ==
        Errc::invalid);
  CHECK(
      alias(
          R"({"k-2":{"aliases":{"k":{"is_write_index":true}}},"k-1":{"aliases":{"k":{"is_write_index":false}}},"k-x":{"aliases":{"kk":{"is_write_index":true}}}})")
          .value()
          .indices == std::vector<std::string>{"k-1", "k-2"});
  for (const char* body : {"", "[]", "null", "{\"k-1\":1}", "{\"k-1\":{}}", "<html>"}) {
    CHECK(alias(body).error().code == Errc::corrupt);
  }
}

TEST_CASE_METHOD(
    Fixture, "a role that may not read aliases still ships, through the alias, and it is told once",
    "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  server.aliases_forbidden = true;
  CHECK(resolve(sink).value().empty());
  clock.advance(1min);
  CHECK(resolve(sink).value().empty());
  CHECK(log.codes == std::vector<std::string>{"opensearch-alias-unreadable"});
  CHECK(ship(sink, shipment("", {"a"})).created == 1);
  CHECK(server.log().back().find(
            "POST /kubeaudit/_bulk?require_alias=true&timeout=20s&filter_path=") == 0);
  CHECK(server.index("kubeaudit-000001").documents.contains("a"));
  server.delete_index("kubeaudit-000001");
  const event::Outcome outcome = ship(sink, shipment("", {"b"}));
  REQUIRE(outcome.items.size() == 1);
  CHECK(outcome.items[0].verdict == event::Verdict::blocked);
}

TEST_CASE_METHOD(Fixture, "dated items name their index, nothing is resolved",
                 "[opensearch_sink]") {
  options.style = sinks::opensearch::IndexStyle::dated;
  server.auto_create = true;
  sinks::opensearch::OpenSearchSink sink = make(*link);
  CHECK(sink.targets() == nullptr);
  CHECK(resolve(sink).value().empty());
  CHECK(server.counts().requests == 0);
  CHECK(ship(sink, shipment("", {"a"}, Codec::gzip, "{}", "kubeaudit-2026.11.23")).created == 1);
  CHECK(server.log().back().find("POST /_bulk?timeout=") == 0);
  CHECK(server.index("kubeaudit-2026.11.23").documents.contains("a"));
}

TEST_CASE_METHOD(Fixture, "an index that takes no more writes is told per item",
                 "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  SECTION("blocked") { server.index("kubeaudit-000001").write_block = true; }
  SECTION("closed") { server.index("kubeaudit-000001").closed = true; }
  SECTION("deleted") { server.delete_index("kubeaudit-000001"); }
  const event::Outcome outcome = ship(sink, shipment("kubeaudit-000001", {"a", "b"}));
  REQUIRE(outcome.items.size() == 2);
  CHECK(outcome.items[0].verdict == event::Verdict::index_gone);
  CHECK(outcome.items[1].item == 1);
}

TEST_CASE_METHOD(Fixture, "ids are looked up in the first index and in all since",
                 "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  ship(sink, shipment("kubeaudit-000001", {"old"}));
  server.rollover("kubeaudit", "kubeaudit-000002");
  ship(sink, shipment("kubeaudit-000002", {"one"}));
  server.rollover("kubeaudit", "kubeaudit-000003");
  ship(sink, shipment("kubeaudit-000003", {"two", "three"}));
  const auto found = look_up(sink, "kubeaudit-000002", {"two", "none", "one", "old"});
  REQUIRE(found);
  CHECK(found->found == std::vector<bool>{true, false, true, false});
  CHECK(look_up(sink, "kubeaudit-000001", {"old"})->found == std::vector<bool>{true});
  CHECK(look_up(sink, "kubeaudit-000001", {})->found.empty());
}

TEST_CASE_METHOD(Fixture, "thousands of ids are looked up in pieces", "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  server.rollover("kubeaudit", "kubeaudit-000002");
  std::vector<std::string> ids;
  for (int i = 0; i < 2500; ++i) {
    ids.push_back("id" + std::to_string(i));
    server.index(i % 2 == 0 ? "kubeaudit-000001" : "kubeaudit-000002").documents[ids.back()] = "{}";
  }
  ids.emplace_back("absent");
  const auto found = look_up(sink, "kubeaudit-000001", ids);
  REQUIRE(found);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    REQUIRE(found->found[i] == (i < 2500));
  }
  CHECK(server.counts().mgets == 5);  // three for the first index, two for what that lacks
}

TEST_CASE_METHOD(Fixture, "a deleted index holds nothing, a closed one cannot be asked",
                 "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  ship(sink, shipment("kubeaudit-000001", {"a"}));
  server.rollover("kubeaudit", "kubeaudit-000002");
  SECTION("deleted") {
    server.delete_index("kubeaudit-000001");
    const auto found = look_up(sink, "kubeaudit-000001", {"a"});
    REQUIRE(found);
    CHECK(found->found == std::vector<bool>{false});
  }
  SECTION("closed") {
    server.index("kubeaudit-000001").closed = true;
    CHECK(look_up(sink, "kubeaudit-000001", {"a"}).error().code == Errc::refused);
  }
}

TEST_CASE_METHOD(Fixture, "no answer to a look-up is taken for absence", "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  for (const Fault fault :
       {Fault::refused, Fault::lost_answer, Fault::hang, Fault::busy_429, Fault::unavailable_503,
        Fault::proxy_page_502, Fault::unauthorized_401, Fault::malformed, Fault::truncated}) {
    server.fail_next(Fault::none);  // the resolve
    server.fail_next(fault);
    CHECK_FALSE(look_up(sink, "kubeaudit-000001", {"a"}).ok());
  }
  const std::vector<std::string> ids{"a", "b"};
  for (const char* body :
       {R"({"docs":[{"_id":"a","found":true}]})",
        R"({"docs":[{"_id":"b","found":true},{"_id":"a","found":true}]})",
        R"({"docs":[{"_id":"a"},{"_id":"b","found":true}]})", R"({"docs":{}})", ""}) {
    CHECK(sinks::opensearch::protocol::read_mget(body, ids).error().code == Errc::corrupt);
  }
}

TEST_CASE_METHOD(Fixture,
                 "each fault of the network gets its verdict, and nothing is lost or doubled",
                 "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  struct Expectation {
    Fault fault;
    event::Verdict verdict;
    std::size_t executed;
  };
  const auto expected = GENERATE(values<Expectation>({
      {Fault::refused, event::Verdict::retry, 0},
      {Fault::reset_before, event::Verdict::retry, 0},
      {Fault::lost_answer, event::Verdict::retry, 2},
      {Fault::late_execution, event::Verdict::split, 2},
      {Fault::hang, event::Verdict::split, 0},
      {Fault::busy_429, event::Verdict::retry, 0},
      {Fault::unavailable_503, event::Verdict::retry, 0},
      {Fault::error_500, event::Verdict::retry, 0},
      {Fault::proxy_page_502, event::Verdict::retry, 0},
      {Fault::unauthorized_401, event::Verdict::blocked, 0},
      {Fault::too_large_413, event::Verdict::split, 0},
      {Fault::malformed, event::Verdict::retry, 2},
      {Fault::truncated, event::Verdict::retry, 2},
      {Fault::short_reply, event::Verdict::retry, 2},
  }));
  INFO(static_cast<int>(expected.fault));
  server.fail_next(expected.fault);
  const event::Outcome outcome = ship(sink, shipment("kubeaudit-000001", {"a", "b"}));
  CHECK(outcome.verdict == expected.verdict);
  CHECK(outcome.created + outcome.duplicate == 0);
  CHECK(outcome.items.empty());
  CHECK(server.documents() == expected.executed);
  const event::Outcome again = ship(sink, shipment("kubeaudit-000001", {"a", "b"}));
  CHECK(again.created == 2 - expected.executed);
  CHECK(again.duplicate == expected.executed);
  CHECK(server.documents() == 2);
}

TEST_CASE_METHOD(Fixture, "size, pressure, codec and poison each ask for what helps",
                 "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  CHECK(ship(sink, shipment("kubeaudit-000001", {"z"}, Codec::zstd)).verdict ==
        event::Verdict::recode);
  server.pressure_bytes = 100;
  CHECK(ship(sink, shipment("kubeaudit-000001", {"a", "b", "c", "d", "e"})).verdict ==
        event::Verdict::split);
  server.pressure_bytes = SIZE_MAX;
  server.poison = "kill me";
  CHECK(ship(sink, shipment("kubeaudit-000001", {"p"}, Codec::gzip, R"({"a":"kill me"})")).code ==
        "opensearch-no-answer");
  server.unmappable = "bad";
  const event::Outcome refused =
      ship(sink, shipment("kubeaudit-000001", {"u"}, Codec::gzip, R"({"a":"bad"})"));
  REQUIRE(refused.items.size() == 1);
  CHECK(refused.items[0].verdict == event::Verdict::rejected);
}

TEST_CASE_METHOD(Fixture, "a host that fails rests, and the others are used", "[opensearch_sink]") {
  options.hosts = {"http://a", "http://b/", "http://c"};
  sinks::opensearch::OpenSearchSink sink = make(scripted);
  const auto host = [this](std::size_t i) { return scripted.requests[i].url.substr(0, 8); };
  const auto ask = [&](int status) {
    sink.probe([](const Status&) {});
    scripted.answer(status);
    return host(scripted.requests.size() - 1);
  };
  const std::string bad = ask(503);
  CHECK(sink.healthy_hosts() == 2);
  for (int i = 0; i < 4; ++i) {
    CHECK(ask(200) != bad);
  }
  clock.advance(2s);  // it has rested
  CHECK(sink.healthy_hosts() == 3);
  std::set<std::string> used;
  for (int i = 0; i < 3; ++i) {
    used.insert(ask(0));
  }
  CHECK(used.size() == 3);
  CHECK(sink.healthy_hosts() == 0);
  CHECK_FALSE(ask(429).empty());  // all rest: one is tried all the same, and 429 is an answer
  CHECK(sink.healthy_hosts() == 1);
}

TEST_CASE("rest doubles up to a minute, and many agents begin at different hosts",
          "[opensearch_sink]") {
  std::map<std::size_t, int> first;
  for (std::uint64_t seed = 0; seed < 90; ++seed) {
    SeedRng rng(seed);
    sinks::http::HostPool pool({"a", "b", "c"}, rng);
    ++first[pool.pick(TimePoint{})];
  }
  CHECK(first[0] > 10);
  CHECK(first[1] > 10);
  CHECK(first[2] > 10);

  SeedRng rng(1);
  sinks::http::HostPool pool({"a"}, rng);
  for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
    pool.failed(0, TimePoint{});
    CHECK(pool.healthy(TimePoint{} + std::chrono::seconds(seconds) - 1ms) == 0);
    CHECK(pool.healthy(TimePoint{} + std::chrono::seconds(seconds)) == 1);
  }
}

TEST_CASE("indices since the first are those with its rollover number or more",
          "[opensearch_sink]") {
  const std::vector<std::string> all{"k-2026.01.01-000001", "k-2026.01.02-000002",
                                     "k-2026.01.03-000003", "k-restored"};
  CHECK(sinks::opensearch::protocol::indices_since("k-2026.01.02-000002", all) ==
        std::vector<std::string>{"k-2026.01.02-000002", "k-2026.01.03-000003", "k-restored"});
  CHECK(sinks::opensearch::protocol::indices_since("k-2026.01.01-000002-gone", all).size() == 5);
  CHECK(sinks::opensearch::protocol::indices_since("k-x-000009", all) ==
        std::vector<std::string>{"k-x-000009", "k-restored"});
}

TEST_CASE_METHOD(Fixture, "probe tells what is wrong in words", "[opensearch_sink]") {
  sinks::opensearch::OpenSearchSink sink = make(*link);
  std::vector<Status> got;
  sink.probe([&got](Status s) { got.push_back(std::move(s)); });
  run();
  server.down = true;
  sink.probe([&got](Status s) { got.push_back(std::move(s)); });
  run();
  REQUIRE(got.size() == 2);
  CHECK(got[0].ok());
  REQUIRE_FALSE(got[1].ok());
  CHECK(got[1].error().message == "GET /: connection refused");
}
