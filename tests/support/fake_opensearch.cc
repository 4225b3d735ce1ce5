#include "tests/support/fake_opensearch.h"

#include <algorithm>
#include <utility>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/unpacker.h"
#include "agent/base/result.h"

namespace auditship::test {

namespace {

constexpr std::size_t kMostInflated = 256 << 20;
constexpr std::size_t kMostLogged = 100'000;

sinks::http::HttpResponse answer(int status, std::string body,
                                 std::string_view type = "application/json; charset=UTF-8") {
  sinks::http::HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.connected = true;
  response.headers.emplace_back("content-type", type);
  return response;
}

sinks::http::HttpResponse no_answer(std::string why, bool connected, bool timed_out = false,
                                    bool no_byte = false) {
  sinks::http::HttpResponse response;
  response.error = std::move(why);
  response.connected = connected;
  response.timed_out = timed_out;
  response.no_byte = no_byte;
  return response;
}

std::string_view header(const sinks::http::HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

// "/a/b" of "https://host:9200/a/b?c"
std::string_view path_of(std::string_view url) {
  url.remove_prefix(std::min(url.size(), url.find("://") + 3));
  const std::size_t slash = url.find('/');
  return slash == std::string_view::npos ? std::string_view("/") : url.substr(slash);
}

Codec codec_of(const sinks::http::HttpRequest& request) {
  const std::string_view encoding = header(request, "Content-Encoding");
  return encoding == "gzip" ? Codec::gzip : encoding == "zstd" ? Codec::zstd : Codec::none;
}

std::string inflated(const sinks::http::HttpRequest& request, const std::string& body) {
  Result<std::string> text = unpack(codec_of(request), body, kMostInflated);
  return text ? std::move(*text) : std::string();
}

sinks::http::HttpResponse answer(StoreAnswer stored) {
  return answer(stored.status, std::move(stored.body));
}

}  // namespace

class FakeOpenSearch::Link final : public sinks::http::HttpTransport {
 public:
  Link(FakeOpenSearch& server, std::uint64_t number) : server_(server), number_(number) {}
  ~Link() override { server_.links_.erase(number_); }
  void send(sinks::http::HttpRequest request,
            std::function<void(sinks::http::HttpResponse)> done) override {
    server_.accept(number_, std::move(request), std::move(done));
  }

 private:
  FakeOpenSearch& server_;
  std::uint64_t number_;
};

FakeOpenSearch::FakeOpenSearch(const Clock& clock, Rng& rng) : clock_(clock), rng_(rng) {
  store_.refuse_under_pressure = [this](std::string_view, std::string_view) { return pressure(); };
  store_.refuse_content = [this](std::string_view id, std::string_view document) {
    return content_refusal(id, document);
  };
}

FakeOpenSearch::Counts FakeOpenSearch::counts() const {
  Counts all = counts_;
  all.created = store_.counts().created;
  all.conflicts = store_.counts().conflicts;
  all.refused_items = store_.counts().refused;
  return all;
}

// --- faults
// ------------------------------------------------------------------------------------------

void FakeOpenSearch::fail_next(Fault fault, unsigned times) {
  scripted_.insert(scripted_.end(), times, fault);
}

std::optional<ItemRefusal> FakeOpenSearch::pressure() {
  if (chance(rates.item_429)) {
    return ItemRefusal{429, "rejected_execution_exception", "rejected execution"};
  }
  if (chance(rates.item_503)) {
    return ItemRefusal{503, "unavailable_shards_exception", "primary shard is not active"};
  }
  return std::nullopt;
}

std::optional<ItemRefusal> FakeOpenSearch::content_refusal(std::string_view id,
                                                           std::string_view document) const {
  const bool bad = (!unmappable.empty() && document.find(unmappable) != std::string_view::npos) ||
                   BulkStore::hash_of(id) % 1'000'000 < rates.item_400;
  return bad ? std::optional(ItemRefusal{400, "mapper_parsing_exception", "failed to parse"})
             : std::nullopt;
}

bool FakeOpenSearch::chance(std::uint32_t per_million) {
  return per_million > 0 && rng_.next() % 1'000'000 < per_million;
}

Fault FakeOpenSearch::draw_fault() {
  if (!scripted_.empty()) {
    const Fault fault = scripted_.front();
    scripted_.pop_front();
    return fault;
  }
  for (const auto& [fault, rate] : rates.request) {
    if (chance(rate)) {
      return fault;
    }
  }
  return Fault::none;
}

// --- time
// --------------------------------------------------------------------------------------------

std::unique_ptr<sinks::http::HttpTransport> FakeOpenSearch::connect() {
  links_.insert(next_link_);
  return std::make_unique<Link>(*this, next_link_++);
}

std::optional<TimePoint> FakeOpenSearch::next_due() const {
  return events_.empty() ? std::nullopt : std::optional(events_.begin()->first);
}

void FakeOpenSearch::run_due() {
  while (!events_.empty() && events_.begin()->first <= clock_.now()) {
    Event event = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    sinks::http::HttpResponse made;
    if (event.act) {
      made = event.act();
    }
    if (event.done && links_.contains(event.link)) {
      event.done(event.answer ? std::move(made) : std::move(event.response));
    }
  }
}

void FakeOpenSearch::accept(std::uint64_t link, sinks::http::HttpRequest request,
                            std::function<void(sinks::http::HttpResponse)> done) {
  const TimePoint now = clock_.now();
  const auto span = static_cast<std::uint64_t>((latency_max - latency_min).count());
  const TimePoint due =
      now + latency_min + std::chrono::milliseconds(span > 0 ? rng_.next() % span : 0);
  const TimePoint given_up = now + request.timeout;
  const std::string body(request.body);  // the client's is gone once it gave up
  request.body = {};
  const Fault fault = down ? Fault::refused : draw_fault();
  ++counts_.requests;

  const auto act = [this, request, body] { return execute(request, body); };
  const auto only_say = [&](sinks::http::HttpResponse response, TimePoint when) {
    events_.emplace(when, Event{link, done, {}, false, std::move(response)});
  };
  const auto do_and_say = [&](std::function<void(sinks::http::HttpResponse&)> spoil) {
    events_.emplace(due, Event{link,
                               done,
                               [act, spoil = std::move(spoil)] {
                                 sinks::http::HttpResponse response = act();
                                 spoil(response);
                                 return response;
                               },
                               true,
                               {}});
  };
  const bool killed = !poison.empty() && inflated(request, body).find(poison) != std::string::npos;
  const bool zstd = header(request, "Content-Encoding") == "zstd";
  if (log_.size() < kMostLogged) {
    log_.push_back(request.method + ' ' + std::string(path_of(request.url)) + ' ' +
                   std::to_string(static_cast<int>(fault)));
  }
  if (zstd && !accepts_zstd && fault == Fault::none) {
    only_say(no_answer("connection closed", true, false, true), due);
    return;
  }
  if (killed) {
    only_say(no_answer("timed out", true, true), given_up);
    return;
  }
  switch (fault) {
    case Fault::none:
      if (due <= given_up) {
        events_.emplace(due, Event{link, done, act, true, {}});
      } else {
        events_.emplace(due, Event{0, {}, act, false, {}});
        only_say(no_answer("timed out", true, true), given_up);
      }
      break;
    case Fault::refused:
      only_say(no_answer("connection refused", false), due);
      break;
    case Fault::reset_before:
      only_say(no_answer("connection reset", true), due);
      break;
    case Fault::lost_answer:
      events_.emplace(
          due, Event{link, done, act, false, no_answer("connection reset", true, false, true)});
      break;
    case Fault::late_execution:
      events_.emplace(now + late_by, Event{0, {}, act, false, {}});
      only_say(no_answer("timed out", true, true), given_up);
      break;
    case Fault::hang:
      only_say(no_answer("timed out", true, true), given_up);
      break;
    case Fault::busy_429:
      only_say(answer(429, BulkStore::error_body(429, "rejected_execution_exception",
                                                 "rejected execution")),
               due);
      break;
    case Fault::unavailable_503:
      only_say(answer(503, BulkStore::error_body(
                               503, "cluster_block_exception",
                               "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered]")),
               due);
      break;
    case Fault::error_500:
      only_say(answer(500, BulkStore::error_body(500, "runtime_exception", "")), due);
      break;
    case Fault::proxy_page_502:
      only_say(answer(502, "<html><body>Bad Gateway</body></html>", "text/html"), due);
      break;
    case Fault::unauthorized_401:
      only_say(answer(401, "Unauthorized", "text/plain"), due);
      break;
    case Fault::too_large_413:
      only_say(answer(413, ""), due);
      break;
    case Fault::malformed:
      do_and_say([](sinks::http::HttpResponse& response) { response.body = "{\"took\":1,oops"; });
      break;
    case Fault::truncated:
      do_and_say([](sinks::http::HttpResponse& response) {
        response.body.resize(response.body.size() / 2);
      });
      break;
    case Fault::short_reply:
      do_and_say([](sinks::http::HttpResponse& response) {
        const std::size_t last = response.body.rfind(",{\"create\"");
        response.body = last == std::string::npos ? "{\"errors\":false,\"items\":[]}"
                                                  : response.body.substr(0, last) + "]}";
      });
      break;
  }
}

// --- requests
// ----------------------------------------------------------------------------------------

sinks::http::HttpResponse FakeOpenSearch::execute(const sinks::http::HttpRequest& request,
                                                  const std::string& body) {
  std::string_view path = path_of(request.url);
  const std::size_t mark = path.find('?');
  const std::string_view query =
      mark == std::string_view::npos ? std::string_view() : path.substr(mark + 1);
  path = path.substr(0, mark);
  if (path == "/") {
    return answer(200, R"({"version":{"number":"7.10.2"}})");
  }
  if (path.ends_with("*/_alias")) {
    ++counts_.resolves;
    if (aliases_forbidden) {
      return answer(403, BulkStore::error_body(403, "security_exception",
                                               "no permissions for [indices:admin/aliases/get]"));
    }
    path.remove_suffix(std::string_view("*/_alias").size());
    return answer(store_.aliases(path.substr(1)));
  }
  if (path.ends_with("/_mget")) {
    ++counts_.mgets;
    path.remove_suffix(std::string_view("/_mget").size());
    return answer(store_.look_up(std::string(path.substr(1)), body));
  }
  if (!path.ends_with("/_bulk")) {
    return answer(400, R"({"error":"no handler found for uri","status":400})");
  }
  ++counts_.bulks;
  const Result<std::string> text = unpack(codec_of(request), body, kMostInflated);
  if (!text) {
    return no_answer("connection closed", true, false, true);
  }
  if (text->size() > max_body_bytes) {
    return answer(413, "");
  }
  if (text->size() > pressure_bytes) {
    return answer(
        429, BulkStore::error_body(
                 429, "rejected_execution_exception",
                 "rejected execution of coordinating operation [coordinating_operation_bytes=" +
                     std::to_string(text->size()) + ", max_coordinating_and_primary_bytes=" +
                     std::to_string(pressure_bytes) + "]"));
  }
  store_.auto_create = auto_create;
  const std::string target = path == "/_bulk" ? "" : std::string(path.substr(1, path.size() - 7));
  return answer(
      store_.bulk(target, query.find("require_alias=true") != std::string_view::npos, *text));
}

}  // namespace auditship::test
