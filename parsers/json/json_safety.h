// Which containers may be copied into a document as they are: those that cannot spoil it.
// Duplicate, empty, escaped, dotted or very long keys, many keys and deep nesting make an index
// refuse the whole document.
#pragma once

#include <string_view>

namespace auditship::parsers::json {

// raw: JSON that has been validated. Recursion is bounded by the depth that is allowed.
[[nodiscard]] bool is_tame_json(std::string_view raw);

}  // namespace auditship::parsers::json
