// Writing JSON by appending to a string: escapes, repairs UTF-8, cuts at a limit on a character
// boundary.
//
// Output is always valid JSON and valid UTF-8 however hostile the input: invalid bytes become
// U+FFFD each, control characters are escaped. Stateless functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace auditship {

// True when text is ASCII that JSON takes as it is.
[[nodiscard]] bool is_json_clean(std::string_view text);

// Copies text to `to`, which has room for it, where is_json_clean(text). Returns the end of the
// copy; nullptr when text is not clean: then some of it may have been copied.
[[nodiscard]] char* copy_json_clean(char* to, std::string_view text);

// Appends text escaped, without the quotes. Fast where nothing needs escaping.
void append_json_escaped(std::string& out, std::string_view text);

// Appends text as a JSON string with quotes.
void append_json_string(std::string& out, std::string_view text);

// As append_json_string, but at most max_bytes of text, cut before a character that would not fit.
// Returns how many bytes of text were written.
std::size_t append_json_string_cut(std::string& out, std::string_view text, std::size_t max_bytes);

void append_json_uint(std::string& out, std::uint64_t value);
void append_json_int(std::string& out, std::int64_t value);

// True when every byte of text is part of valid UTF-8 (no surrogates, no overlong forms).
[[nodiscard]] bool is_valid_utf8(std::string_view text);

// Appends text with each invalid byte replaced by U+FFFD; valid text is copied as it is.
void append_utf8_repaired(std::string& out, std::string_view text);

// The largest n <= max_bytes such that text[0, n) does not end inside a UTF-8 character.
[[nodiscard]] std::size_t utf8_prefix(std::string_view text, std::size_t max_bytes);

// Appends a time as RFC 3339 UTC with as many digits as needed of 3, 6 or 9:
// 2026-11-23T05:03:11.123456Z.
void append_rfc3339(std::string& out, std::int64_t ns_since_epoch);

// Lower-case hex, two characters a byte.
void append_hex(std::string& out, const void* bytes, std::size_t size);

}  // namespace auditship
