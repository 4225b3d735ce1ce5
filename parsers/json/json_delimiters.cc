#include "parsers/json/json_delimiters.h"

#include <array>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace auditship::parsers::json {
namespace {

constexpr std::size_t kBlock = JsonDelimiters::kBlock;

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
    // This is one load, whatever the order of bytes.
    for (std::size_t k = 0; k < 8; ++k) {
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

}  // namespace

const char* JsonDelimiters::find_beyond(const char* at) {
  while (end_ > at) {
    const auto left = static_cast<std::size_t>(end_ - at);
    const char* block = at;
    if (left >= kBlock) {
      bits_ = best_bits_of(block);
    } else if (static_cast<std::size_t>(end_ - begin_) >= kBlock) {
      // This block overlaps what was seen already.
      block = end_ - kBlock;
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
