// BulkStore: what a cluster of OpenSearch keeps and answers, as far as an agent can tell: aliases,
// indices that guard their ids, `create` items with 201 and 409, look-ups.
//
// Both fake servers stand on it: FakeOpenSearch (in the process of a test, with simulated time and
// network) and bench_bulk_server (a process of its own, over TCP). Faults of single items come in by
// two functions; faults of whole requests are the servers' own. Answers are HTTP status and body.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace auditship::test {

struct StoreAnswer {
  int status = 200;
  std::string body;
};

// How an item is refused.
struct ItemRefusal {
  int status = 400;
  std::string type, reason;
};

struct StoredIndex {
  // By id. Empty texts where only ids are kept.
  std::map<std::string, std::string> documents;
  // In the order of creation.
  std::uint64_t number = 0;
  // Documents created.
  std::uint64_t created = 0;
  bool write_block = false, closed = false;
};

class BulkStore {
 public:
  // documents: texts are parsed and kept. ids: texts are looked at only at their ends, and ids are
  // kept. nothing: each item is new, and only counted.
  enum class Keep : std::uint8_t { documents, ids, nothing };
  using RefuseItem =
      std::function<std::optional<ItemRefusal>(std::string_view id, std::string_view document)>;

  explicit BulkStore(Keep keep = Keep::documents) : keep_(keep) {}

  void create_index(const std::string& name);
  void create_alias(const std::string& alias, const std::string& write_index);
  void delete_index(const std::string& name);
  // Must exist.
  StoredIndex& index(const std::string& name) { return indices_.at(name); }
  [[nodiscard]] bool has_alias(const std::string& alias) const { return aliases_.contains(alias); }
  [[nodiscard]] const std::map<std::string, StoredIndex>& indices() const { return indices_; }
  // How many indices hold id.
  [[nodiscard]] std::size_t copies(const std::string& id) const;
  // Over all indices.
  [[nodiscard]] std::size_t documents() const;

  // A bulk to a missing name creates an index.
  bool auto_create = false;
  // Asked for each item before its id is looked at (pressure), and when the id is new (content).
  RefuseItem refuse_under_pressure, refuse_content;

  // POST [/target]/_bulk, unpacked.
  [[nodiscard]] StoreAnswer bulk(const std::string& target, bool require_alias,
                                 std::string_view body);
  // GET /pattern*/_alias.
  [[nodiscard]] StoreAnswer aliases(std::string_view pattern) const;
  // POST /name/_mget of {"ids":["…","…"]}.
  [[nodiscard]] StoreAnswer look_up(const std::string& name, std::string_view body) const;

  struct Counts {
    std::uint64_t items = 0, created = 0, conflicts = 0, refused = 0, malformed = 0;
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

  // The same for an id each time: by it the same documents are refused, in whatever order they come.
  [[nodiscard]] static std::uint64_t hash_of(std::string_view id);
  [[nodiscard]] static std::string error_body(int status, std::string_view type,
                                              std::string_view reason);

 private:
  std::string create_item(const std::string& target, bool require_alias, const std::string& id,
                          std::string_view document);
  // The index that a target means now, or why there is none.
  std::pair<StoredIndex*, ItemRefusal> find_index(const std::string& target, bool require_alias);
  [[nodiscard]] bool is_document(std::string_view text) const;

  // Its indices, and the one that it writes to.
  struct Alias {
    std::set<std::string> indices;
    std::string write_index;
  };
  Keep keep_;
  std::map<std::string, StoredIndex> indices_;
  std::map<std::string, Alias> aliases_;
  std::uint64_t next_index_ = 1;
  Counts counts_;
};

}  // namespace auditship::test
