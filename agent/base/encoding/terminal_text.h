// Text that is safe to show a person on a terminal. Stateless; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace auditship {

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
