// JSON as trees of values, for what `auditship setup` reads from files, changes, sends and compares
// with what a server has. The library is nlohmann-json; only this header includes it.
//
//   const auto answer = parse_json(body);               // of a server: hostile
//   const Json* list = answer ? find_member(*answer, "index_templates") : nullptr;
//   for (const Json& one : items_of(list)) …            // none when it is absent or no array
//
// Two types: Json sorts its members, so that finding one stays cheap however many a server sends;
// OrderedJson keeps the order of our files, which is what an operator sees and what is sent. An
// OrderedJson converts to a Json.
//
// Nothing here throws for any text or shape of values, also where text is not UTF-8. Use these
// functions instead of operator[], at(), value() and get() of the library, which throw when a value
// has another type than expected. Stateless functions; thread-safe.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "agent/base/result.h"

namespace auditship::sinks::opensearch::setup {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

// A mapping has about ten levels. The bound keeps what walks a tree by recursion off the end of the
// stack.
inline constexpr std::size_t kMaxJsonDepth = 100;

// Errors: corrupt, also for nesting deeper than kMaxJsonDepth. Of members with one name the last
// counts.
[[nodiscard]] Result<Json> parse_json(std::string_view text);
// For our own files: its cost grows with the square of the members of one object.
[[nodiscard]] Result<OrderedJson> parse_ordered_json(std::string_view text);

// Without white space. Bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string dump_json(const Json& tree);
[[nodiscard]] std::string dump_json(const OrderedJson& tree);

// A string as it is, a number, true, false and null as JSON; "" for arrays and objects.
[[nodiscard]] std::string text_of(const Json& value);
[[nodiscard]] std::string text_of(const OrderedJson& value);

// nullptr when it is no object or has no such member.
template <class Tree>
[[nodiscard]] Tree* find_member(Tree& object, std::string_view key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

// Down a path of members.
template <class Tree>
[[nodiscard]] const Tree* find_path(const Tree& object,
                                    std::initializer_list<std::string_view> path) {
  const Tree* here = &object;
  for (const std::string_view key : path) {
    here = here == nullptr ? nullptr : find_member(*here, key);
  }
  return here;
}

// What an array holds; nothing for nullptr and all that is no array.
template <class Tree>
[[nodiscard]] const typename Tree::array_t& items_of(const Tree* array) {
  static const typename Tree::array_t kNone;
  const auto* items =
      array == nullptr ? nullptr : array->template get_ptr<const typename Tree::array_t*>();
  return items == nullptr ? kNone : *items;
}

// The (name, value) pairs of an object; nothing for nullptr and all that is no object.
template <class Tree>
[[nodiscard]] const typename Tree::object_t& members_of(const Tree* object) {
  static const typename Tree::object_t kNone;
  const auto* members =
      object == nullptr ? nullptr : object->template get_ptr<const typename Tree::object_t*>();
  return members == nullptr ? kNone : *members;
}

// Does nothing when it is no object.
void set_member(OrderedJson& object, std::string_view key, OrderedJson value);
void remove_member(OrderedJson& object, std::string_view key);

// Every scalar as text by its path, members joined by dots: {"a":{"b":[1]}} and {"a.b":["1"]} are
// both "a.b[0]" = "1" and "a.b[]" = "1", the number of items. OpenSearch gives "1" where 1 was put.
using JsonLeaves = std::map<std::string, std::string>;
[[nodiscard]] JsonLeaves json_leaves(const Json& tree);

// Whether members that only the server has are differences, or defaults that it added.
enum class ExtraMembers { differ, are_defaults };

// What would change for `there` to become `wanted`, one line each.
[[nodiscard]] std::vector<std::string> json_changes(const Json& there, const Json& wanted,
                                                    ExtraMembers extra);

// Text of a server for a terminal, at most 1 KiB.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace auditship::sinks::opensearch::setup
