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

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace auditship {

// The first quote, backslash or control character in [at, end), else end.
[[nodiscard]] const char* find_json_special(const char* at, const char* end);

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

struct JsonValue {
  std::string_view raw;  // as in the text; a string has its quotes; empty = absent
  JsonKind kind = JsonKind::null;
  bool escaped = false;       // a string with a backslash in it
  std::uint32_t longest = 0;  // bytes of the longest string or key in it, as written

  [[nodiscard]] bool present() const { return !raw.empty(); }
  [[nodiscard]] bool is_string() const { return kind == JsonKind::string && present(); }
  // What is between the quotes of a string, still escaped.
  [[nodiscard]] std::string_view inner() const { return raw.substr(1, raw.size() - 2); }
};

class JsonScan {
 public:
  static constexpr std::size_t kMaxDepth = 16384;

  explicit JsonScan(std::string_view text)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

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
  [[nodiscard]] bool at_end() {
    skip_blanks();
    return !failed_ && at_ == end_;
  }
  // The first character of the next value, or 0 at the end of the text.
  [[nodiscard]] char peek() {
    skip_blanks();
    return at_ == end_ ? '\0' : *at_;
  }
  // Bytes consumed so far.
  [[nodiscard]] std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }

 private:
  void skip_blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n')) {
      ++at_;
    }
  }
  bool fail() {
    failed_ = true;
    return false;
  }
  bool open(char bracket);
  bool close_or_comma(char bracket, bool& closed);
  bool string(JsonValue& out);
  bool escape();
  bool number();
  bool word(std::string_view expected);
  bool scalar(JsonValue& out);
  bool container(JsonValue& out);
  bool key_and_colon(JsonValue& key);

  const char* begin_;
  const char* at_;
  const char* end_;
  bool fresh_ = false;  // just behind an opening bracket: no comma wanted
  bool failed_ = false;
  std::array<std::uint64_t, kMaxDepth / 64> kinds_;  // one bit a level: 1 = object
};

// Appends the characters that an escaped JSON string (without quotes) stands for. Lone surrogates
// become U+FFFD. The string must have been validated.
void append_json_unescaped(std::string& out, std::string_view inner);

}  // namespace auditship
