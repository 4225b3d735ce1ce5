// The shape of a file name: the name with every number in it left open. Files that a program rotates
// under names of its own (svlogd's @400000006915a1f3.s, a daily app-20261128.log) have one shape.
//
// Pure function; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace auditship::input::file::search {

// Each run of hexadecimal digits with at least one decimal digit becomes '#'. Empty: the name has
// none, and so says nothing of the names of other files.
[[nodiscard]] std::string name_shape(std::string_view name);

}  // namespace auditship::input::file::search
