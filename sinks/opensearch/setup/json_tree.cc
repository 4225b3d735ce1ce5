#include "sinks/opensearch/setup/json_tree.h"

#include <algorithm>

#include <simdjson.h>

#include "agent/base/json_writer.h"
#include "agent/base/text.h"

namespace auditship::sinks::opensearch::setup {
namespace {

using simdjson::dom::element;

constexpr std::size_t kMaxDepth = 100;  // a mapping has about ten
constexpr std::size_t kMaxPrinted = 1024;

// Of an object or array as a whole; the members come behind it.
JsonTree shell_of(const element& from) {
  JsonTree tree;
  std::string_view text;
  if (from.is_array()) {
    tree.kind = JsonTree::Kind::array;
  } else if (from.get(text) == simdjson::SUCCESS) {
    tree = json_text(text);
  } else if (!from.is_object()) {
    tree.kind = JsonTree::Kind::scalar;
    tree.value = simdjson::minify(from);
  }
  return tree;
}

// False: nested too deeply.
bool build(const element& from, std::size_t depth, JsonTree& tree) {
  if (depth > kMaxDepth) {
    return false;
  }
  tree = shell_of(from);
  simdjson::dom::object object;
  if (from.get(object) == simdjson::SUCCESS) {
    for (const auto [key, value] : object) {
      tree.members.emplace_back(std::string(key), JsonTree());
      if (!build(value, depth + 1, tree.members.back().second)) {
        return false;
      }
    }
  }
  simdjson::dom::array array;
  if (from.get(array) == simdjson::SUCCESS) {
    for (const element value : array) {
      tree.items.emplace_back();
      if (!build(value, depth + 1, tree.items.back())) {
        return false;
      }
    }
  }
  return true;
}

void collect(const JsonTree& tree, const std::string& path, JsonLeaves& leaves) {
  switch (tree.kind) {
    case JsonTree::Kind::object:
      if (tree.members.empty()) {
        leaves[path] = "{}";
      }
      for (const auto& [key, value] : tree.members) {
        collect(value, path.empty() ? key : path + '.' + key, leaves);
      }
      break;
    case JsonTree::Kind::array:
      leaves[path + "[]"] = std::to_string(tree.items.size());
      for (std::size_t i = 0; i < tree.items.size(); ++i) {
        collect(tree.items[i], path + '[' + std::to_string(i) + ']', leaves);
      }
      break;
    case JsonTree::Kind::scalar:
    case JsonTree::Kind::text:
      leaves[path] = tree.value;
      break;
  }
}

bool is_count(const std::string& path) { return path.ends_with("[]"); }

}  // namespace

JsonTree::JsonTree() = default;
JsonTree::JsonTree(const JsonTree&) = default;
JsonTree::JsonTree(JsonTree&&) noexcept = default;
JsonTree& JsonTree::operator=(const JsonTree&) = default;
JsonTree& JsonTree::operator=(JsonTree&&) noexcept = default;
JsonTree::~JsonTree() = default;

const JsonTree* JsonTree::find(std::string_view key) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.first == key; });
  return found == members.end() ? nullptr : &found->second;
}

JsonTree* JsonTree::find(std::string_view key) {
  return const_cast<JsonTree*>(std::as_const(*this).find(key));  // NOLINT: *this is not const
}

const JsonTree* JsonTree::at(const std::vector<std::string_view>& path) const {
  const JsonTree* here = this;
  for (const std::string_view key : path) {
    here = here == nullptr ? nullptr : here->find(key);
  }
  return here;
}

void JsonTree::set(std::string_view key, JsonTree value_of_key) {
  if (JsonTree* there = find(key)) {
    *there = std::move(value_of_key);
  } else {
    members.emplace_back(std::string(key), std::move(value_of_key));
  }
}

JsonTree json_text(std::string_view value) {
  JsonTree tree;
  tree.kind = JsonTree::Kind::text;
  tree.value = value;
  return tree;
}

JsonTree json_texts(const std::vector<std::string>& values) {
  JsonTree tree;
  tree.kind = JsonTree::Kind::array;
  for (const std::string& value : values) {
    tree.items.push_back(json_text(value));
  }
  return tree;
}

Result<JsonTree> parse_json_tree(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) {
    return Error{Errc::corrupt, "not JSON"};
  }
  JsonTree tree;
  if (!build(root, 0, tree)) {
    return Error{Errc::corrupt, "JSON is nested too deeply"};
  }
  return tree;
}

void append_json(std::string& out, const JsonTree& tree) {
  const char* separator = "";
  switch (tree.kind) {
    case JsonTree::Kind::object:
      out += '{';
      for (const auto& [key, value] : tree.members) {
        out += separator;
        append_json_string(out, key);
        out += ':';
        append_json(out, value);
        separator = ",";
      }
      out += '}';
      break;
    case JsonTree::Kind::array:
      out += '[';
      for (const JsonTree& value : tree.items) {
        out += separator;
        append_json(out, value);
        separator = ",";
      }
      out += ']';
      break;
    case JsonTree::Kind::text:
      append_json_string(out, tree.value);
      break;
    case JsonTree::Kind::scalar:
      out += tree.value;
      break;
  }
}

JsonLeaves json_leaves(const JsonTree& tree) {
  JsonLeaves leaves;
  collect(tree, {}, leaves);
  return leaves;
}

std::vector<std::string> json_changes(const JsonTree& there, const JsonTree& wanted, bool exact) {
  const JsonLeaves before = json_leaves(there);
  const JsonLeaves after = json_leaves(wanted);
  std::vector<std::string> lines;
  for (const auto& [path, value] : after) {
    const auto old = before.find(path);
    if (old == before.end()) {
      // An empty list that the server leaves out is no change.
      if (!(is_count(path) && value == "0") && value != "{}") {
        lines.push_back("+ " + printable(path) + ": " + printable(value));
      }
    } else if (old->second != value) {
      lines.push_back("~ " + printable(path) + ": " + printable(old->second) + " -> " +
                      printable(value));
    }
  }
  for (const auto& [path, value] : before) {
    if (exact && !after.contains(path) && !(is_count(path) && value == "0") && value != "{}") {
      lines.push_back("- " + printable(path) + ": " + printable(value));
    }
  }
  return lines;
}

std::string printable(std::string_view text) {
  std::string out = terminal_text(text.substr(0, utf8_prefix(text, kMaxPrinted)));
  return text.size() > kMaxPrinted ? out + "..." : out;
}

}  // namespace auditship::sinks::opensearch::setup
