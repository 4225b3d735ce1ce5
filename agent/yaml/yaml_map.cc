#include "agent/yaml/yaml_map.h"

#include <algorithm>

#include "agent/yaml/scalar_parsers.h"
#include "agent/yaml/schema.h"

namespace auditship::yaml {
namespace {

constexpr std::size_t kMaxProblems = 20;

}  // namespace

void YamlProblems::add(int line, int column, std::string_view message) {
  std::string text = at_position(file_, line, column, message);
  if (std::find(lines_.begin(), lines_.end(), text) != lines_.end()) {
    return;
  }
  if (lines_.size() >= kMaxProblems) {
    ++dropped_;
    return;
  }
  lines_.push_back(std::move(text));
}

Error YamlProblems::error() const {
  std::string message;
  for (const std::string& line : lines_) {
    message += message.empty() ? line : "\n" + line;
  }
  if (dropped_ > 0) {
    message += "\n" + file_ + ": " + std::to_string(dropped_) + " more problems";
  }
  return Error{Errc::invalid, message};
}

std::optional<std::string> as_scalar(YamlProblems& problems, const YamlNode& node,
                                     std::string_view what, std::string_view expected) {
  if (node.kind != YamlNode::Kind::scalar) {
    problems.add(node, std::string(what) + ": expected " + std::string(expected) + ", found " +
                           describe(node));
    return std::nullopt;
  }
  if (!problems.expand) {
    return node.text;
  }
  auto expanded = problems.expand(node.text);
  if (!expanded) {
    problems.add(node, std::string(what) + ": " + expanded.error().message);
    return std::nullopt;
  }
  return std::move(*expanded);
}

std::optional<std::string> as_text(YamlProblems& problems, const YamlNode& node,
                                   std::string_view what) {
  if (node.kind == YamlNode::Kind::scalar && !node.quoted &&
      plain_type(node.text) != PlainType::text) {
    problems.add(node, std::string(what) + ": expected text, found " + describe(node) +
                           "; put it in quotes if it is meant as text");
    return std::nullopt;
  }
  return as_scalar(problems, node, what, "text");
}

std::optional<bool> as_boolean(YamlProblems& problems, const YamlNode& node,
                               std::string_view what) {
  if (node.kind == YamlNode::Kind::scalar) {
    const auto text = as_scalar(problems, node, what, "true or false");
    if (!text) {
      return std::nullopt;
    }
    const bool written_as_text = node.quoted && *text == node.text;  // not a "${VARIABLE}"
    if (!written_as_text && (*text == "true" || *text == "false")) {
      return *text == "true";
    }
  }
  problems.add(node, std::string(what) + ": expected true or false, found " +
                         (node.quoted ? "the text " : "") + describe(node));
  return std::nullopt;
}

YamlMap::YamlMap(YamlProblems& problems, const YamlNode& node, std::string path)
    : problems_(problems), node_(node), path_(std::move(path)) {
  if (node.kind != YamlNode::Kind::map && node.kind != YamlNode::Kind::null) {
    problems_.add(node, (path_.empty() ? "" : path_ + ": ") +
                            std::string("expected a mapping of keys to values, found ") +
                            describe(node));
  }
}

const std::vector<YamlNode::Member>& YamlMap::members() const { return node_.members; }

std::string YamlMap::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const YamlNode* YamlMap::get(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
    known_.push_back(key);
  }
  for (const YamlNode::Member& member : node_.members) {
    if (member.key == key) {
      return member.value.kind == YamlNode::Kind::null ? nullptr : &member.value;
    }
  }
  return nullptr;
}

void YamlMap::add_problem(std::string_view key, std::string_view message) {
  for (const YamlNode::Member& member : node_.members) {
    if (member.key == key) {
      const bool placed = member.value.line > 0 && member.value.kind != YamlNode::Kind::null;
      problems_.add(placed ? member.value.line : member.line,
                    placed ? member.value.column : member.column,
                    path_of(key) + ": " + std::string(message));
      return;
    }
  }
  problems_.add(node_, path_of(key) + ": " + std::string(message));
}

bool YamlMap::text(std::string_view key, std::string& into) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return false;
  }
  auto value = as_text(problems_, *node, path_of(key));
  if (value) {
    into = std::move(*value);
  }
  return value.has_value();
}

bool YamlMap::boolean(std::string_view key, bool& into) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return false;
  }
  const auto value = as_boolean(problems_, *node, path_of(key));
  if (value) {
    into = *value;
  }
  return value.has_value();
}

bool YamlMap::number(std::string_view key, std::uint64_t least, std::uint64_t most,
                     std::uint64_t& into) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return false;
  }
  const std::string expected =
      "a number from " + std::to_string(least) + " to " + std::to_string(most);
  const auto text = as_scalar(problems_, *node, path_of(key), expected);
  if (!text) {
    return false;
  }
  std::string_view rest = *text;
  const auto value = take_number(rest);
  if (!value || !rest.empty() || *value < least || *value > most ||
      (node->quoted && *text == node->text)) {
    add_problem(key, "expected " + expected + ", found " + describe(*node));
    return false;
  }
  into = *value;
  return true;
}

bool YamlMap::size(std::string_view key, std::uint64_t least, std::uint64_t most,
                   std::uint64_t& into) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return false;
  }
  const auto text = as_scalar(problems_, *node, path_of(key), "a size, as 500MB or 2GiB");
  if (!text) {
    return false;
  }
  const auto value = parse_size(*text);
  if (!value) {
    add_problem(key, value.error().message);
    return false;
  }
  if (*value < least || *value > most) {
    add_problem(key, "expected a size from " + size_text(least) + " to " + size_text(most) +
                         ", found " + *text);
    return false;
  }
  into = *value;
  return true;
}

bool YamlMap::duration(std::string_view key, std::chrono::milliseconds least,
                       std::chrono::milliseconds most, std::chrono::milliseconds& into) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return false;
  }
  const auto text = as_scalar(problems_, *node, path_of(key), "a duration, as 30s or 7d");
  if (!text) {
    return false;
  }
  const auto value = parse_duration(*text);
  if (!value) {
    add_problem(key, value.error().message);
    return false;
  }
  if (*value < least || *value > most) {
    add_problem(key, "expected a duration from " + std::to_string(least.count()) + "ms to " +
                         std::to_string(most.count()) + "ms, found " + *text);
    return false;
  }
  into = *value;
  return true;
}

bool YamlMap::texts(std::string_view key, std::vector<std::string>& into) {
  if (get(key) == nullptr) {
    return false;
  }
  into.clear();
  for_each_item(key, [&](const YamlNode& item) {
    if (auto text = as_text(problems_, item, path_of(key))) {
      into.push_back(std::move(*text));
    }
  });
  return true;
}

std::optional<std::size_t> YamlMap::one_of(std::string_view key,
                                           const std::vector<std::string_view>& choices) {
  std::string found;
  if (!text(key, found)) {
    return std::nullopt;
  }
  const auto at = std::find(choices.begin(), choices.end(), found);
  if (at != choices.end()) {
    return static_cast<std::size_t>(at - choices.begin());
  }
  std::string message = "expected ";
  for (std::size_t i = 0; i < choices.size(); ++i) {
    message += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + std::string(choices[i]);
  }
  add_problem(key, message + ", found \"" + shown(found) + "\"");
  return std::nullopt;
}

void YamlMap::for_each_item(std::string_view key,
                            const std::function<void(const YamlNode&)>& read) {
  const YamlNode* node = get(key);
  if (node == nullptr) {
    return;
  }
  if (node->kind != YamlNode::Kind::list) {
    problems_.add(*node, path_of(key) + ": expected a list, found " + describe(*node));
    return;
  }
  for (const YamlNode& item : node->items) {
    read(item);
  }
}

void YamlMap::done(const Explain& explain) {
  for (const YamlNode::Member& member : node_.members) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) {
      continue;
    }
    std::string message =
        "unknown key \"" + shown(member.key) + "\"" + (path_.empty() ? "" : " in " + path_);
    if (const std::string words = explain ? explain(member.key) : std::string(); !words.empty()) {
      message += "; " + words;
    } else if (const std::string_view near = nearest_name(member.key, known_); !near.empty()) {
      message += "; did you mean \"" + std::string(near) + "\"?";
    } else {
      message += "; expected one of:";
      for (const std::string_view name : known_) {
        message += " " + std::string(name);
      }
    }
    problems_.add(member.line, member.column, message);
  }
}

}  // namespace auditship::yaml
