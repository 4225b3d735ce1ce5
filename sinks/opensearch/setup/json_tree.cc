#include "sinks/opensearch/setup/json_tree.h"

#include "agent/base/encoding/json_writer.h"
#include "agent/base/encoding/terminal_text.h"

namespace auditship::sinks::opensearch::setup {
namespace {

constexpr std::size_t kMaxPrinted = 1024;

// Whether brackets that are not within a string are nested deeper than kMaxJsonDepth. Asked before
// parsing and not by the library's callback: with one, the library searches all siblings at each
// end of an object, so that many small objects would take quadratic time. Up to the first error of
// text that is no JSON, this and the library agree on what is within a string.
bool is_nested_too_deeply(std::string_view text) {
  std::size_t depth = 0;
  bool within_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (within_string) {
      i += c == '\\' ? 1 : 0;
      within_string = c != '"';
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxJsonDepth) {
        return true;
      }
    } else if (c == ']' || c == '}') {
      depth -= depth > 0 ? 1 : 0;
    } else {
      within_string = c == '"';
    }
  }
  return false;
}

template <class Tree>
Result<Tree> parse(std::string_view text) {
  if (is_nested_too_deeply(text)) {
    return Error{Errc::corrupt, "JSON is nested too deeply"};
  }
  Tree tree = Tree::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (tree.is_discarded()) {
    return Error{Errc::corrupt, "not JSON"};
  }
  return tree;
}

template <class Tree>
std::string dump(const Tree& tree) {
  return tree.dump(-1, ' ', false, Tree::error_handler_t::replace);
}

template <class Tree>
std::string scalar_text(const Tree& value) {
  if (value.is_structured()) {
    return {};
  }
  const auto* text = value.template get_ptr<const std::string*>();
  return text != nullptr ? *text : dump(value);
}

void collect(const Json& tree, const std::string& path, JsonLeaves& leaves) {
  if (tree.is_object()) {
    if (tree.empty()) {
      leaves[path] = "{}";
    }
    for (const auto& [key, value] : members_of(&tree)) {
      collect(value, path.empty() ? key : path + '.' + key, leaves);
    }
  } else if (tree.is_array()) {
    leaves[path + "[]"] = std::to_string(tree.size());
    for (std::size_t i = 0; i < tree.size(); ++i) {
      collect(items_of(&tree)[i], path + '[' + std::to_string(i) + ']', leaves);
    }
  } else {
    leaves[path] = text_of(tree);
  }
}

// An empty list or object is as good as none: the server leaves it out.
bool is_empty_value(const std::string& path, const std::string& value) {
  return (path.ends_with("[]") && value == "0") || value == "{}";
}

}  // namespace

Result<Json> parse_json(std::string_view text) { return parse<Json>(text); }
Result<OrderedJson> parse_ordered_json(std::string_view text) { return parse<OrderedJson>(text); }

std::string dump_json(const Json& tree) { return dump(tree); }
std::string dump_json(const OrderedJson& tree) { return dump(tree); }

std::string text_of(const Json& value) { return scalar_text(value); }
std::string text_of(const OrderedJson& value) { return scalar_text(value); }

void set_member(OrderedJson& object, std::string_view key, OrderedJson value) {
  if (object.is_object()) {
    object[std::string(key)] = std::move(value);
  }
}

void remove_member(OrderedJson& object, std::string_view key) {
  if (object.is_object()) {
    object.erase(std::string(key));
  }
}

JsonLeaves json_leaves(const Json& tree) {
  JsonLeaves leaves;
  collect(tree, {}, leaves);
  return leaves;
}

std::vector<std::string> json_changes(const Json& there, const Json& wanted, ExtraMembers extra) {
  const JsonLeaves before = json_leaves(there);
  const JsonLeaves after = json_leaves(wanted);
  std::vector<std::string> lines;
  for (const auto& [path, value] : after) {
    const auto old = before.find(path);
    if (old == before.end()) {
      if (!is_empty_value(path, value)) {
        lines.push_back("+ " + printable(path) + ": " + printable(value));
      }
    } else if (old->second != value) {
      lines.push_back("~ " + printable(path) + ": " + printable(old->second) + " -> " +
                      printable(value));
    }
  }
  for (const auto& [path, value] : before) {
    if (extra == ExtraMembers::differ && !after.contains(path) && !is_empty_value(path, value)) {
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
