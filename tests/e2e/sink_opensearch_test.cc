// OpenSearchSink against a real OpenSearch: run by tests/e2e/with-opensearch, which sets
// OPENSEARCH_URL.
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

#include <simdjson.h>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/packer.h"
#include "agent/base/executor.h"
#include "agent/event/document_encoder.h"
#include "agent/event/document_id.h"
#include "sinks/framing/bulk_framing.h"
#include "sinks/http/curl_http.h"
#include "sinks/opensearch/opensearch_sink.h"
#include "tests/support/catch.h"
#include "tests/support/sink_tools.h"

using namespace auditship;
using namespace std::chrono_literals;

namespace {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] std::int64_t wall_ns() const override {
    return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
  }
};

// Tasks of this thread, posted by any.
class Loop {
 public:
  Executor post() {
    return [this](std::function<void()> task) {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
      more_.notify_one();
    };
  }
  template <typename T>
  T wait(std::optional<T>& for_this) {
    while (!for_this) {
      std::function<void()> task;
      {
        std::unique_lock lock(mutex_);
        REQUIRE(more_.wait_for(lock, 120s, [this] { return !tasks_.empty(); }));
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task();
    }
    return std::move(*for_this);
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> tasks_;
};

struct Documents {
  std::string body;
  std::uint32_t count = 0;
  Codec codec = Codec::gzip;
};

Documents documents(const std::vector<std::string>& ids,
                    const std::string& document = R"({"@timestamp":"2026-11-23T00:00:00Z"})",
                    Codec codec = Codec::gzip) {
  std::string lines;
  for (const std::string& id : ids) {
    lines += "{\"create\":{\"_id\":\"" + id + "\"}}\n" + document + "\n";
  }
  return {pack(codec, lines), static_cast<std::uint32_t>(ids.size()), codec};
}

struct Fixture {
  std::string base, version;
  Loop loop;
  SystemClock clock;
  test::SeedRng rng{1};
  test::MemoryLogger log;
  std::unique_ptr<sinks::http::CurlHttp> http;
  sinks::http::Credentials credentials;
  static inline int next_target = 0;
  std::string target = "e2e" + std::to_string(next_target++);
  std::unique_ptr<sinks::opensearch::OpenSearchSink> sink;

  Fixture() {
    const char* url = std::getenv("OPENSEARCH_URL");
    if (url == nullptr) {
      FAIL("OPENSEARCH_URL is not set: run this by tests/e2e/with-opensearch VERSION PROGRAM");
    }
    base = url;
    version = std::getenv("OPENSEARCH_VERSION") != nullptr ? std::getenv("OPENSEARCH_VERSION") : "";
    sinks::http::CurlOptions options;
    if (base.starts_with("https")) {
      options.ca_file = std::string(std::getenv("OPENSEARCH_DATA")) + "/config/ca.pem";
      credentials.username = "admin";
      credentials.password = "admin-password";
    }
    http = sinks::http::CurlHttp::create(options, loop.post()).value();
    sink = make({});
  }
  std::unique_ptr<sinks::opensearch::OpenSearchSink> make(
      sinks::opensearch::OpenSearchOptions options) {
    options.hosts = {base};
    options.target = target;
    return std::make_unique<sinks::opensearch::OpenSearchSink>(
        options, [this]() -> Result<sinks::http::Credentials> { return credentials; }, *http, clock,
        rng, log, loop.post());
  }
  // One plain request beside the sink; fails the test unless it is answered with 2xx.
  std::string call(const std::string& method, const std::string& path,
                   const std::string& body = "") {
    sinks::http::HttpRequest request;
    request.method = method;
    request.url = base + path;
    request.body = body;
    request.headers = {{"Content-Type", "application/json"}};
    if (!credentials.username.empty()) {
      request.headers.emplace_back("Authorization", "Basic YWRtaW46YWRtaW4tcGFzc3dvcmQ=");
    }
    std::optional<sinks::http::HttpResponse> got;
    http->send(request, [&got](sinks::http::HttpResponse response) { got = std::move(response); });
    const sinks::http::HttpResponse response = loop.wait(got);
    INFO(method << ' ' << path << ' ' << response.error << response.body);
    REQUIRE(response.status / 100 == 2);
    return response.body;
  }
  void make_alias(const std::string& mappings = "{}") {
    call("PUT", "/" + target + "-000001",
         R"({"settings":{"number_of_replicas":0},"mappings":)" + mappings + R"(,"aliases":{")" +
             target + R"(":{"is_write_index":true}}})");
  }
  void rollover() {
    call("POST", "/" + target + "/_rollover", R"({"settings":{"number_of_replicas":0}})");
    sink->forget_index();
  }
  std::int64_t count(const std::string& index) {
    call("POST", "/" + index + "/_refresh");
    simdjson::dom::parser parser;
    std::int64_t n = -1;
    REQUIRE(parser.parse(call("GET", "/" + index + "/_count"))["count"].get(n) ==
            simdjson::SUCCESS);
    return n;
  }
  void start(const std::string& index, const Documents& docs, std::optional<event::Outcome>& into) {
    sinks::Shipment shipment;
    shipment.index = index;
    shipment.body = docs.body;
    shipment.codec = docs.codec;
    shipment.documents = docs.count;
    sink->ship(shipment, [&into](event::Outcome outcome) { into = std::move(outcome); });
  }
  event::Outcome ship(const std::string& index, const Documents& docs) {
    std::optional<event::Outcome> got;
    start(index, docs, got);
    return loop.wait(got);
  }
  Result<std::string> resolve() {
    std::optional<Result<std::string>> got;
    sink->resolve([&got](Result<std::string> r) { got = std::move(r); });
    return loop.wait(got);
  }
  Result<sinks::Presence> look_up(const std::string& first, const std::vector<std::string>& ids) {
    std::optional<Result<sinks::Presence>> got;
    sink->look_up(first, ids, [&got](Result<sinks::Presence> r) { got = std::move(r); });
    return loop.wait(got);
  }
};

std::string only_item(const event::Outcome& outcome) {
  REQUIRE(outcome.items.size() == 1);
  return std::to_string(outcome.items[0].status) + ' ' + outcome.items[0].type;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "documents are created once; sent again they exist", "[opensearch]") {
  make_alias();
  const std::string index = resolve().value();
  CHECK(index == target + "-000001");
  CHECK(ship(index, documents({"a", "b"})).created == 2);
  const event::Outcome again = ship(index, documents({"a", "b", "c"}));
  CHECK(again.verdict == event::Verdict::created);
  CHECK(again.created == 1);
  CHECK(again.duplicate == 2);
  CHECK(count(target) == 3);
}

TEST_CASE_METHOD(Fixture, "a refused item is told in its place, the others are taken",
                 "[opensearch]") {
  make_alias(R"({"properties":{"n":{"type":"long"}}})");
  Documents docs = documents({"a", "b", "c"}, R"({"n":1})", Codec::none);
  docs.body.replace(docs.body.find("{\"n\":1}", docs.body.find("\"b\"")), 7, "{\"n\":\"hunter2\"}");
  const event::Outcome outcome = ship(target + "-000001", docs);
  CHECK(outcome.created == 2);
  CHECK(only_item(outcome) == "400 mapper_parsing_exception");
  CHECK(outcome.items[0].item == 1);
  CHECK(outcome.items[0].verdict == event::Verdict::rejected);
  CHECK_FALSE(outcome.items[0].reason.empty());
  CHECK(outcome.message.find("hunter2") == std::string::npos);
  CHECK(count(target) == 2);
}

TEST_CASE_METHOD(Fixture, "the write index is the alias's, also after a rollover", "[opensearch]") {
  CHECK(resolve().error().code == Errc::not_found);
  make_alias();
  CHECK(resolve().value() == target + "-000001");
  rollover();
  CHECK(resolve().value() == target + "-000002");
}

TEST_CASE_METHOD(Fixture, "a shipment in doubt across two rollovers lands once", "[opensearch]") {
  make_alias();
  const std::string first = resolve().value();
  CHECK(ship(first, documents({"a", "b"})).created == 2);  // say that this answer was lost
  rollover();
  rollover();
  const event::Outcome retry = ship(first, documents({"a", "b", "c"}));
  CHECK(retry.duplicate == 2);
  CHECK(retry.created == 1);
  call("PUT", "/" + first + "/_settings", R"({"index.blocks.write":true})");
  const event::Outcome blocked = ship(first, documents({"a", "d"}));
  REQUIRE(blocked.items.size() == 2);
  CHECK(blocked.items[0].verdict == event::Verdict::index_gone);
  CHECK(blocked.items[1].verdict == event::Verdict::index_gone);
  CHECK(ship(target + "-000002", documents({"e"})).created == 1);
  const auto found = look_up(first, {"a", "d", "e"});  // at once, before any refresh
  REQUIRE(found);
  CHECK(found->found == std::vector<bool>{true, false, true});
  CHECK(ship(resolve().value(), documents({"d"})).created == 1);
  CHECK(count(target) == 5);
}

TEST_CASE_METHOD(Fixture,
                 "a first request that runs beside its own retry creates each document once",
                 "[opensearch]") {
  make_alias();
  std::vector<std::string> ids;
  for (int i = 0; i < 2000; ++i) {
    ids.push_back("id" + std::to_string(i));
  }
  const Documents docs = documents(ids);
  std::optional<event::Outcome> one;
  std::optional<event::Outcome> two;
  start(target + "-000001", docs, one);
  start(target + "-000001", docs, two);
  const event::Outcome a = loop.wait(one);
  const event::Outcome b = loop.wait(two);
  CHECK(a.created + b.created == 2000);
  CHECK(a.duplicate + b.duplicate == 2000);
  CHECK(count(target) == 2000);
}

TEST_CASE_METHOD(Fixture, "an index that was closed or deleted is gone", "[opensearch]") {
  make_alias();
  const std::string first = resolve().value();
  CHECK(ship(first, documents({"a"})).created == 1);
  rollover();
  SECTION("closed") {
    call("POST", "/" + first + "/_close");
    const event::Outcome outcome = ship(first, documents({"b"}));
    CHECK(only_item(outcome) == "400 index_closed_exception");
    CHECK(outcome.items[0].verdict == event::Verdict::index_gone);
    const auto found = look_up(first, {"a"});
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::refused);
  }
  SECTION("deleted") {
    call("DELETE", "/" + first);
    const event::Outcome outcome = ship(first, documents({"b"}));
    // Where indices may be created by writing, the name comes back to life: then it was created.
    CHECK((outcome.created == 1 || outcome.items.at(0).verdict == event::Verdict::index_gone));
    const auto found = look_up(target + "-000000", {"a"});
    REQUIRE(found);
    CHECK(found->found == std::vector<bool>{false});
  }
}

TEST_CASE_METHOD(Fixture, "thousands of ids are looked up in order", "[opensearch]") {
  make_alias();
  std::vector<std::string> all;
  std::vector<std::string> even;
  for (int i = 0; i < 2300; ++i) {
    all.push_back("id" + std::to_string(i));
    if (i % 2 == 0) {
      even.push_back(all.back());
    }
  }
  CHECK(ship(target + "-000001", documents(even)).created == even.size());
  const auto found = look_up(target + "-000001", all);
  REQUIRE(found);
  for (std::size_t i = 0; i < all.size(); ++i) {
    REQUIRE(found->found[i] == (i % 2 == 0));
  }
}

TEST_CASE_METHOD(Fixture, "bulks that are no good as a whole get the verdict that helps",
                 "[opensearch]") {
  make_alias();
  const std::string index = target + "-000001";
  SECTION("an id of 600 bytes") {
    CHECK(ship(index, documents({"a", std::string(600, 'x')})).code == "opensearch-bulk-invalid");
    CHECK(ship(index, documents({"a", std::string(600, 'x')})).verdict == event::Verdict::split);
    CHECK(ship(index, documents({std::string(600, 'x')})).verdict == event::Verdict::rejected);
  }
  SECTION("gzip cut short") {
    Documents docs = documents({"a", "b"});
    docs.body.resize(docs.body.size() - 9);
    const event::Outcome outcome = ship(index, docs);
    CHECK(outcome.verdict != event::Verdict::created);
    CHECK(outcome.created + outcome.duplicate == 0);
  }
  SECTION("half the lines, well formed") {
    Documents docs = documents({"a", "b"});
    docs.count = 4;
    CHECK(ship(index, docs).code == "opensearch-reply-items");
    CHECK(ship(index, documents({"a", "b"})).duplicate == 2);
  }
  SECTION("a body that is not what its header says") {
    Documents docs = documents({"a"}, "{}", Codec::gzip);
    docs.codec = Codec::none;
    const event::Outcome outcome = ship(index, docs);
    CHECK(outcome.verdict != event::Verdict::created);
    CHECK(outcome.http_status == 400);
  }
}

TEST_CASE_METHOD(Fixture, "zstd is taken by 3.x and asks for another codec on 2.x",
                 "[opensearch]") {
  make_alias();
  const event::Outcome outcome = ship(target + "-000001", documents({"a"}, "{}", Codec::zstd));
  if (version.starts_with("2.")) {
    CHECK(outcome.verdict == event::Verdict::recode);
    CHECK(outcome.code == "opensearch-zstd-refused");
  } else {
    CHECK(outcome.created == 1);
  }
}

TEST_CASE_METHOD(Fixture, "through an alias that is missing nothing is created by mistake",
                 "[opensearch]") {
  const event::Outcome outcome = ship("", documents({"a"}));
  CHECK(only_item(outcome) == "404 index_not_found_exception");
  CHECK(outcome.items[0].verdict == event::Verdict::blocked);
  CHECK(resolve().error().code == Errc::not_found);
}

TEST_CASE_METHOD(Fixture, "dated items go to the index of their day", "[opensearch]") {
  sinks::opensearch::OpenSearchOptions options;
  options.style = sinks::opensearch::IndexStyle::dated;
  sink = make(options);
  const sinks::framing::BulkFraming framing(target);
  event::DocumentEncoder encoder(event::EncoderOptions{});
  event::Record record;
  record.time_known = true;
  std::string lines;
  for (const std::int64_t day : {20000, 20001}) {
    record.time_ns = day * 86'400'000'000'000;
    event::RawLine line;
    event::DocId id;
    id.text.fill('d');
    framing.begin_item({id.view(), {}, record.time_ns}, lines);
    encoder.append(record, line, id, 0, lines);
    sinks::framing::ItemFraming::end_item(lines);
  }
  const Documents docs{pack(Codec::gzip, lines), 2, Codec::gzip};
  CHECK(ship("", docs).created == 2);
  CHECK(ship("", docs).duplicate == 2);
  CHECK(count(target + "-2024.10.04") == 1);
  CHECK(count(target + "-2024.10.05") == 1);
}

TEST_CASE_METHOD(Fixture, "what the encoder writes is stored and found by its dotted names",
                 "[opensearch]") {
  make_alias(
      R"({"properties":{"cluster":{"properties":{"name":{"type":"keyword"}}},"requestObject":{"type":"text"}}})");
  event::EncoderOptions options;
  options.cluster = "prod";
  options.node = "node-1";
  options.stream = "kubeaudit";
  event::DocumentEncoder encoder(options);
  event::DocIds ids;
  event::RecordOrigin origin;
  origin.name = "/var/log/audit.log";
  origin.members = {{"log.file.path", origin.name}};
  const std::string text = "the line";
  event::RawLine line;
  line.text = text;
  line.origin = &origin;
  event::Record record;
  record.json = R"("kind":"Event","objectRef":{"resource":"secrets"})";
  record.add("event.action", "get \xff");
  record.request.raw = R"({"spec":"needle"})";
  const event::DocId id = ids.of(line, record);
  std::string lines;
  sinks::framing::BulkFraming().begin_item({id.view(), {}, 0}, lines);
  encoder.append(record, line, id, clock.wall_ns(), lines);
  sinks::framing::ItemFraming::end_item(lines);
  CHECK(ship(target + "-000001", {pack(Codec::gzip, lines), 1, Codec::gzip}).created == 1);
  CHECK(count(target) == 1);
  const std::string found =
      call("GET", "/" + target + "/_search?q=cluster.name:prod+AND+requestObject:needle");
  CHECK(found.find('"' + std::string(id.view()) + '"') != std::string::npos);
  CHECK(found.find(R"("tags":["timestamp-unparsed"])") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "the privileges of the role shipper suffice for all it does",
                 "[opensearch][security]") {
  make_alias(R"({"dynamic":false})");  // else each new field needs the right to change mappings
  if (base.starts_with("https")) {
    credentials = {"shipper", "shipper-password", ""};
  }
  std::optional<Status> probed;
  sink->probe([&probed](Status s) { probed = std::move(s); });
  CHECK(loop.wait(probed).ok());
  const std::string first = resolve().value();
  CHECK(ship(first, documents({"a"})).created == 1);
  rollover();
  const auto found = look_up(first, {"a", "b"});
  REQUIRE(found);
  CHECK(found->found == std::vector<bool>{true, false});
  CHECK(resolve().value() == target + "-000002");
}

TEST_CASE_METHOD(Fixture, "a role that may only write ships through the alias",
                 "[opensearch][security]") {
  if (!base.starts_with("https")) {
    return;  // no roles there
  }
  make_alias(R"({"dynamic":false})");
  credentials = {"writer", "writer-password", ""};
  CHECK(resolve().value().empty());
  CHECK(log.codes == std::vector<std::string>{"opensearch-alias-unreadable"});
  CHECK(ship("", documents({"a"})).created == 1);
  CHECK(ship("", documents({"a"})).duplicate == 1);
  const event::Outcome elsewhere = ship("other-index", documents({"a"}));
  CHECK(elsewhere.created == 0);
  CHECK((elsewhere.verdict == event::Verdict::blocked ||
         elsewhere.items.at(0).verdict == event::Verdict::blocked));
}

TEST_CASE_METHOD(Fixture, "wrong credentials and unknown authorities are told apart",
                 "[opensearch]") {
  std::optional<Status> got;
  sink->probe([&got](Status s) { got = std::move(s); });
  CHECK(loop.wait(got).ok());
  if (!base.starts_with("https")) {
    return;  // the rest is about TLS and basic auth
  }
  make_alias();
  credentials.password = "hunter2";
  const event::Outcome denied = ship(target + "-000001", documents({"a"}));
  CHECK(denied.verdict == event::Verdict::blocked);
  CHECK(denied.code == "opensearch-unauthorized");
  CHECK(denied.message.find("hunter2") == std::string::npos);
  credentials.password = "admin-password";
  CHECK(ship(target + "-000001", documents({"a"})).created == 1);

  sink.reset();
  http = sinks::http::CurlHttp::create({}, loop.post())
             .value();  // the system's authorities do not know this server
  sink = make({});
  const event::Outcome unknown = ship(target + "-000001", documents({"b"}));
  CHECK(unknown.verdict == event::Verdict::blocked);
  CHECK(unknown.code == "opensearch-tls-untrusted");
  CHECK(unknown.message.find("certificate") != std::string::npos);

  sinks::http::CurlOptions wrong_name;
  wrong_name.ca_file = std::string(std::getenv("OPENSEARCH_DATA")) + "/config/ca.pem";
  wrong_name.server_name = "other.example";
  sink.reset();
  http = sinks::http::CurlHttp::create(wrong_name, loop.post()).value();
  sink = make({});
  CHECK(ship(target + "-000001", documents({"b"})).code == "opensearch-tls-host-name");
  wrong_name.server_name = "localhost";  // in the certificate beside 127.0.0.1
  sink.reset();
  http = sinks::http::CurlHttp::create(wrong_name, loop.post()).value();
  sink = make({});
  CHECK(ship(target + "-000001", documents({"b"})).created == 1);
}
