// The words of OpenSearch about aliases and ids: what is asked and how answers are read. No I/O.
//
// Privileges that this needs beyond writing: indices:admin/aliases/get on TARGET*, and
// indices:data/read/mget with indices:data/read/get on the indices behind the alias.
// Answers are untrusted: anything unexpected is an Error, never a guess. Stateless; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"

namespace auditship::sinks::opensearch::protocol {

// What stands behind a write alias.
struct AliasTarget {
  std::string write_index;           // concrete; never empty
  std::vector<std::string> indices;  // all that carry the alias, sorted by name
};

// Reads the answer to GET /TARGET*/_alias. Errors: not_found (no such alias), invalid (no index is
// the write index), refused (an index has the name of the alias), corrupt.
[[nodiscard]] Result<AliasTarget> read_alias(std::string_view body, std::string_view alias);

// first, and those of the alias's indices that it may have moved to since: all whose rollover
// number (NAME-000007) is not below first's, or that have none. first comes first; "": all of them.
[[nodiscard]] std::vector<std::string> indices_since(const std::string& first,
                                                     const std::vector<std::string>& indices);

// {"ids":["…",…]} for POST /INDEX/_mget.
[[nodiscard]] std::string mget_body(const std::vector<std::string>& ids);

// Which of ids the answer found, in their order. An index that is missing holds none of them.
// Errors: refused (the index is closed, or may not be read), corrupt.
[[nodiscard]] Result<std::vector<bool>> read_mget(std::string_view body,
                                                  const std::vector<std::string>& ids);

// name as one segment of a URL path.
[[nodiscard]] std::string url_segment(std::string_view name);

}  // namespace auditship::sinks::opensearch::protocol
