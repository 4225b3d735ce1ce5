// The live log that a file belongs to: itself, or the one that it was rotated from. For commands
// that are given files and need to know the path that the agent read them under, as it is in the ids
// of their lines. Looks at names alone. Pure function.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/input/log_files.h"

namespace auditship::input::file::follow {

// file: an absolute path. patterns: the configured paths of a stream. The answer is a path that a
// pattern names. nullopt: no pattern fits, or more than one does.
[[nodiscard]] std::optional<std::string> live_log_of(const std::string& file,
                                                     const std::vector<std::string>& patterns,
                                                     FilePlace place);

}  // namespace auditship::input::file::follow
