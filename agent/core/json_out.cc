#include "agent/core/json_out.h"

#include <array>
#include <cstring>
#include <ctime>

#include <simdjson.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace auditship {
namespace {

constexpr char kHex[] = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

constexpr bool needs_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

// True if any of the eight bytes is a control character, a quote, a backslash or not ASCII.
bool has_special(std::uint64_t w) {
  constexpr std::uint64_t ones = 0x0101010101010101u;
  constexpr std::uint64_t tops = 0x8080808080808080u;
  const auto has_zero = [](std::uint64_t v) { return (v - ones) & ~v & tops; };
  const std::uint64_t control = (w - ones * 0x20) & ~w & tops;
  return (control | has_zero(w ^ (ones * '"')) | has_zero(w ^ (ones * '\\')) | (w & tops)) != 0;
}

// Length of the valid UTF-8 character at the front of text, 0 if there is none. text is not empty.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned c = byte(0);
  if (c < 0x80) {
    return 1;
  }
  if (c >= 0xC2 && c <= 0xDF) {
    return follows(1, 0x80, 0xBF) ? 2 : 0;
  }
  if (c >= 0xE0 && c <= 0xEF) {
    const unsigned low = c == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = c == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (c >= 0xF0 && c <= 0xF4) {
    const unsigned low = c == 0xF0 ? 0x90 : 0x80;
    const unsigned high = c == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

// Copies clean bytes from in to out, at most 16, and returns how many. out has room for 16.
std::size_t copy_clean(const char* in, const char* end, char* out) {
  const auto left = static_cast<std::size_t>(end - in);
#if defined(__SSE2__)
  if (left >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
    // As signed bytes, control characters and everything that is not ASCII are less than a blank.
    const __m128i special = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)),
                                         _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
    return mask == 0 ? 16 : static_cast<std::size_t>(__builtin_ctz(mask));
  }
#endif
  std::size_t n = 0;
  while (n < left && n < 16) {
    const auto c = static_cast<unsigned char>(in[n]);
    if (c >= 0x80 || needs_escape(c)) {
      break;
    }
    out[n++] = static_cast<char>(c);
  }
  return n;
}

// Writes the escape of one character, or a character that is not ASCII, or U+FFFD for a byte that
// is no part of one. Returns how many bytes of input it stands for. Moves out.
std::size_t escape_one(const char* in, const char* end, char*& out) {
  const auto c = static_cast<unsigned char>(*in);
  const auto put = [&](std::string_view bytes) {
    std::memcpy(out, bytes.data(), bytes.size());
    out += bytes.size();
  };
  if (c >= 0x80) {
    const std::size_t length = utf8_length({in, static_cast<std::size_t>(end - in)});
    put(length > 0 ? std::string_view(in, length) : kReplacement);
    return length > 0 ? length : 1;
  }
  switch (c) {
    case '"':
      put("\\\"");
      break;
    case '\\':
      put("\\\\");
      break;
    case '\n':
      put("\\n");
      break;
    case '\r':
      put("\\r");
      break;
    case '\t':
      put("\\t");
      break;
    default:
      put("\\u00");
      *out++ = kHex[c >> 4];
      *out++ = kHex[c & 15];
  }
  return 1;
}

void append_digits(std::string& out, std::uint64_t value, std::size_t width) {
  char digits[20];
  for (std::size_t i = width; i > 0; --i) {
    digits[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits, width);
}

}  // namespace

bool is_json_clean(std::string_view text) {
  const char* at = text.data();
  std::size_t left = text.size();
  const auto word = [](const char* from, std::size_t size) {
    std::uint64_t w = 0x2020202020202020u;
    std::memcpy(&w, from, size);
    return w;
  };
  if (left < 8) {
    switch (left) {
      case 0:
        return true;
      case 1:
        return !has_special(word(at, 1));
      case 2:
        return !has_special(word(at, 2));
      case 3:
        return !has_special(word(at, 2)) && !has_special(word(at + 2, 1));
      default:
        return !has_special(word(at, 4)) && !has_special(word(at + left - 4, 4));
    }
  }
  while (left > 8) {
    if (has_special(word(at, 8))) {
      return false;
    }
    at += 8;
    left -= 8;
  }
  return !has_special(word(at + left - 8, 8));  // overlaps what was seen already
}

char* copy_json_clean(char* to, std::string_view text) {
  const char* in = text.data();
  const char* const end = in + text.size();
  if (text.size() < 8) {
    for (; in != end; ++in) {
      const auto c = static_cast<unsigned char>(*in);
      if (c >= 0x80 || needs_escape(c)) {
        return nullptr;
      }
      *to++ = *in;
    }
    return to;
  }
  const auto copy_word = [&] {
    std::uint64_t w = 0;
    std::memcpy(&w, in, sizeof w);
    std::memcpy(to, &w, sizeof w);
    return !has_special(w);
  };
#if defined(__SSE2__)
  for (; end - in >= 16; in += 16, to += 16) {
    if (copy_clean(in, end, to) < 16) {
      return nullptr;
    }
  }
#endif
  for (; end - in >= 8; in += 8, to += 8) {
    if (!copy_word()) {
      return nullptr;
    }
  }
  const auto left = end - in;
  if (left > 0) {  // a last word that overlaps what was copied already
    in = end - 8;
    to -= 8 - left;
    if (!copy_word()) {
      return nullptr;
    }
    to += 8;
  }
  return to;
}

void append_json_escaped(std::string& out, std::string_view text) {
  if (is_json_clean(text)) {
    out.append(text);
    return;
  }
  // Through a block on the stack: no growing or clearing of `out` for every piece.
  constexpr std::size_t kBlock = 1024;
  constexpr std::size_t kMost = 16;  // bytes that one round writes at the most
  char block[kBlock + kMost];
  char* at = block;
  const char* in = text.data();
  const char* const end = in + text.size();
  while (in < end) {
    if (at >= block + kBlock) {
      out.append(block, static_cast<std::size_t>(at - block));
      at = block;
    }
    const std::size_t clean = copy_clean(in, end, at);
    in += clean;
    at += clean;
    if (clean == 0) {
      in += escape_one(in, end, at);
    }
  }
  out.append(block, static_cast<std::size_t>(at - block));
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  append_json_escaped(out, text);
  out.push_back('"');
}

std::size_t append_json_string_cut(std::string& out, std::string_view text, std::size_t max_bytes) {
  const std::size_t size = utf8_prefix(text, max_bytes);
  append_json_string(out, text.substr(0, size));
  return size;
}

void append_json_uint(std::string& out, std::uint64_t value) {
  char digits[20];
  std::size_t at = sizeof digits;
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0);
  out.append(digits + at, sizeof digits - at);
}

void append_json_int(std::string& out, std::int64_t value) {
  if (value < 0) {
    out.push_back('-');
    append_json_uint(out, 0 - static_cast<std::uint64_t>(value));
  } else {
    append_json_uint(out, static_cast<std::uint64_t>(value));
  }
}

bool is_valid_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

void append_utf8_repaired(std::string& out, std::string_view text) {
  if (is_valid_utf8(text)) {
    out.append(text);
    return;
  }
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length > 0) {
      out.append(text, 0, length);
    } else {
      out += kReplacement;
    }
    text.remove_prefix(length > 0 ? length : 1);
  }
}

std::size_t utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) {
    return text.size();
  }
  std::size_t size = max_bytes;
  // Step back over at most three continuation bytes to the start of the character that would be
  // cut.
  for (int back = 0;
       back < 3 && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80; ++back) {
    --size;
  }
  return (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80 ? max_bytes : size;
}

void append_rfc3339(std::string& out, std::int64_t ns_since_epoch) {
  std::int64_t seconds = ns_since_epoch / 1'000'000'000;
  std::int64_t ns = ns_since_epoch % 1'000'000'000;
  if (ns < 0) {
    ns += 1'000'000'000;
    --seconds;
  }
  // Civil date from days, after Howard Hinnant's public-domain algorithm; no time zone involved.
  std::int64_t days = seconds / 86400;
  std::int64_t rest = seconds % 86400;
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_index = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * month_index + 2) / 5 + 1;
  const std::int64_t month = month_index < 10 ? month_index + 3 : month_index - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  const auto two = [&](std::int64_t v, char before) {
    out.push_back(before);
    append_digits(out, static_cast<std::uint64_t>(v), 2);
  };
  append_digits(out, static_cast<std::uint64_t>(year), 4);
  two(month, '-');
  two(day, '-');
  two(rest / 3600, 'T');
  two(rest / 60 % 60, ':');
  two(rest % 60, ':');
  out.push_back('.');
  const auto fraction = static_cast<std::uint64_t>(ns);
  if (fraction % 1'000'000 == 0) {
    append_digits(out, fraction / 1'000'000, 3);
  } else if (fraction % 1000 == 0) {
    append_digits(out, fraction / 1000, 6);
  } else {
    append_digits(out, fraction, 9);
  }
  out.push_back('Z');
}

void append_hex(std::string& out, const void* bytes, std::size_t size) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < size; ++i) {
    out.push_back(kHex[at[i] >> 4]);
    out.push_back(kHex[at[i] & 15]);
  }
}

}  // namespace auditship
