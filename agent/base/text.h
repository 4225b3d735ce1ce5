// Small questions about text that several folders ask: trimming, decimal digits and whole numbers.
// Stateless; thread-safe.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace auditship {

// Without the blanks, tabs, carriage returns and line feeds at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);

// Of ASCII.
[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Also that there is one.
[[nodiscard]] constexpr bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// text as a whole is one decimal number that fits: no sign, blank or empty text. Leaves into alone
// otherwise.
template <typename Unsigned>
[[nodiscard]] bool parse_decimal(std::string_view text, Unsigned& into) {
  Unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || text.front() == '-' || error != std::errc() || at != end) {
    return false;
  }
  into = value;
  return true;
}

}  // namespace auditship
