#include "parsers/json/json_cursor.h"

namespace auditship::parsers::json {

bool JsonCursor::skip_blanks() {
  while (at != end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) {
    ++at;
  }
  return at != end;
}

bool JsonCursor::escaped_string(bool& escaped) {
  while (at != end && *at == '\\') {
    escaped = true;
    if (!escape()) {
      return false;
    }
    at = delimiters_.find(at);
  }
  return at != end && *at++ == '"';
}

// Steps over the escape whose backslash is here. False when it is none.
bool JsonCursor::escape() {
  if (left() < 2) {
    return false;
  }
  const char c = at[1];
  at += 2;
  if (c != 'u') {
    return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' ||
           c == 't';
  }
  if (left() < 4) {
    return false;
  }
  for (const char* const last = at + 4; at != last; ++at) {
    const int lower = *at | 0x20;
    if (!(*at >= '0' && *at <= '9') && !(lower >= 'a' && lower <= 'f')) {
      return false;
    }
  }
  return true;
}

}  // namespace auditship::parsers::json
