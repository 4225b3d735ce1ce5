#include "parsers/json/json_scan.h"

#include <algorithm>
#include <array>

namespace auditship::parsers::json {
namespace {

// Which brackets are open: one bit a level.
class Levels {
 public:
  // False when there are too many.
  bool push(bool object) {
    if (depth_ == JsonScan::kMaxDepth) {
      return false;
    }
    std::uint64_t& word = words_[depth_ / 64];
    const std::uint64_t below = (std::uint64_t{1} << (depth_ % 64)) - 1;
    word = (depth_ % 64 == 0 ? 0 : word & below) |
           (static_cast<std::uint64_t>(object) << (depth_ % 64));
    ++depth_;
    return true;
  }
  // Closes the innermost. True when that was the last one.
  bool pop() { return --depth_ == 0; }
  // Is the innermost an object?
  [[nodiscard]] bool object() const {
    return ((words_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64)) & 1U) != 0;
  }

 private:
  std::size_t depth_ = 0;
  // Set as far as depth_ only.
  std::array<std::uint64_t, JsonScan::kMaxDepth / 64> words_;
};

// Steps over a string or a key. longest: of all of them.
inline bool step_string(JsonCursor& cursor, std::size_t& longest) {
  const char* const start = cursor.at;
  bool escaped = false;
  if (!cursor.string(escaped)) {
    return false;
  }
  longest = std::max(longest, static_cast<std::size_t>(cursor.at - start) - 2);
  return true;
}

inline bool step_key(JsonCursor& cursor, std::size_t& longest) {
  if (!cursor.to_token() || *cursor.at != '"' || !step_string(cursor, longest) ||
      !cursor.to_token() || *cursor.at != ':') {
    return false;
  }
  ++cursor.at;
  return true;
}

inline bool step_scalar(JsonCursor& cursor, std::size_t& longest) {
  switch (*cursor.at) {
    case '"':
      return step_string(cursor, longest);
    case 't':
      return cursor.word("true");
    case 'f':
      return cursor.word("false");
    case 'n':
      return cursor.word("null");
    default:
      return cursor.number();
  }
}

inline bool at_container(const JsonCursor& cursor) {
  return *cursor.at == '{' || *cursor.at == '[';
}

inline bool closes(char c, bool object) { return c == (object ? '}' : ']'); }

// Steps over the bracket that opens here, to what stands behind it.
inline bool step_in(JsonCursor& cursor, Levels& levels, bool& object) {
  object = *cursor.at++ == '{';
  return levels.push(object) && cursor.to_token();
}

// To the value of the next element, or over the key to that of the next member.
inline bool step_to_value(JsonCursor& cursor, bool object, std::size_t& longest) {
  return (!object || step_key(cursor, longest)) && cursor.to_token();
}

// Behind a value: steps over the brackets that close here. True when the outermost is among them.
inline bool step_out(JsonCursor& cursor, Levels& levels, bool& object) {
  while (cursor.to_token() && closes(*cursor.at, object)) {
    ++cursor.at;
    if (levels.pop()) {
      return true;
    }
    object = levels.object();
  }
  return false;
}

// Steps over the object or array that begins here.
bool step_container(JsonCursor& given, std::size_t& longest) {
  // A local cursor can live in registers.
  JsonCursor cursor = given;
  Levels levels;
  bool object = false;
  for (;;) {
    if (at_container(cursor)) {
      if (!step_in(cursor, levels, object)) {
        return false;
      }
      if (!closes(*cursor.at, object)) {
        if (!step_to_value(cursor, object, longest)) {
          return false;
        }
        continue;
      }
    } else if (!step_scalar(cursor, longest)) {
      return false;
    }
    if (step_out(cursor, levels, object)) {
      given = cursor;
      return true;
    }
    if (cursor.at == cursor.end || *cursor.at++ != ',' || !step_to_value(cursor, object, longest)) {
      return false;
    }
  }
}

}  // namespace

// In line: each key and most values are one.
inline bool JsonScan::string(JsonValue& out) {
  const char* const start = cursor_.at;
  if (!cursor_.string(out.escaped)) {
    return fail();
  }
  out.kind = JsonKind::string;
  out.raw = {start, static_cast<std::size_t>(cursor_.at - start)};
  out.longest = static_cast<std::uint32_t>(out.raw.size() - 2);
  return true;
}

bool JsonScan::open(char bracket) {
  if (failed_ || peek() != bracket) {
    return false;
  }
  ++cursor_.at;
  fresh_ = true;
  return true;
}

bool JsonScan::close_or_comma(char bracket, bool& closed) {
  if (failed_ || !cursor_.to_token()) {
    return fail();
  }
  closed = *cursor_.at == bracket;
  if (closed) {
    ++cursor_.at;
  } else if (!fresh_) {
    if (*cursor_.at != ',') {
      return fail();
    }
    ++cursor_.at;
  }
  fresh_ = false;
  return true;
}

bool JsonScan::next_key(JsonValue& key) {
  bool closed = false;
  if (!close_or_comma('}', closed) || closed) {
    return false;
  }
  if (!cursor_.to_token() || *cursor_.at != '"' || !string(key) || !cursor_.to_token() ||
      *cursor_.at != ':') {
    return fail();
  }
  ++cursor_.at;
  return true;
}

bool JsonScan::next_element() {
  bool closed = false;
  return close_or_comma(']', closed) && !closed;
}

bool JsonScan::scalar(JsonValue& out) {
  const char* const start = cursor_.at;
  bool good = false;
  switch (*start) {
    case 't':
      out.kind = JsonKind::boolean;
      good = cursor_.word("true");
      break;
    case 'f':
      out.kind = JsonKind::boolean;
      good = cursor_.word("false");
      break;
    case 'n':
      out.kind = JsonKind::null;
      good = cursor_.word("null");
      break;
    default:
      out.kind = JsonKind::number;
      good = cursor_.number();
  }
  out.raw = {start, static_cast<std::size_t>(cursor_.at - start)};
  out.escaped = false;
  out.longest = 0;
  return good || fail();
}

bool JsonScan::value(JsonValue& out) {
  fresh_ = false;
  if (failed_ || !cursor_.to_token()) {
    return fail();
  }
  switch (*cursor_.at) {
    case '"':
      return string(out);
    case '{':
    case '[':
      return container(out);
    default:
      return scalar(out);
  }
}

bool JsonScan::container(JsonValue& out) {
  const char* const start = cursor_.at;
  std::size_t longest = 0;
  if (!step_container(cursor_, longest)) {
    return fail();
  }
  out.kind = *start == '{' ? JsonKind::object : JsonKind::array;
  out.raw = {start, static_cast<std::size_t>(cursor_.at - start)};
  out.escaped = false;
  out.longest = static_cast<std::uint32_t>(longest);
  return true;
}

}  // namespace auditship::parsers::json
