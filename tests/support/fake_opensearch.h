// FakeOpenSearch: a simulated cluster behind HttpTransport, with aliases, indices that guard their
// ids, and faults on demand. Nothing happens by itself: run_due() executes requests and delivers
// answers that are due at the clock's time, so a seed replays a history.
//
//   FakeOpenSearch server(clock, rng);
//   server.create_alias("kubeaudit", "kubeaudit-000001");
//   auto link = server.connect();     // one HttpTransport an agent; gone, its callbacks are dropped
//   ... clock.set(*server.next_due()); server.run_due();
//
// Understands GET /, GET /X*/_alias, POST [/X]/_bulk of `create` items, POST /X/_mget.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"
#include "sinks/http/http_transport.h"
#include "tests/support/bulk_store.h"

namespace auditship::test {

// What happens to one request instead of the ordinary.
enum class Fault {
  none,
  refused,          // connection refused, not executed
  reset_before,     // connection cut before the body was read, not executed
  lost_answer,      // executed, then the connection is cut
  late_execution,   // no answer in time; executed after the client gave up
  hang,             // no answer in time, never executed
  busy_429,         // whole, not executed
  unavailable_503,  // whole, not executed
  error_500,        // whole, not executed
  proxy_page_502,   // HTML, not executed
  unauthorized_401,
  too_large_413,
  malformed,    // executed, the answer is not JSON
  truncated,    // executed, the answer is cut short
  short_reply,  // executed, the answer has an item less
};

// Chances of one in a million; drawn from the Rng for each request or item.
struct FaultRates {
  std::map<Fault, std::uint32_t> request;
  std::uint32_t item_429 = 0, item_503 = 0;
  std::uint32_t item_400 = 0;  // drawn by id: the same documents each time
};

class FakeOpenSearch {
 public:
  FakeOpenSearch(const Clock& clock, Rng& rng);

  // --- the cluster ---
  void create_alias(const std::string& alias, const std::string& write_index) {
    store_.create_alias(alias, write_index);
  }
  void rollover(const std::string& alias, const std::string& new_write_index) {
    store_.create_alias(alias, new_write_index);
  }
  void create_index(const std::string& name) { store_.create_index(name); }
  void delete_index(const std::string& name) { store_.delete_index(name); }
  // Must exist.
  StoredIndex& index(const std::string& name) { return store_.index(name); }
  [[nodiscard]] const std::map<std::string, StoredIndex>& indices() const {
    return store_.indices();
  }
  // How many indices hold id: the oracle wants one.
  [[nodiscard]] std::size_t copies(const std::string& id) const { return store_.copies(id); }
  // Over all indices.
  [[nodiscard]] std::size_t documents() const { return store_.documents(); }

  // --- faults ---
  FaultRates rates;
  // Refuses all connections.
  bool down = false;
  // A bulk to a missing name creates an index.
  bool auto_create = false;
  // 2.x closes the connection.
  bool accepts_zstd = false;
  // 403 for GET _alias.
  bool aliases_forbidden = false;
  // Inflated; above: 413.
  std::size_t max_body_bytes = 100 << 20;
  // Inflated; above: 429, however often it comes.
  std::size_t pressure_bytes = SIZE_MAX;
  // A document that contains it: no answer ever comes (not empty).
  std::string poison;
  // A document that contains it is refused with 400 (not empty).
  std::string unmappable;
  std::chrono::milliseconds latency_min{5}, latency_max{50};
  // late_execution: after the request was sent.
  std::chrono::milliseconds late_by{90000};
  // Before rates are drawn.
  void fail_next(Fault fault, unsigned times = 1);

  // --- time ---
  [[nodiscard]] std::optional<TimePoint> next_due() const;
  // Does all that is due now. Callbacks may send again.
  void run_due();

  // --- what was asked ---
  struct Counts {
    std::uint64_t requests = 0, bulks = 0, created = 0, conflicts = 0, refused_items = 0, mgets = 0,
                  resolves = 0;
  };
  [[nodiscard]] Counts counts() const;
  // "POST /x/_bulk?… none 200", in order.
  [[nodiscard]] const std::vector<std::string>& log() const { return log_; }

  [[nodiscard]] std::unique_ptr<sinks::http::HttpTransport> connect();

 private:
  class Link;
  struct Event {
    std::uint64_t link = 0;
    std::function<void(sinks::http::HttpResponse)> done;  // empty: nobody waits
    std::function<sinks::http::HttpResponse()> act;       // executes the request, if it is executed
    bool answer = true;  // false: done gets `response` instead of what act returns
    sinks::http::HttpResponse response;
  };

  void accept(std::uint64_t link, sinks::http::HttpRequest request,
              std::function<void(sinks::http::HttpResponse)> done);
  Fault draw_fault();
  [[nodiscard]] bool chance(std::uint32_t per_million);
  sinks::http::HttpResponse execute(const sinks::http::HttpRequest& request,
                                    const std::string& body);
  // Faults of single items.
  [[nodiscard]] std::optional<ItemRefusal> pressure();
  [[nodiscard]] std::optional<ItemRefusal> content_refusal(std::string_view id,
                                                           std::string_view document) const;

  const Clock& clock_;
  Rng& rng_;
  BulkStore store_;
  std::multimap<TimePoint, Event> events_;
  std::set<std::uint64_t> links_;
  std::uint64_t next_link_ = 1;
  std::deque<Fault> scripted_;
  Counts counts_;
  std::vector<std::string> log_;
};

}  // namespace auditship::test
