// DigitPairs: numbers of two digits in eight bytes of a known shape, read at once.
//
//   constexpr DigitPairs kClock("00:00:00");  // '0' stands for a digit, else for itself
//   if (std::uint64_t values = 0; kClock.read(at, values)) minute = DigitPairs::number(values, 3);
//
// Stateless; thread-safe.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace auditship::parsers::syslog {

class DigitPairs {
 public:
  static constexpr std::size_t kBytes = 8;

  explicit constexpr DigitPairs(const char (&shape)[kBytes + 1]) {
    for (std::size_t i = 0; i < kBytes; ++i) {
      const bool digit = shape[i] == '0';
      zeros_ |= std::uint64_t{static_cast<unsigned char>(shape[i])} << (8 * i);
      // What makes a byte overflow into its highest bit from ten on, or from one on.
      limits_ |= std::uint64_t{digit ? 0x76U : 0x7FU} << (8 * i);
    }
  }

  // The eight bytes at `at`, which must be there, have the shape: then values holds, in the byte of
  // each digit that has one behind it, the number of the two (see number()).
  [[nodiscard]] bool read(const char* at, std::uint64_t& values) const {
    constexpr std::uint64_t kHighest = 0x8080808080808080U;
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    if constexpr (std::endian::native == std::endian::big) {
      word = __builtin_bswap64(word);
    }
    const std::uint64_t digits = word ^ zeros_;
    if (((digits | (digits + limits_)) & kHighest) != 0) {
      return false;
    }
    // No byte is over 99, so none touches the next one.
    values = digits * 10 + (digits >> 8U);
    return true;
  }

  // The number whose first digit is the byte at place.
  [[nodiscard]] static constexpr int number(std::uint64_t values, unsigned place) {
    return static_cast<int>(values >> (8 * place) & 0xFFU);
  }

 private:
  std::uint64_t zeros_ = 0;
  std::uint64_t limits_ = 0;
};

}  // namespace auditship::parsers::syslog
