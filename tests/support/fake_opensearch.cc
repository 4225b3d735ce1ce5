#include "tests/support/fake_opensearch.h"

#include <algorithm>
#include <utility>

#include <simdjson.h>

#include "agent/base/compression.h"
#include "agent/base/json_writer.h"
#include "agent/base/result.h"

namespace auditship::test {

namespace {

constexpr std::size_t kMostInflated = 256 << 20;
constexpr std::size_t kMostIdBytes = 512;
constexpr std::size_t kMostLogged = 100'000;

std::string error_json(int status, std::string_view type, std::string_view reason) {
  std::string out = "{\"error\":{\"type\":";
  append_json_string(out, type);
  out += ",\"reason\":";
  append_json_string(out, reason);
  out += "},\"status\":" + std::to_string(status) + "}";
  return out;
}

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

std::string item(int status, std::string_view type = {}, std::string_view reason = {}) {
  std::string out = "{\"create\":{\"status\":" + std::to_string(status);
  if (!type.empty()) {
    out += ",\"error\":{\"type\":";
    append_json_string(out, type);
    out += ",\"reason\":";
    append_json_string(out, reason);
    out += '}';
  }
  return out + "}}";
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

// The same documents are refused each time, in whatever order they come.
std::uint64_t hash_of(std::string_view id) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : id) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return hash ^ hash >> 32U;
}

// Takes one line off text.
bool next_line(std::string_view& text, std::string_view& line) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    return false;
  }
  line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return true;
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

FakeOpenSearch::FakeOpenSearch(const Clock& clock, Rng& rng) : clock_(clock), rng_(rng) {}

// --- the cluster
// -------------------------------------------------------------------------------------

void FakeOpenSearch::create_index(const std::string& name) {
  indices_.try_emplace(name).first->second.number = next_index_++;
}

void FakeOpenSearch::create_alias(const std::string& alias, const std::string& write_index) {
  create_index(write_index);
  aliases_[alias].first.insert(write_index);
  aliases_[alias].second = write_index;
}

void FakeOpenSearch::rollover(const std::string& alias, const std::string& new_write_index) {
  create_alias(alias, new_write_index);
}

void FakeOpenSearch::delete_index(const std::string& name) {
  indices_.erase(name);
  for (auto& [alias, target] : aliases_) {
    target.first.erase(name);
    if (target.second == name) {
      target.second.clear();
    }
  }
}

FakeIndex& FakeOpenSearch::index(const std::string& name) { return indices_.at(name); }

std::size_t FakeOpenSearch::copies(const std::string& id) const {
  return static_cast<std::size_t>(
      std::count_if(indices_.begin(), indices_.end(),
                    [&id](const auto& entry) { return entry.second.documents.contains(id); }));
}

std::size_t FakeOpenSearch::documents() const {
  std::size_t sum = 0;
  for (const auto& [name, index] : indices_) {
    sum += index.documents.size();
  }
  return sum;
}

// --- faults
// ------------------------------------------------------------------------------------------

void FakeOpenSearch::fail_next(Fault fault, unsigned times) {
  scripted_.insert(scripted_.end(), times, fault);
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
      only_say(answer(429, error_json(429, "rejected_execution_exception", "rejected execution")),
               due);
      break;
    case Fault::unavailable_503:
      only_say(answer(503, error_json(503, "cluster_block_exception",
                                      "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered]")),
               due);
      break;
    case Fault::error_500:
      only_say(answer(500, error_json(500, "runtime_exception", "")), due);
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
    return alias_answer(path.substr(1, path.size() - 1 - std::string_view("*/_alias").size()));
  }
  if (path.ends_with("/_mget")) {
    ++counts_.mgets;
    return mget_answer(
        std::string(path.substr(1, path.size() - 1 - std::string_view("/_mget").size())), body);
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
        429,
        error_json(429, "rejected_execution_exception",
                   "rejected execution of coordinating operation [coordinating_operation_bytes=" +
                       std::to_string(text->size()) + ", max_coordinating_and_primary_bytes=" +
                       std::to_string(pressure_bytes) + "]"));
  }
  const std::string target = path == "/_bulk" ? "" : std::string(path.substr(1, path.size() - 7));
  return bulk_answer(target, query.find("require_alias=true") != std::string_view::npos, *text);
}

sinks::http::HttpResponse FakeOpenSearch::alias_answer(std::string_view pattern) const {
  if (aliases_forbidden) {
    return answer(403, error_json(403, "security_exception",
                                  "no permissions for [indices:admin/aliases/get]"));
  }
  std::string out = "{";
  for (const auto& [name, index] : indices_) {
    std::string aliases;
    for (const auto& [alias, target] : aliases_) {
      if (target.first.contains(name) && alias.starts_with(pattern)) {
        append_json_string(aliases, alias);
        aliases +=
            target.second == name ? ":{\"is_write_index\":true}," : ":{\"is_write_index\":false},";
      }
    }
    if (!aliases.empty() || name.starts_with(pattern)) {
      aliases.resize(aliases.empty() ? 0 : aliases.size() - 1);
      append_json_string(out, name);
      out += ":{\"aliases\":{" + aliases + "}},";
    }
  }
  if (out.back() == ',') {
    out.pop_back();
  }
  return answer(200, out + "}");
}

sinks::http::HttpResponse FakeOpenSearch::mget_answer(const std::string& name,
                                                      const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::array ids;
  if (parser.parse(body)["ids"].get(ids) != simdjson::SUCCESS) {
    return answer(400, error_json(400, "parse_exception", "unexpected"));
  }
  const auto found = indices_.find(name);
  std::string out = "{\"docs\":[";
  for (const simdjson::dom::element element : ids) {
    std::string_view id;
    if (element.get(id) != simdjson::SUCCESS) {
      return answer(400, error_json(400, "parse_exception", "unexpected"));
    }
    out += "{\"_id\":";
    append_json_string(out, id);
    if (found == indices_.end()) {
      out += R"(,"error":{"type":"index_not_found_exception"}},)";
    } else if (found->second.closed) {
      out += R"(,"error":{"type":"index_closed_exception"}},)";
    } else {
      out += found->second.documents.contains(std::string(id)) ? ",\"found\":true},"
                                                               : ",\"found\":false},";
    }
  }
  if (out.back() == ',') {
    out.pop_back();
  }
  return answer(200, out + "]}");
}

sinks::http::HttpResponse FakeOpenSearch::bulk_answer(const std::string& target, bool require_alias,
                                                      const std::string& body) {
  if (body.empty() || body.back() != '\n') {
    return answer(400, error_json(400, "illegal_argument_exception",
                                  "The bulk request must be terminated by a newline [\\n]"));
  }
  struct Item {
    std::string index, id, document;
  };
  std::vector<Item> sent;
  simdjson::dom::parser parser;
  std::string_view rest = body;
  std::string_view line;
  while (next_line(rest, line)) {
    simdjson::dom::object create;
    std::string_view id;
    std::string_view index = target;
    std::string_view document;
    const std::string action(line);
    if (parser.parse(action)["create"].get(create) != simdjson::SUCCESS ||
        create["_id"].get(id) != simdjson::SUCCESS || id.empty()) {
      return answer(400, error_json(400, "json_parse_exception", "action line"));
    }
    if (std::string_view own; create["_index"].get(own) == simdjson::SUCCESS) {
      index = own;
    }
    if (id.size() > kMostIdBytes) {
      return answer(400, error_json(400, "action_request_validation_exception",
                                    "id is too long, must be no longer than 512 bytes"));
    }
    if (!next_line(rest, document)) {
      break;  // a body cut behind an action line: the item is not there
    }
    sent.push_back(Item{std::string(index), std::string(id), std::string(document)});
  }
  std::string items;
  bool errors = false;
  for (const Item& one : sent) {
    const std::string result = create_item(one.index, require_alias, one.id, one.document);
    errors |= result.find("\"error\"") != std::string::npos;
    items += (items.empty() ? "" : ",") + result;
  }
  return answer(200, std::string("{\"errors\":") + (errors ? "true" : "false") + ",\"items\":[" +
                         items + "]}");
}

std::string FakeOpenSearch::create_item(const std::string& target, bool require_alias,
                                        const std::string& id, const std::string& document) {
  const auto refuse = [this](int status, std::string_view type, std::string_view reason) {
    ++counts_.refused_items;
    return item(status, type, reason);
  };
  std::string name = target;
  if (const auto alias = aliases_.find(target); alias != aliases_.end()) {
    name = alias->second.second;
    if (name.empty()) {
      return refuse(400, "illegal_argument_exception",
                    "no write index is defined for alias [" + target + "]");
    }
  } else if (require_alias) {
    return refuse(404, "index_not_found_exception",
                  "no such index [" + target + "] and [require_alias] request flag is [true]");
  }
  if (!indices_.contains(name)) {
    if (!auto_create) {
      return refuse(404, "index_not_found_exception", "no such index [" + name + "]");
    }
    create_index(name);
  }
  FakeIndex& index = indices_.at(name);
  if (index.closed) {
    return refuse(400, "index_closed_exception", "closed");
  }
  if (index.write_block) {
    return refuse(403, "cluster_block_exception",
                  "index [" + name + "] blocked by: [FORBIDDEN/8/index write (api)];");
  }
  if (chance(rates.item_429)) {
    return refuse(429, "rejected_execution_exception", "rejected execution");
  }
  if (chance(rates.item_503)) {
    return refuse(503, "unavailable_shards_exception", "primary shard is not active");
  }
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const bool bad = parser.parse(document).get(object) != simdjson::SUCCESS ||
                   (!unmappable.empty() && document.find(unmappable) != std::string::npos) ||
                   hash_of(id) % 1'000'000 < rates.item_400;
  if (index.documents.contains(id)) {
    ++counts_.conflicts;
    return item(409, "version_conflict_engine_exception",
                "[" + id + "]: version conflict, document already exists (current version [1])");
  }
  if (bad) {
    return refuse(400, "mapper_parsing_exception", "failed to parse");
  }
  index.documents.emplace(id, document);
  ++counts_.created;
  return item(201);
}

}  // namespace auditship::test
