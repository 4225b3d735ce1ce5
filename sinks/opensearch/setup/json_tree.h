// JsonTree: JSON as plain values, for what `auditship setup` reads from files, changes, sends and
// compares with what a server has.
//
// Scalars are kept as text: OpenSearch gives `"1"` where `1` was put, so both compare equal.
// Stateless functions; thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/result.h"

namespace auditship::sinks::opensearch::setup {

struct JsonTree {
  enum class Kind { scalar, text, array, object };  // scalar: number, true, false, null

  // Behind the class, where it is complete: its members hold it.
  JsonTree();
  JsonTree(const JsonTree&);
  JsonTree(JsonTree&&) noexcept;
  JsonTree& operator=(const JsonTree&);
  JsonTree& operator=(JsonTree&&) noexcept;
  ~JsonTree();

  Kind kind = Kind::object;
  std::string value;                                      // of scalar and text
  std::vector<JsonTree> items;                            // of array
  std::vector<std::pair<std::string, JsonTree>> members;  // of object, in their order

  // nullptr when it is no object or has no such member.
  [[nodiscard]] const JsonTree* find(std::string_view key) const;
  [[nodiscard]] JsonTree* find(std::string_view key);
  // Down a path of members.
  [[nodiscard]] const JsonTree* at(const std::vector<std::string_view>& path) const;
  [[nodiscard]] bool is(Kind wanted) const { return kind == wanted; }
  void set(std::string_view key, JsonTree value_of_key);
};

[[nodiscard]] JsonTree json_text(std::string_view value);
[[nodiscard]] JsonTree json_texts(const std::vector<std::string>& values);

// Errors: corrupt, also for nesting deeper than 100.
[[nodiscard]] Result<JsonTree> parse_json_tree(std::string_view json);
void append_json(std::string& out, const JsonTree& tree);

// Every scalar by its path, members joined by dots: {"a":{"b":[1]}} and {"a.b":[1]} are both
// "a.b[0]" = "1" and "a.b[]" = "1", the number of items.
using JsonLeaves = std::map<std::string, std::string>;
[[nodiscard]] JsonLeaves json_leaves(const JsonTree& tree);

// What would change for `there` to become `wanted`, one line each. Members that only `there` has
// are named when exact; else they are defaults that the server added.
[[nodiscard]] std::vector<std::string> json_changes(const JsonTree& there, const JsonTree& wanted,
                                                    bool exact);

// Text of a server for a terminal, at most 1 KiB.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace auditship::sinks::opensearch::setup
