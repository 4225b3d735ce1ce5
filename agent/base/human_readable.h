// Sizes and times as people read them. Pure functions.
#pragma once

#include <cstdint>
#include <string>

namespace auditship {

// "17 B", "1.5 KiB", "2.0 GiB".
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);
// "42 s", "3 h 5 min", "12 d": two units at most. Less than a second, or less than nothing: "0 s".
[[nodiscard]] std::string human_seconds(double seconds);

}  // namespace auditship
