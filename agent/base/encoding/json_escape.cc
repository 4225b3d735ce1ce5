#include <array>
#include <cstring>

#include <simdjson.h>

#include "agent/base/encoding/json_writer.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#if defined(__x86_64__)
#include <immintrin.h>
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

// Whether the bytes behind the first are those of a character of length bytes, the second of them
// from low to high.
bool continues(std::string_view text, std::size_t length, unsigned low, unsigned high) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() < length || byte(1) < low || byte(1) > high) {
    return false;
  }
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) {
      return false;
    }
  }
  return true;
}

// Length of the valid UTF-8 character at the front of text, 0 if there is none. text is not empty.
// The bounds of a second byte leave out over-long forms, surrogates and what is beyond U+10FFFF.
std::size_t utf8_length(std::string_view text) {
  const unsigned c = static_cast<unsigned char>(text[0]);
  if (c < 0x80) {
    return 1;
  }
  if (c < 0xC2 || c > 0xF4) {
    return 0;
  }
  if (c < 0xE0) {
    return continues(text, 2, 0x80, 0xBF) ? 2 : 0;
  }
  if (c < 0xF0) {
    return continues(text, 3, c == 0xE0 ? 0xA0 : 0x80, c == 0xED ? 0x9F : 0xBF) ? 3 : 0;
  }
  return continues(text, 4, c == 0xF0 ? 0x90 : 0x80, c == 0xF4 ? 0x8F : 0xBF) ? 4 : 0;
}

#if defined(__SSE2__)
// One bit for each of the 16 bytes that is special.
unsigned special_mask(__m128i bytes) {
  // As signed bytes, control characters and everything that is not ASCII are less than a blank.
  const __m128i special = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)),
                                       _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
  return static_cast<unsigned>(_mm_movemask_epi8(special));
}
#endif

// The same of two words.
bool has_special(std::uint64_t a, std::uint64_t b) {
#if defined(__SSE2__)
  const __m128i bytes = _mm_set_epi64x(static_cast<std::int64_t>(b), static_cast<std::int64_t>(a));
  return special_mask(bytes) != 0;
#else
  return has_special(a) || has_special(b);
#endif
}

// Copies 16 bytes. False if any of them is special.
bool copy_clean_block(char* to, const char* in) {
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  return special_mask(bytes) == 0;
#else
  std::uint64_t words[2];
  std::memcpy(words, in, sizeof words);
  std::memcpy(to, words, sizeof words);
  return !has_special(words[0], words[1]);
#endif
}

// As copy_json_clean(), of less than 8 bytes.
char* copy_clean_short(char* to, const char* in, std::size_t size) {
  if (size >= 4) {
    // Two words that overlap.
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, in, 4);
    std::memcpy(&last, in + size - 4, 4);
    std::memcpy(to, &first, 4);
    std::memcpy(to + size - 4, &last, 4);
    return has_special(std::uint64_t{first} << 32U | last) ? nullptr : to + size;
  }
  for (std::size_t i = 0; i < size; ++i) {
    const auto c = static_cast<unsigned char>(in[i]);
    if (c >= 0x80 || needs_escape(c)) {
      return nullptr;
    }
    to[i] = in[i];
  }
  return to + size;
}

// Copies clean bytes from in to out, at most 16, and returns how many. out has room for 16.
std::size_t copy_clean(const char* in, const char* end, char* out) {
  const auto left = static_cast<std::size_t>(end - in);
#if defined(__SSE2__)
  if (left >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
    const unsigned mask = special_mask(bytes);
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

constexpr std::size_t kRound = 16;  // bytes of input that one round of escaping reads at the most
// And that it writes: 15 bytes as \\u00XX, and then a store of 16.
constexpr std::size_t kGrown = 6 * kRound + 16;

// Escapes input while `in` < end and `out` < full; moves both. Behind full there
// is room for kGrown.
void escape_exactly(const char*& in, const char* end, char*& out, const char* full) {
  while (in < end && out < full) {
    const std::size_t clean = copy_clean(in, end, out);
    in += clean;
    out += clean;
    if (clean == 0) {
      in += escape_one(in, end, out);
    }
  }
}

#if defined(__x86_64__)

// How eight bytes move where those whose bit is set get a hole before them. 0x80 makes a zero.
struct Spread {
  std::array<unsigned char, 16> from;
};

constexpr std::array<Spread, 256> kSpreads = [] {
  std::array<Spread, 256> spreads{};
  for (unsigned mask = 0; mask < 256; ++mask) {
    std::size_t to = 0;
    spreads[mask].from.fill(0x80);
    for (unsigned char i = 0; i < 8; ++i) {
      to += (mask >> i) & 1U;
      spreads[mask].from[to++] = i;
    }
  }
  return spreads;
}();

// Writes the low eight bytes with a backslash before those whose bit is set. Returns its end;
// stores 16 bytes. None of them may be zero: what is zero behind the shuffle is a hole, or not
// used.
__attribute__((target("ssse3,popcnt"))) inline char* put_spread(char* out, __m128i bytes,
                                                                unsigned mask) {
  const __m128i from =
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(kSpreads[mask].from.data()));
  const __m128i spread = _mm_shuffle_epi8(bytes, from);
  const __m128i holes = _mm_cmpeq_epi8(spread, _mm_setzero_si128());
  const __m128i filled = _mm_or_si128(spread, _mm_and_si128(holes, _mm_set1_epi8('\\')));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), filled);
  return out + 8 + __builtin_popcount(mask);
}

// As escape_exactly(), but without a branch for each quote: JSON text as a string has one every few
// bytes. Leaves the last bytes, which fill no round, to the caller.
__attribute__((target("ssse3,popcnt"))) void escape_spread(const char*& in, const char* end,
                                                           char*& out, const char* full) {
  const __m128i slashes = _mm_set1_epi8('\\');
  while (end - in >= static_cast<std::ptrdiff_t>(kRound) && out < full) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
    // As signed bytes, control characters and everything that is not ASCII are less than a blank.
    const __m128i rare = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    if (_mm_movemask_epi8(rare) != 0) {
      const char* const round = in + kRound;
      while (in < round) {  // a character may reach beyond the round
        escape_exactly(in, end, out, out + 1);
      }
      continue;
    }
    const __m128i quoted =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, slashes));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(quoted));
    if (mask == 0) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
      out += kRound;
    } else {
      out = put_spread(out, bytes, mask & 0xFF);
      out = put_spread(out, _mm_srli_si128(bytes, 8), mask >> 8);
    }
    in += kRound;
  }
}

const bool kCanSpread = __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("popcnt");

#endif

}  // namespace

bool is_json_clean(std::string_view text) {
  const char* const in = text.data();
  const std::size_t size = text.size();
  if (size < 8) {
    char unused[8];
    return copy_clean_short(unused, in, size) != nullptr;
  }
  // Words, the last of which overlaps the one before.
  const auto word = [&](std::size_t at) {
    std::uint64_t w = 0;
    std::memcpy(&w, in + at, sizeof w);
    return w;
  };
  std::size_t at = 0;
  for (; at + 16 < size; at += 16) {
    if (has_special(word(at), word(at + 8))) {
      return false;
    }
  }
  const std::size_t last = size - 8;
  return !has_special(word(at < last ? at : last), word(last));
}

char* copy_json_clean(char* to, std::string_view text) {
  const char* const in = text.data();
  const std::size_t size = text.size();
  if (size < 8) {
    return copy_clean_short(to, in, size);
  }
  if (size < 16) {
    // Two words that overlap.
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::memcpy(&first, in, 8);
    std::memcpy(&last, in + size - 8, 8);
    std::memcpy(to, &first, 8);
    std::memcpy(to + size - 8, &last, 8);
    return has_special(first, last) ? nullptr : to + size;
  }
  // Blocks, the last of which overlaps the one before.
  for (std::size_t at = 0; at + 16 < size; at += 16) {
    if (!copy_clean_block(to + at, in + at)) {
      return nullptr;
    }
  }
  return copy_clean_block(to + size - 16, in + size - 16) ? to + size : nullptr;
}

void append_json_escaped(std::string& out, std::string_view text) {
  if (is_json_clean(text)) {
    out.append(text);
    return;
  }
  // Through a block on the stack: no growing or clearing of `out` for every piece.
  constexpr std::size_t kBlock = 2048;
  char block[kBlock + kGrown];
  const char* in = text.data();
  const char* const end = in + text.size();
  while (in < end) {
    char* at = block;
#if defined(__x86_64__)
    if (kCanSpread) {
      escape_spread(in, end, at, block + kBlock);
    }
#endif
    escape_exactly(in, end, at, block + kBlock);
    out.append(block, static_cast<std::size_t>(at - block));
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

}  // namespace auditship
