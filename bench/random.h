// Random: splitmix64, so that the same seed gives the same bytes on every machine and compiler.
// Not for secrets. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace auditship::bench {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  // 0 … bound - 1; bound > 0.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  bool chance(std::uint64_t one_in) { return below(one_in) == 0; }

  template <typename T, std::size_t N>
  const T& pick(const T (&from)[N]) {
    return from[below(N)];
  }

  // size characters of alphabet.
  std::string text(std::string_view alphabet, std::size_t size) {
    std::string out(size, ' ');
    for (char& c : out) {
      c = alphabet[below(alphabet.size())];
    }
    return out;
  }
  std::string hex(std::size_t size) { return text("0123456789abcdef", size); }
  std::string base64(std::size_t size) {
    return text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", size);
  }
  std::string uuid() {
    return hex(8) + '-' + hex(4) + "-4" + hex(3) + "-a" + hex(3) + '-' + hex(12);
  }

 private:
  std::uint64_t state_;
};

}  // namespace auditship::bench
