// Small conversions that the Kubernetes audit parser needs: JSON strings to text, percent escapes,
// RFC 3339 times. Stateless; thread-safe. Results live in the Record or in the given string.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "agent/event/event.h"
#include "parsers/json/json_scan.h"

namespace auditship::parsers::kube_audit {

// The text that a JSON string stands for; empty for anything else. A view of the line where nothing
// is escaped, else kept in the record.
[[nodiscard]] std::string_view text_of_escaped(const json::JsonValue& value, event::Record& record);
[[nodiscard]] inline std::string_view text_of(const json::JsonValue& value, event::Record& record) {
  if (!value.is_string()) {
    return {};
  }
  return value.escaped ? text_of_escaped(value, record) : value.inner();
}

// text cut on a character boundary to max_bytes and ended by a marker that names its length, where
// it is longer; else text itself.
[[nodiscard]] std::string_view cut_text(std::string_view text, std::size_t max_bytes,
                                        event::Record& record);
[[nodiscard]] inline std::string_view limited(std::string_view text, std::size_t max_bytes,
                                              event::Record& record) {
  return text.size() <= max_bytes ? text : cut_text(text, max_bytes, record);
}

// As a JSON string, limited in the same way. True when it was cut.
bool append_limited_json_string(std::string& out, std::string_view text, std::size_t max_bytes);

// The texts that are not empty as a JSON list, each once and limited in the same way. Empty: there is none.
[[nodiscard]] std::string list_each_once(std::initializer_list<std::string_view> texts,
                                         std::size_t max_bytes);

// What a plus sign stands for; in the form encoding of query strings it is a blank.
enum class Plus : std::uint8_t { literal, blank };

// Decodes %XX once. False when an escape is bad; then the rest of it is kept as it was.
bool append_percent_decoded(std::string& out, std::string_view text, Plus plus);

// RFC 3339, years 1970 to 2261, any offset, up to 9 digits used. utc: the offset is written as Z.
[[nodiscard]] bool parse_rfc3339(std::string_view text, std::int64_t& ns_since_epoch, bool& utc);

}  // namespace auditship::parsers::kube_audit
