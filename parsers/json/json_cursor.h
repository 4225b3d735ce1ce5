// JsonCursor: a place in JSON text, and how to step over the next token, strictly. All in line:
// JsonScan and what walks bodies are loops over it. Nothing reads beyond the end of the text.
#pragma once

#include <cstddef>
#include <string_view>

#include "parsers/json/json_delimiters.h"

namespace auditship::parsers::json {

class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text)
      : at(text.data()), end(text.data() + text.size()), delimiters_(at, end) {}

  // Skips blanks. False at the end of the text.
  bool to_token() {
    if (at != end && static_cast<unsigned char>(*at) > 0x20) [[likely]] {
      return true;
    }
    return skip_blanks();
  }

  // Steps over the string whose opening quote is here. False when it is broken.
  bool string(bool& escaped) {
    at = delimiters_.find(at + 1);
    escaped = false;
    if (at != end && *at == '"') [[likely]] {
      ++at;
      return true;
    }
    return escaped_string(escaped);
  }

  // Steps over a string that has been validated already.
  void known_string(bool& escaped) {
    at = delimiters_.find(at + 1);
    escaped = *at != '"';
    while (*at != '"') {
      at = delimiters_.find(at + 2);
    }
    ++at;
  }

  // Steps over a number, true, false or null.
  bool number() {
    at += *at == '-' ? 1 : 0;
    if (at != end && *at == '0') {
      ++at;
    } else if (!digits()) {
      return false;
    }
    if (at != end && *at == '.') {
      ++at;
      if (!digits()) {
        return false;
      }
    }
    if (at != end && (*at | 0x20) == 'e') {
      ++at;
      at += at != end && (*at == '+' || *at == '-') ? 1 : 0;
      return digits();
    }
    return true;
  }
  bool word(std::string_view expected) {
    if (std::string_view(at, left()).substr(0, expected.size()) != expected) {
      return false;
    }
    at += expected.size();
    return true;
  }

  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end - at); }

  const char* at;
  const char* end;

 private:
  bool digits() {
    const char* const first = at;
    while (at != end && *at >= '0' && *at <= '9') {
      ++at;
    }
    return at != first;
  }

  bool skip_blanks();
  // The rest of string(), from its first special character on.
  bool escaped_string(bool& escaped);
  bool escape();

  JsonDelimiters delimiters_;
};

}  // namespace auditship::parsers::json
