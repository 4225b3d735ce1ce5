// JsonScan walks JSON text strictly, in one pass, and hands out slices of it: no tree, no copies,
// no recursion. Whatever it skips it has validated, so every slice may be copied into a document.
//
//   JsonScan scan(text);
//   JsonValue key, value;
//   if (scan.open_object()) {
//     while (scan.next_key(key)) { scan.value(value); … }
//   }
//   if (scan.failed()) …
//
// Checks structure, escapes, numbers and control characters; not UTF-8 (see is_valid_utf8) and not
// duplicate keys. Nesting is bounded by kMaxDepth. Views are borrowed from the text. Not
// thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "parsers/json/json_cursor.h"

namespace auditship::parsers::json {

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

struct JsonValue {
  // As in the text; a string has its quotes. Empty: the value is absent.
  std::string_view raw;
  JsonKind kind = JsonKind::null;
  // Whether it is a string with a backslash in it.
  bool escaped = false;
  // Bytes of the longest string or key in it, as written.
  std::uint32_t longest = 0;

  [[nodiscard]] bool present() const { return !raw.empty(); }
  [[nodiscard]] bool is_string() const { return kind == JsonKind::string && present(); }
  // What is between the quotes of a string, still escaped.
  [[nodiscard]] std::string_view inner() const { return {raw.data() + 1, raw.size() - 2}; }
};

class JsonScan {
 public:
  static constexpr std::size_t kMaxDepth = 16384;

  explicit JsonScan(std::string_view text) : begin_(text.data()), cursor_(text) {}

  // Enters a container. False: the next value is another one, and nothing was consumed.
  bool open_object() { return open('{'); }
  bool open_array() { return open('['); }
  // Reads the next key and its colon. False at the end of the object, or on failure.
  bool next_key(JsonValue& key);
  // Goes to the next element. False at the end of the array, or on failure.
  bool next_element();
  // Reads and validates one whole value.
  bool value(JsonValue& out);

  [[nodiscard]] bool failed() const { return failed_; }
  // True when only blanks are left.
  [[nodiscard]] bool at_end() { return !cursor_.to_token() && !failed_; }
  // The first character of the next value, or 0 at the end of the text.
  [[nodiscard]] char peek() { return cursor_.to_token() ? *cursor_.at : '\0'; }
  // Bytes consumed so far.
  [[nodiscard]] std::size_t position() const {
    return static_cast<std::size_t>(cursor_.at - begin_);
  }

 private:
  bool fail() {
    failed_ = true;
    return false;
  }
  bool open(char bracket);
  bool close_or_comma(char bracket, bool& closed);
  bool string(JsonValue& out);
  bool scalar(JsonValue& out);
  bool container(JsonValue& out);

  const char* begin_;
  JsonCursor cursor_;
  // Whether the place is just behind an opening bracket, where no comma is wanted.
  bool fresh_ = false;
  bool failed_ = false;
};

// Appends the characters that an escaped JSON string (without quotes) stands for. Lone surrogates
// become U+FFFD. The string must have been validated.
void append_json_unescaped(std::string& out, std::string_view inner);

}  // namespace auditship::parsers::json
