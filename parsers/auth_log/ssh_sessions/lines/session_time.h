// Arithmetic with times that come from log lines: any value is possible, none may overflow.
// Nanoseconds. Stateless.
#pragma once

#include <cstdint>
#include <limits>

namespace auditship::parsers::auth_log::ssh_sessions::lines {

inline constexpr std::int64_t kSecond = 1'000'000'000;
// How far apart PAM's session and logind's, or the user manager's, begin.
inline constexpr std::int64_t kPairWithin = 5 * kSecond;

// a + b, as far as that goes. b is not negative.
[[nodiscard]] inline std::int64_t add_time(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

// Whether `now` is at most `length` behind `since`.
[[nodiscard]] inline bool is_within(std::int64_t since, std::int64_t length, std::int64_t now) {
  return since > now || static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(since) <=
                            static_cast<std::uint64_t>(length);
}

}  // namespace auditship::parsers::auth_log::ssh_sessions::lines
