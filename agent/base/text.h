// Small questions about text that several folders ask: trimming, decimal digits and whole numbers, and
// text that is safe to show a person on a terminal. Stateless; thread-safe.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
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

// The code point that begins at text[at], and at moves behind it. text is valid UTF-8 and at is
// less than its size.
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& at);

// Whether showing this code point does something else than show a character: C0 and C1 controls,
// DEL, marks that set the direction of text, characters without width, tags.
[[nodiscard]] bool is_unsafe_to_show(char32_t code);

// Appends text for a terminal: invalid bytes become U+FFFD, what is_unsafe_to_show() becomes "?".
void append_terminal_text(std::string& out, std::string_view text);
[[nodiscard]] std::string terminal_text(std::string_view text);

}  // namespace auditship
