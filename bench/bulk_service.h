// BulkService: a BulkStore of the tests behind a lock, with faults on demand and totals.
//
// Counts always; keeps ids where it is told to. Thread-safe: each connection has a thread, and one that
// hangs keeps no other waiting.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/bulk_store.h"

namespace auditship::bench {

// How the server misbehaves. In words, as options and in POST /_faults: NAME=VALUE.
struct Faults {
  // whole=STATUS@N: each Nth bulk is refused as a whole.
  std::uint64_t whole_every = 0;
  int whole_status = 503;
  // item=STATUS@N: each Nth item is refused.
  std::uint64_t item_every = 0;
  int item_status = 429;
  // content=STATUS@N: one id in N is refused whenever it comes.
  std::uint64_t content_every = 0;
  int content_status = 400;
  // lose=N: each Nth bulk is applied and never answered.
  std::uint64_t lost_every = 0;
  // hang=N: each Nth bulk is applied when the faults change next, and never answered.
  std::uint64_t hang_every = 0;
  // delay=N: each bulk takes N ms.
  std::uint64_t delay_ms = 0;

  // False: there is no such fault.
  bool set(std::string_view name, const std::string& value);
};

struct Totals {
  std::uint64_t bulks = 0, refused_bulks = 0, lost_answers = 0, hanging = 0;
  std::uint64_t items = 0, created = 0, duplicate = 0, refused_items = 0;
  std::uint64_t wire_bytes = 0, body_bytes = 0, malformed = 0;
};

struct Answer {
  int status = 200;
  std::string body;
  // Close the connection instead.
  bool lost = false;
};

class BulkService {
 public:
  BulkService(Faults faults, bool keep_ids);

  // index: from the path; wire_bytes: before inflating; raw: the bulk lines.
  // Blocks where a fault says so.
  Answer bulk(const std::string& index, std::size_t wire_bytes, std::string_view raw);
  Answer broken_body(std::size_t wire_bytes);
  // The answer to _mget for a body as the agent writes it: {"ids":["…","…"]}.
  Answer look_up(const std::string& index, std::string_view body);
  // The answer to GET alias*/_alias. Every alias is there: it points at ALIAS-000001.
  Answer aliases(const std::string& alias);

  // From now on, in place of those before. What hangs goes on.
  void set_faults(const Faults& faults);

  Totals totals();
  std::string totals_json();
  // "INDEX ID\n" for each document. Only with keep_ids.
  std::string ids();
  // Documents created in an index.
  std::uint64_t count(const std::string& index);

 private:
  void wait(std::unique_lock<std::mutex>& lock, bool hangs);
  [[nodiscard]] bool refused_as_whole(Answer& answer);
  // How a fault refuses this item; nullopt: none does.
  [[nodiscard]] std::optional<test::ItemRefusal> refusal_of(std::string_view id) const;

  std::mutex mutex_;
  std::condition_variable changed_;
  // How often the faults changed.
  std::uint64_t changes_ = 0;
  Faults faults_;
  // Without what store_ counts.
  Totals totals_;
  test::BulkStore store_;
};

}  // namespace auditship::bench
