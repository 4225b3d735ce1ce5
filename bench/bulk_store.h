// BulkStore: what the fake server has taken: counts, and the ids where it is told to keep them.
// Answers as OpenSearch does where an agent can tell: items in order, 409 for an id that exists.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace auditship::bench {

// How the server misbehaves. In words, as options and in POST /_faults: NAME=VALUE.
struct Faults {
  std::uint64_t whole_every = 0;  // whole=STATUS@N: each Nth bulk is refused as a whole
  int whole_status = 503;
  std::uint64_t item_every = 0;  // item=STATUS@N: each Nth item is refused
  int item_status = 429;
  std::uint64_t content_every = 0;  // content=STATUS@N: one id in N is refused whenever it comes
  int content_status = 400;
  std::uint64_t lost_every = 0;  // lose=N: each Nth bulk is applied and never answered
  std::uint64_t hang_every = 0;  // hang=N: each Nth bulk is applied when the faults change next,
                                 // and never answered
  std::uint64_t delay_ms = 0;    // delay=N: each bulk takes N ms

  // False: there is no such fault.
  bool set(std::string_view name, const std::string& value);
};

struct Totals {
  std::uint64_t bulks = 0, refused_bulks = 0, lost_answers = 0, hanging = 0;
  std::uint64_t items = 0, created = 0, existed = 0, refused_items = 0;
  std::uint64_t wire_bytes = 0, body_bytes = 0, malformed = 0;
};

struct Answer {
  int status = 200;
  std::string body;
  bool lost = false;  // close the connection instead
};

class BulkStore {
 public:
  BulkStore(Faults faults, bool keep_ids) : faults_(faults), keep_ids_(keep_ids) {}

  // index: from the path; wire_bytes: before inflating; raw: the bulk lines.
  // Blocks where a fault says so.
  Answer bulk(const std::string& index, std::size_t wire_bytes, std::string_view raw);
  Answer broken_body(std::size_t wire_bytes);
  // The answer to _mget for a body as the agent writes it: {"ids":["…","…"]}.
  std::string look_up(const std::string& index, std::string_view body);

  // From now on, in place of those before. What hangs goes on.
  void set_faults(const Faults& faults);

  Totals totals();
  std::string totals_json();
  // "INDEX ID\n" for each document. Only with keep_ids.
  std::string ids();
  // INDEX of the ids, with counts: {"count":N}.
  std::uint64_t count(const std::string& index);

 private:
  void wait(std::unique_lock<std::mutex>& lock, bool hangs);
  [[nodiscard]] bool refused_as_whole(Answer& answer);
  [[nodiscard]] int refused_with(std::string_view id) const;
  void take(const std::string& index, std::string_view action, std::string_view source,
            std::string& items);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t changes_ = 0;  // of the faults
  Faults faults_;
  bool keep_ids_;
  Totals totals_;
  std::map<std::string, std::unordered_map<std::string, bool>> documents_;
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace auditship::bench
