// Shell-like patterns over texts and over paths. Of paths: `*`, `?`, `[a-z]`, `[!a-z]` in any component; no
// `**`, no escapes but `[*]`. A leading dot of a name must be matched by a dot. Matching takes at most
// time linear in pattern × text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"

namespace auditship {

// Whether `[` begins a set of bytes or stands for itself.
enum class GlobSets : bool { literal, known };

// `*` matches any run of bytes, `?` one byte, all else itself; the whole text must match.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text,
                              GlobSets sets = GlobSets::literal);

[[nodiscard]] bool has_wildcard(std::string_view pattern);
// What stands before the first wildcard; all of it if there is none.
[[nodiscard]] std::string before_wildcard(std::string_view pattern);
// One component: neither contains a slash.
[[nodiscard]] bool path_glob_match(std::string_view pattern, std::string_view name);
// Existing paths that match, sorted; at most max_paths. Directories that cannot be listed match
// nothing and are appended to unreadable. `searched` gets every directory whose change could alter
// the answer.
[[nodiscard]] std::vector<std::string> expand_glob(Fs& fs, const std::string& pattern,
                                                   std::size_t max_paths,
                                                   std::vector<std::string>& searched,
                                                   std::vector<std::string>& unreadable);

}  // namespace auditship
