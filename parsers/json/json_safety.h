// Which containers may be copied into a document as they are: those that cannot spoil it.
// Duplicate, empty, escaped, dotted or very long keys, many keys and deep nesting make an index
// refuse the whole document. Stateless; thread-safe.
#pragma once

#include <string_view>

namespace auditship::parsers::json {

// Whether raw, one JSON value that has been validated, may be copied. Recursion is bounded by the
// depth that is allowed.
[[nodiscard]] bool is_safe_to_index(std::string_view raw);

}  // namespace auditship::parsers::json
