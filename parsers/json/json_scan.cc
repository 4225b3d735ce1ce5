#include "parsers/json/json_scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace auditship::parsers::json {
namespace {

constexpr std::size_t kBlock = JsonSpecials::kBlock;

// One bit for each of the 64 bytes that is a quote, a backslash or a control character.
#if defined(__SSE2__)
std::uint64_t bits_of(const char* at) {
  const __m128i last_control = _mm_set1_epi8(0x1F);
  const auto bits = [&](const char* from) {
    __m128i bytes;
    std::memcpy(&bytes, from, sizeof(bytes));
    const __m128i control = _mm_cmpeq_epi8(_mm_max_epu8(bytes, last_control), last_control);
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const int mask = _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, slash)));
    return static_cast<std::uint64_t>(static_cast<unsigned>(mask));
  };
  return bits(at) | bits(at + 16) << 16U | bits(at + 32) << 32U | bits(at + 48) << 48U;
}
#else
std::uint64_t bits_of(const char* at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kTops = kOnes * 0x80;
  constexpr std::uint64_t kRest = kOnes * 0x7F;
  const auto zero = [](std::uint64_t v) { return ~(((v & kRest) + kRest) | v) & kTops; };
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < kBlock / 8; ++i) {
    std::uint64_t v = 0;
    for (std::size_t k = 0; k < 8; ++k) {  // one load, whatever the order of bytes
      v |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[i * 8 + k])) << (8 * k);
    }
    const std::uint64_t control = ~(((v & kRest) + kOnes * 0x60) | v) & kTops;
    const std::uint64_t found = control | zero(v ^ kOnes * '"') | zero(v ^ kOnes * '\\');
    // Gathers the top bits of the eight bytes: no two of the products meet.
    all |= ((found >> 7U) * 0x0102040810204080ULL >> 56U) << (8 * i);
  }
  return all;
}
#endif

#if defined(__x86_64__)

// The same in half the steps.
__attribute__((target("avx2"))) inline std::uint64_t bits_of_half(const char* at) {
  const __m256i last_control = _mm256_set1_epi8(0x1F);
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  const __m256i control = _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, last_control), last_control);
  const __m256i quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
  const __m256i slash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
  const __m256i any = _mm256_or_si256(control, _mm256_or_si256(quote, slash));
  return static_cast<unsigned>(_mm256_movemask_epi8(any));
}
__attribute__((target("avx2"))) std::uint64_t bits_of_avx2(const char* at) {
  return bits_of_half(at) | bits_of_half(at + 32) << 32U;
}

const bool kHasAvx2 = __builtin_cpu_supports("avx2");

std::uint64_t best_bits_of(const char* at) { return kHasAvx2 ? bits_of_avx2(at) : bits_of(at); }

#else

std::uint64_t best_bits_of(const char* at) { return bits_of(at); }

#endif

std::uint64_t bits_of_last(const char* at, std::size_t left) {
  char block[kBlock];
  std::memset(block, ' ', kBlock);
  std::memcpy(block, at, left);
  return bits_of(block);
}

// Which brackets are open: one bit a level.
class Levels {
 public:
  // False when there are too many.
  bool push(bool object) {
    if (depth_ == JsonScan::kMaxDepth) {
      return false;
    }
    std::uint64_t& word = words_[depth_ / 64];
    const std::uint64_t below = (std::uint64_t{1} << (depth_ % 64)) - 1;
    word = (depth_ % 64 == 0 ? 0 : word & below) |
           (static_cast<std::uint64_t>(object) << (depth_ % 64));
    ++depth_;
    return true;
  }
  // Closes the innermost. True when that was the last one.
  bool pop() { return --depth_ == 0; }
  // Is the innermost an object?
  [[nodiscard]] bool object() const {
    return ((words_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64)) & 1U) != 0;
  }

 private:
  std::size_t depth_ = 0;
  std::array<std::uint64_t, JsonScan::kMaxDepth / 64> words_;  // set as far as depth_
};

// Steps over a string or a key. longest: of all of them.
inline bool step_string(JsonCursor& cursor, std::size_t& longest) {
  const char* const start = cursor.at;
  bool escaped = false;
  if (!cursor.string(escaped)) {
    return false;
  }
  longest = std::max(longest, static_cast<std::size_t>(cursor.at - start) - 2);
  return true;
}

inline bool step_key(JsonCursor& cursor, std::size_t& longest) {
  if (!cursor.to_token() || *cursor.at != '"' || !step_string(cursor, longest) ||
      !cursor.to_token() || *cursor.at != ':') {
    return false;
  }
  ++cursor.at;
  return true;
}

inline bool step_scalar(JsonCursor& cursor, std::size_t& longest) {
  switch (*cursor.at) {
    case '"':
      return step_string(cursor, longest);
    case 't':
      return cursor.word("true");
    case 'f':
      return cursor.word("false");
    case 'n':
      return cursor.word("null");
    default:
      return cursor.number();
  }
}

inline bool at_container(const JsonCursor& cursor) {
  return *cursor.at == '{' || *cursor.at == '[';
}

inline bool closes(char c, bool object) { return c == (object ? '}' : ']'); }

// Steps over the bracket that opens here, to what stands behind it.
inline bool step_in(JsonCursor& cursor, Levels& levels, bool& object) {
  object = *cursor.at++ == '{';
  return levels.push(object) && cursor.to_token();
}

// To the value of the next element, or over the key to that of the next member.
inline bool step_to_value(JsonCursor& cursor, bool object, std::size_t& longest) {
  return (!object || step_key(cursor, longest)) && cursor.to_token();
}

// Behind a value: steps over the brackets that close here. True when the outermost is among them.
inline bool step_out(JsonCursor& cursor, Levels& levels, bool& object) {
  while (cursor.to_token() && closes(*cursor.at, object)) {
    ++cursor.at;
    if (levels.pop()) {
      return true;
    }
    object = levels.object();
  }
  return false;
}

// Steps over the object or array that begins here.
bool step_container(JsonCursor& given, std::size_t& longest) {
  JsonCursor cursor = given;  // a local one can live in registers
  Levels levels;
  bool object = false;
  for (;;) {
    if (at_container(cursor)) {
      if (!step_in(cursor, levels, object)) {
        return false;
      }
      if (!closes(*cursor.at, object)) {
        if (!step_to_value(cursor, object, longest)) {
          return false;
        }
        continue;
      }
    } else if (!step_scalar(cursor, longest)) {
      return false;
    }
    if (step_out(cursor, levels, object)) {
      given = cursor;
      return true;
    }
    if (cursor.at == cursor.end || *cursor.at++ != ',' || !step_to_value(cursor, object, longest)) {
      return false;
    }
  }
}

}  // namespace

const char* JsonSpecials::find_beyond(const char* at) {
  while (end_ > at) {
    const auto left = static_cast<std::size_t>(end_ - at);
    const char* block = at;
    if (left >= kBlock) {
      bits_ = best_bits_of(block);
    } else if (static_cast<std::size_t>(end_ - begin_) >= kBlock) {
      block = end_ - kBlock;  // overlaps what was seen already
      bits_ = best_bits_of(block);
    } else {
      bits_ = bits_of_last(block, left);
    }
    block_ = reinterpret_cast<std::uintptr_t>(block);
    const std::uint64_t bits = bits_ >> static_cast<std::size_t>(at - block);
    if (bits != 0) {
      return at + std::countr_zero(bits);
    }
    at = block + kBlock;
  }
  return end_;
}

bool JsonCursor::skip_blanks() {
  while (at != end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) {
    ++at;
  }
  return at != end;
}

bool JsonCursor::escaped_string(bool& escaped) {
  while (at != end && *at == '\\') {
    escaped = true;
    if (!escape()) {
      return false;
    }
    at = specials_.find(at);
  }
  return at != end && *at++ == '"';
}

// Steps over the escape whose backslash is here. False when it is none.
bool JsonCursor::escape() {
  if (left() < 2) {
    return false;
  }
  const char c = at[1];
  at += 2;
  if (c != 'u') {
    return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' ||
           c == 't';
  }
  if (left() < 4) {
    return false;
  }
  for (const char* const last = at + 4; at != last; ++at) {
    const int lower = *at | 0x20;
    if (!(*at >= '0' && *at <= '9') && !(lower >= 'a' && lower <= 'f')) {
      return false;
    }
  }
  return true;
}

// In line: each key and most values are one.
inline bool JsonScan::string(JsonValue& out) {
  const char* const start = cursor_.at;
  if (!cursor_.string(out.escaped)) {
    return fail();
  }
  out.kind = JsonKind::string;
  out.raw = {start, static_cast<std::size_t>(cursor_.at - start)};
  out.longest = static_cast<std::uint32_t>(out.raw.size() - 2);
  return true;
}

bool JsonScan::open(char bracket) {
  if (failed_ || peek() != bracket) {
    return false;
  }
  ++cursor_.at;
  fresh_ = true;
  return true;
}

bool JsonScan::close_or_comma(char bracket, bool& closed) {
  if (failed_ || !cursor_.to_token()) {
    return fail();
  }
  closed = *cursor_.at == bracket;
  if (closed) {
    ++cursor_.at;
  } else if (!fresh_) {
    if (*cursor_.at != ',') {
      return fail();
    }
    ++cursor_.at;
  }
  fresh_ = false;
  return true;
}

bool JsonScan::next_key(JsonValue& key) {
  bool closed = false;
  if (!close_or_comma('}', closed) || closed) {
    return false;
  }
  if (!cursor_.to_token() || *cursor_.at != '"' || !string(key) || !cursor_.to_token() ||
      *cursor_.at != ':') {
    return fail();
  }
  ++cursor_.at;
  return true;
}

bool JsonScan::next_element() {
  bool closed = false;
  return close_or_comma(']', closed) && !closed;
}

bool JsonScan::scalar(JsonValue& out) {
  const char* const start = cursor_.at;
  bool good = false;
  switch (*start) {
    case 't':
      out.kind = JsonKind::boolean;
      good = cursor_.word("true");
      break;
    case 'f':
      out.kind = JsonKind::boolean;
      good = cursor_.word("false");
      break;
    case 'n':
      out.kind = JsonKind::null;
      good = cursor_.word("null");
      break;
    default:
      out.kind = JsonKind::number;
      good = cursor_.number();
  }
  out.raw = {start, static_cast<std::size_t>(cursor_.at - start)};
  out.escaped = false;
  out.longest = 0;
  return good || fail();
}

bool JsonScan::value(JsonValue& out) {
  fresh_ = false;
  if (failed_ || !cursor_.to_token()) {
    return fail();
  }
  switch (*cursor_.at) {
    case '"':
      return string(out);
    case '{':
    case '[':
      return container(out);
    default:
      return scalar(out);
  }
}

bool JsonScan::container(JsonValue& out) {
  const char* const start = cursor_.at;
  std::size_t longest = 0;
  if (!step_container(cursor_, longest)) {
    return fail();
  }
  out.kind = *start == '{' ? JsonKind::object : JsonKind::array;
  out.raw = {start, static_cast<std::size_t>(cursor_.at - start)};
  out.escaped = false;
  out.longest = static_cast<std::uint32_t>(longest);
  return true;
}

std::size_t find_string_member(std::string_view text, char last, std::size_t from) {
  const std::array<char, 4> mark = {last, '"', ':', '"'};
  const std::string_view whole(mark.data(), mark.size());
#if defined(__SSE2__)
  for (; from + 16 + 2 <= text.size(); from += 16) {
    const auto same = [&](std::size_t offset, char c) {
      __m128i bytes;
      std::memcpy(&bytes, text.data() + from + offset, sizeof(bytes));
      return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
    };
    const __m128i both = _mm_and_si128(same(0, last), same(2, ':'));
    for (auto hits = static_cast<unsigned>(_mm_movemask_epi8(both)); hits != 0; hits &= hits - 1) {
      const std::size_t at = from + static_cast<std::size_t>(std::countr_zero(hits));
      if (text.substr(at, whole.size()) == whole) {
        return at + whole.size();
      }
    }
  }
#endif
  const std::size_t at = text.find(whole, from);
  return at == std::string_view::npos ? text.size() : at + whole.size();
}

}  // namespace auditship::parsers::json
