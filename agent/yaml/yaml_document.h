// YamlNode: a parsed YAML or JSON document as plain values that know their line and column.
//
// parse_yaml refuses what could harm or mislead: more than 1 MiB, NUL and other control bytes, text
// that is not UTF-8, tabs as indentation, nesting deeper than 32, more than 100,000 values once
// aliases are followed, duplicate keys, keys that are not text. Stateless; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"

namespace auditship::yaml {

struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  struct Member;

  Kind kind = Kind::null;
  bool quoted = false;          // a scalar in quotes, or tagged !!str: text whatever it looks like
  int line = 0, column = 0;     // from 1
  std::string text;             // scalar
  std::vector<YamlNode> items;  // list
  std::vector<Member> members;  // map, in the order of the file
};

struct YamlNode::Member {
  std::string key;
  int line = 0, column = 0;
  YamlNode value;
};

struct YamlDocument {
  YamlNode root;
  bool more_documents = false;  // another document follows in the text; it was not read
};

// Errors: invalid, as "file:line:column: message".
[[nodiscard]] Result<YamlDocument> parse_yaml(const std::string& file, std::string_view text);

// "file:line:column: message".
[[nodiscard]] std::string at_position(const std::string& file, int line, int column,
                                      std::string_view message);

}  // namespace auditship::yaml
