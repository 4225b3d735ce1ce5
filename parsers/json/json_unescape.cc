#include <bit>
#include <cstdint>
#include <cstring>

#include "parsers/json/json_scan.h"

namespace auditship::parsers::json {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const int lower = c | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

char* put_utf8(char* out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
  return out;
}

// The value of \uXXXX at text[i], or -1.
std::int32_t unicode_escape(std::string_view text, std::size_t i) {
  if (i + 6 > text.size() || text[i] != '\\' || text[i + 1] != 'u') {
    return -1;
  }
  std::int32_t code = 0;
  for (std::size_t k = i + 2; k < i + 6; ++k) {
    const int digit = hex_digit(text[k]);
    if (digit < 0) {
      return -1;
    }
    code = code * 16 + digit;
  }
  return code;
}

// How many bytes copy_plain() writes at the most.
constexpr std::size_t kCopied = 8;

// Copies what stands before a backslash, or a part of it. Returns how many bytes.
std::size_t copy_plain(char* to, std::string_view from) {
  if constexpr (std::endian::native == std::endian::little) {
    if (from.size() >= kCopied) {
      constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, from.data(), sizeof bytes);
      std::memcpy(to, &bytes, sizeof bytes);
      const std::uint64_t other = bytes ^ (kOnes * '\\');
      // A borrow only runs upwards, so the lowest bit that is set is always right.
      const std::uint64_t slashes = (other - kOnes) & ~other & (kOnes * 0x80);
      return slashes == 0 ? kCopied : static_cast<std::size_t>(std::countr_zero(slashes)) / 8;
    }
  }
  std::size_t size = 0;
  while (size < from.size() && size < kCopied && from[size] != '\\') {
    to[size] = from[size];
    ++size;
  }
  return size;
}

char simple_escape(char c) {
  constexpr std::string_view kLetters = "bfnrt";
  const std::size_t at = kLetters.find(c);
  return at == std::string_view::npos ? c : "\b\f\n\r\t"[at];
}

}  // namespace

void append_json_unescaped(std::string& out, std::string_view inner) {
  const std::size_t before = out.size();
  // No escape is shorter than what it stands for.
  out.resize(before + inner.size() + kCopied);
  char* to = out.data() + before;
  std::size_t i = 0;
  while (i < inner.size()) {
    const std::size_t plain = copy_plain(to, inner.substr(i));
    to += plain;
    i += plain;
    if (plain != 0) {
      continue;
    }
    // A backslash at the very end begins no escape.
    if (i + 1 == inner.size()) {
      *to++ = inner[i++];
      continue;
    }
    const std::int32_t unit = unicode_escape(inner, i);
    if (unit < 0) {
      *to++ = simple_escape(inner[i + 1]);
      i += 2;
      continue;
    }
    i += 6;
    auto code = static_cast<std::uint32_t>(unit);
    if (code >= 0xD800 && code < 0xE000) {
      const std::int32_t low = code < 0xDC00 ? unicode_escape(inner, i) : -1;
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<std::uint32_t>(low) - 0xDC00);
        i += 6;
      } else {
        code = 0xFFFD;
      }
    }
    to = put_utf8(to, code);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
}

}  // namespace auditship::parsers::json
