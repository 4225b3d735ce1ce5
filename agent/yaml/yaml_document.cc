#include "agent/yaml/yaml_document.h"

#include <algorithm>
#include <map>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "agent/base/encoding/json_writer.h"

namespace auditship::yaml {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 100'000;

Error error_at(const std::string& file, int line, int column, std::string_view message) {
  return Error{Errc::invalid, at_position(file, line, column, message)};
}

std::size_t count_nodes(const YamlNode& node) {  // depth is bounded by the builder
  std::size_t count = 1;
  for (const YamlNode& item : node.items) {
    count += count_nodes(item);
  }
  for (const YamlNode::Member& member : node.members) {
    count += 1 + count_nodes(member.value);
  }
  return count;
}

std::size_t depth_of(const YamlNode& node) {
  std::size_t depth = 0;
  for (const YamlNode& item : node.items) {
    depth = std::max(depth, depth_of(item));
  }
  for (const YamlNode::Member& member : node.members) {
    depth = std::max(depth, depth_of(member.value));
  }
  return depth + 1;
}

bool is_null_text(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// Builds a tree from yaml-cpp's events. After the first problem it ignores all further events.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(const std::string& file) : file_(file) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(mark, YamlNode::Kind::null), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      fail(mark.line, mark.column, "the alias refers to something that contains it");
      return;
    }
    nodes_ += count_nodes(found->second);
    if (nodes_ > kMaxNodes || open_.size() + depth_of(found->second) > kMaxDepth) {
      fail(mark.line, mark.column, "aliases make the document too large or too deep");
      return;
    }
    add(YamlNode(found->second), YAML::NullAnchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = make(mark, YamlNode::Kind::scalar);
    node.text = value;
    node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    last_quoted_ = tag == "!" ? mark : YAML::Mark::null_mark();
    if (!node.quoted && tag != "?" && !tag.empty()) {
      fail(mark.line, mark.column, "the tag " + tag.substr(0, 80) + " is not supported");
      return;
    }
    if (!node.quoted && is_null_text(value)) {
      node.kind = YamlNode::Kind::null;
    }
    add(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(make(mark, YamlNode::Kind::list), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(make(mark, YamlNode::Kind::map), anchor);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] const Error& error() const { return error_; }
  // Where the last scalar begins if it is in quotes, else a null mark.
  [[nodiscard]] const YAML::Mark& last_quoted() const { return last_quoted_; }
  [[nodiscard]] YamlNode take_root() { return std::move(root_); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = YAML::NullAnchor;
    bool has_key = false;
    YamlNode::Member member;
    std::map<std::string, int> keys;  // key to the line where it stands
  };

  static YamlNode make(const YAML::Mark& mark, YamlNode::Kind kind) {
    YamlNode node;
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  void fail(int line_from_0, int column_from_0, std::string_view message) {
    if (!failed_) {
      failed_ = true;
      error_ = error_at(file_, line_from_0 + 1, column_from_0 + 1, message);
    }
  }

  void open(YamlNode node, YAML::anchor_t anchor) {
    if (failed_) {
      return;
    }
    if (open_.size() >= kMaxDepth) {
      fail(node.line - 1, node.column - 1, "nested deeper than 32 levels");
      return;
    }
    if (!open_.empty() && open_.back().node.kind == YamlNode::Kind::map && !open_.back().has_key) {
      fail(node.line - 1, node.column - 1, "expected a key that is text");
      return;
    }
    Open& opened = open_.emplace_back();
    opened.node = std::move(node);
    opened.anchor = anchor;
  }

  void close() {
    if (failed_) {
      return;
    }
    Open closed = std::move(open_.back());
    open_.pop_back();
    add(std::move(closed.node), closed.anchor);
  }

  void add(YamlNode node, YAML::anchor_t anchor) {
    if (failed_) {
      return;
    }
    if (++nodes_ > kMaxNodes) {
      fail(node.line - 1, node.column - 1, "more than 100000 values");
      return;
    }
    if (anchor != YAML::NullAnchor) {
      nodes_ += count_nodes(node);
      anchors_[anchor] = node;
    }
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      begin_member(parent, node);
    } else {
      parent.member.value = std::move(node);
      parent.node.members.push_back(std::move(parent.member));
      parent.member = YamlNode::Member{};
      parent.has_key = false;
    }
  }

  void begin_member(Open& parent, const YamlNode& key) {
    if (key.kind != YamlNode::Kind::scalar) {
      fail(key.line - 1, key.column - 1, "expected a key that is text");
      return;
    }
    if (key.text == "<<" && !key.quoted) {
      fail(key.line - 1, key.column - 1, "merge keys (<<) are not supported: write the keys out");
      return;
    }
    const auto [earlier, fresh] = parent.keys.emplace(key.text, key.line);
    if (!fresh) {
      fail(key.line - 1, key.column - 1,
           "the key \"" + key.text.substr(0, 80) + "\" is given twice; first in line " +
               std::to_string(earlier->second));
      return;
    }
    parent.member.key = key.text;
    parent.member.line = key.line;
    parent.member.column = key.column;
    parent.has_key = true;
  }

  const std::string& file_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  YamlNode root_;
  YAML::Mark last_quoted_ = YAML::Mark::null_mark();
  std::size_t nodes_ = 0;
  bool failed_ = false;
  Error error_;
};

// yaml-cpp takes the end of the text for the end of a quoted scalar, so a forgotten quote would
// swallow all keys behind it. True when the quote at this place is closed; also when no quote
// stands there.
bool is_closed(std::string_view text, const YAML::Mark& mark) {
  for (int line = 0; line < mark.line; ++line) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  text.remove_prefix(std::min(text.size(), static_cast<std::size_t>(mark.column)));
  const char quote = text.empty() ? ' ' : text.front();
  if (quote != '"' && quote != '\'') {
    return true;
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 == text.size() || text[i + 1] != quote) {
        return true;
      }
      ++i;
    }
  }
  return false;
}

// What can be refused before the YAML parser sees a byte.
Status check_bytes(const std::string& file, std::string_view text) {
  if (text.size() > kMaxBytes) {
    return Error{Errc::invalid, file + ": larger than 1 MiB"};
  }
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool json = first != std::string_view::npos && text[first] == '{';
  int line = 1;
  std::size_t line_begin = 0;
  bool indentation = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const int column = static_cast<int>(i - line_begin) + 1;
    if (byte == '\n') {
      ++line;
      line_begin = i + 1;
      indentation = true;
    } else if (byte == '\t' && indentation && !json) {
      return error_at(file, line, column, "a tab in the indentation; YAML wants blanks");
    } else if ((byte < 0x20 && byte != '\t' && byte != '\r') || byte == 0x7f) {
      return error_at(file, line, column,
                      byte == 0 ? "a NUL byte: not a text file" : "a control character");
    } else if (byte != ' ') {
      indentation = false;
    }
  }
  if (!is_valid_utf8(text)) {
    return Error{Errc::invalid, file + ": not UTF-8 text"};
  }
  return {};
}

}  // namespace

std::string at_position(const std::string& file, int line, int column, std::string_view message) {
  std::string out = file;
  out += ':';
  out += std::to_string(line);
  out += ':';
  out += std::to_string(column);
  out += ": ";
  out += message;
  return out;
}

Result<YamlDocument> parse_yaml(const std::string& file, std::string_view text) {
  if (auto checked = check_bytes(file, text); !checked) {
    return checked.error();
  }
  YamlDocument document;
  document.root.line = document.root.column = 1;
  Builder builder(file);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder) && !builder.failed()) {
      document.root = builder.take_root();
      document.more_documents = static_cast<bool>(parser);
    }
  } catch (const YAML::Exception& e) {
    if (!builder.failed()) {
      return e.mark.is_null() ? Error{Errc::invalid, file + ": " + e.msg}
                              : error_at(file, e.mark.line + 1, e.mark.column + 1, e.msg);
    }
  } catch (const std::exception& e) {
    return Error{Errc::invalid, file + ": " + e.what()};
  }
  if (builder.failed()) {
    return builder.error();
  }
  if (const YAML::Mark& mark = builder.last_quoted(); !mark.is_null() && !is_closed(text, mark)) {
    return error_at(file, mark.line + 1, mark.column + 1, "the quote is not closed");
  }
  if (document.more_documents && text.find("\n---") == std::string_view::npos) {
    return Error{
        Errc::invalid,
        file +
            ": something follows the end of the document; is a line indented less than its list?"};
  }
  return document;
}

}  // namespace auditship::yaml
