// JsonSpecials finds the next quote, backslash or control character: what may end a JSON string.
//
// Looks at 64 bytes at once and remembers what it saw: strings in JSON are short, so most answers
// come from the block before, without a look at the text and without a branch that depends on the
// length of the string. Right for any order of questions, fast for places that ascend.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace auditship::parsers::json {

class JsonSpecials {
 public:
  static constexpr std::size_t kBlock = 64;

  JsonSpecials(const char* begin, const char* end) : begin_(begin), end_(end) {}

  // The first of them in [at, end), else end.
  [[nodiscard]] const char* find(const char* at) {
    const auto offset = reinterpret_cast<std::uintptr_t>(at) - block_;
    if (offset < kBlock) {
      const std::uint64_t bits = bits_ >> offset;
      if (bits != 0) [[likely]] {
        return at + std::countr_zero(bits);
      }
      at += kBlock - offset;
    }
    return find_beyond(at);
  }

 private:
  // As find(), where nothing is known of the text from `at` on.
  const char* find_beyond(const char* at);

  const char* begin_;
  const char* end_;
  std::uintptr_t block_ = 0;  // where the block began that bits_ is of; 0: none yet
  std::uint64_t bits_ = 0;
};

}  // namespace auditship::parsers::json
