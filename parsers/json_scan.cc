#include "parsers/json_scan.h"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace auditship {
namespace {

constexpr std::uint64_t repeat(unsigned char c) { return 0x0101010101010101ULL * c; }

#if defined(__SSE2__)

// One bit for each of the 16 bytes at `at` that is a quote, a backslash or a control character.
unsigned special_bits(const char* at) {
  __m128i bytes;
  std::memcpy(&bytes, at, sizeof(bytes));
  const __m128i last_control = _mm_set1_epi8(0x1F);
  const __m128i control = _mm_cmpeq_epi8(_mm_max_epu8(bytes, last_control), last_control);
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, slash))));
}

#endif

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const int lower = c | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// find_json_special(), with its first step in line: most strings are shorter than that.
inline const char* next_special(const char* at, const char* end) {
#if defined(__SSE2__)
  if (end - at >= 16) {
    const unsigned bits = special_bits(at);
    if (bits != 0) {
      return at + std::countr_zero(bits);
    }
    at += 16;
  }
#endif
  return find_json_special(at, end);
}

}  // namespace

const char* find_json_special(const char* at, const char* end) {
#if defined(__SSE2__)
  while (end - at >= 16) {
    const unsigned bits = special_bits(at);
    if (bits != 0) {
      return at + std::countr_zero(bits);
    }
    at += 16;
  }
#endif
  if constexpr (std::endian::native == std::endian::little) {
    constexpr std::uint64_t kHigh = repeat(0x80);
    while (end - at >= 8) {
      std::uint64_t v = 0;
      std::memcpy(&v, at, 8);
      const std::uint64_t quote = v ^ repeat('"');
      const std::uint64_t slash = v ^ repeat('\\');
      // A borrow only runs upwards, so the lowest bit that is set is always right.
      const std::uint64_t found = ((quote - repeat(1)) & ~quote) | ((slash - repeat(1)) & ~slash) |
                                  ((v - repeat(0x20)) & ~v);
      if ((found & kHigh) != 0) {
        return at + std::countr_zero(found & kHigh) / 8;
      }
      at += 8;
    }
  }
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) {
    ++at;
  }
  return at;
}

bool JsonScan::open(char bracket) {
  skip_blanks();
  if (failed_ || at_ == end_ || *at_ != bracket) {
    return false;
  }
  ++at_;
  fresh_ = true;
  return true;
}

bool JsonScan::close_or_comma(char bracket, bool& closed) {
  skip_blanks();
  if (failed_ || at_ == end_) {
    return fail();
  }
  closed = *at_ == bracket;
  if (closed) {
    ++at_;
  } else if (!fresh_) {
    if (*at_ != ',') {
      return fail();
    }
    ++at_;
  }
  fresh_ = false;
  return true;
}

bool JsonScan::next_key(JsonValue& key) {
  bool closed = false;
  return close_or_comma('}', closed) && !closed && key_and_colon(key);
}

bool JsonScan::next_element() {
  bool closed = false;
  return close_or_comma(']', closed) && !closed;
}

bool JsonScan::key_and_colon(JsonValue& key) {
  skip_blanks();
  if (at_ == end_ || *at_ != '"' || !string(key)) {
    return fail();
  }
  skip_blanks();
  if (at_ == end_ || *at_ != ':') {
    return fail();
  }
  ++at_;
  return true;
}

bool JsonScan::string(JsonValue& out) {
  const char* start = at_++;
  out.escaped = false;
  for (;;) {
    at_ = next_special(at_, end_);
    if (at_ == end_ || static_cast<unsigned char>(*at_) < 0x20) {
      return fail();
    }
    if (*at_ == '"') {
      ++at_;
      break;
    }
    out.escaped = true;
    if (!escape()) {
      return fail();
    }
  }
  out.kind = JsonKind::string;
  out.raw = {start, static_cast<std::size_t>(at_ - start)};
  out.longest = static_cast<std::uint32_t>(out.raw.size() - 2);
  return true;
}

bool JsonScan::escape() {
  if (end_ - at_ < 2) {
    return false;
  }
  const char c = at_[1];
  at_ += 2;
  if (c != 'u') {
    return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' ||
           c == 't';
  }
  if (end_ - at_ < 4) {
    return false;
  }
  for (int i = 0; i < 4; ++i) {
    if (hex_digit(at_[i]) < 0) {
      return false;
    }
  }
  at_ += 4;
  return true;
}

bool JsonScan::number() {
  const auto digits = [this] {
    const char* first = at_;
    while (at_ != end_ && is_digit(*at_)) {
      ++at_;
    }
    return at_ != first;
  };
  if (*at_ == '-') {
    ++at_;
  }
  if (at_ != end_ && *at_ == '0') {
    ++at_;
  } else if (!digits()) {
    return fail();
  }
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!digits()) {
      return fail();
    }
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) {
      ++at_;
    }
    if (!digits()) {
      return fail();
    }
  }
  return true;
}

bool JsonScan::word(std::string_view expected) {
  const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
  if (rest.substr(0, expected.size()) != expected) {
    return fail();
  }
  at_ += expected.size();
  return true;
}

bool JsonScan::scalar(JsonValue& out) {
  if (*at_ == '"') {
    return string(out);
  }
  const char* start = at_;
  bool good = false;
  switch (*at_) {
    case 't':
      out.kind = JsonKind::boolean;
      good = word("true");
      break;
    case 'f':
      out.kind = JsonKind::boolean;
      good = word("false");
      break;
    case 'n':
      out.kind = JsonKind::null;
      good = word("null");
      break;
    default:
      out.kind = JsonKind::number;
      good = (*at_ == '-' || is_digit(*at_)) ? number() : fail();
  }
  out.raw = {start, static_cast<std::size_t>(at_ - start)};
  out.escaped = false;
  out.longest = 0;
  return good;
}

bool JsonScan::value(JsonValue& out) {
  skip_blanks();
  fresh_ = false;
  if (failed_ || at_ == end_) {
    return fail();
  }
  return *at_ == '{' || *at_ == '[' ? container(out) : scalar(out);
}

bool JsonScan::container(JsonValue& out) {
  const char* start = at_;
  std::size_t depth = 0;
  std::uint32_t longest = 0;
  JsonValue part;
  const auto in_object = [&] {
    return ((kinds_[(depth - 1) / 64] >> ((depth - 1) % 64)) & 1U) != 0;
  };
  enum class Want : std::uint8_t { value, key, end } want = Want::value;
  do {
    skip_blanks();
    if (at_ == end_) {
      return fail();
    }
    if (want == Want::key) {
      if (!key_and_colon(part)) {
        return false;
      }
      longest = part.longest > longest ? part.longest : longest;
      want = Want::value;
    } else if (want == Want::end) {
      const char closing = in_object() ? '}' : ']';
      if (*at_ == ',') {
        want = in_object() ? Want::key : Want::value;
      } else if (*at_ == closing) {
        --depth;
      } else {
        return fail();
      }
      ++at_;
    } else if (*at_ == '{' || *at_ == '[') {
      if (depth == kMaxDepth) {
        return fail();
      }
      const bool object = *at_++ == '{';
      const std::uint64_t bit = std::uint64_t{1} << (depth % 64);
      std::uint64_t& kinds = kinds_[depth / 64];
      kinds = object ? kinds | bit : kinds & ~bit;
      ++depth;
      skip_blanks();
      const bool empty = at_ != end_ && *at_ == (object ? '}' : ']');
      want = empty ? Want::end : object ? Want::key : Want::value;
    } else {
      if (!scalar(part)) {
        return false;
      }
      longest = part.longest > longest ? part.longest : longest;
      want = Want::end;
    }
  } while (depth != 0);
  out.kind = *start == '{' ? JsonKind::object : JsonKind::array;
  out.raw = {start, static_cast<std::size_t>(at_ - start)};
  out.escaped = false;
  out.longest = longest;
  return true;
}

namespace {

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (code >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (code >> 18)));
    out.push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
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

char simple_escape(char c) {
  constexpr std::string_view kLetters = "bfnrt";
  const std::size_t at = kLetters.find(c);
  return at == std::string_view::npos ? c : "\b\f\n\r\t"[at];
}

}  // namespace

void append_json_unescaped(std::string& out, std::string_view inner) {
  std::size_t i = 0;
  while (i < inner.size()) {
    const std::size_t slash = inner.find('\\', i);
    if (slash == std::string_view::npos || slash + 1 >= inner.size()) {
      out.append(inner.substr(i));
      return;
    }
    out.append(inner.substr(i, slash - i));
    const std::int32_t unit = unicode_escape(inner, slash);
    if (unit < 0) {
      out.push_back(simple_escape(inner[slash + 1]));
      i = slash + 2;
      continue;
    }
    i = slash + 6;
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
    append_utf8(out, code);
  }
}

}  // namespace auditship
