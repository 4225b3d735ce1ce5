// What is looked for in JSON text many bytes at once, with the instructions that the processor has.
//
// JsonDelimiters finds the next quote, backslash or control character: what may end a JSON string.
// It looks at 64 bytes at once and remembers what it saw: strings in JSON are short, so most
// answers come from the block before, without a look at the text and without a branch that depends
// on the length of the string. Right for any order of questions, fast for places that ascend. Never
// reads beyond the end. Not thread-safe; find_string_member() is stateless.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace auditship::parsers::json {

class JsonDelimiters {
 public:
  static constexpr std::size_t kBlock = 64;

  JsonDelimiters(const char* begin, const char* end) : begin_(begin), end_(end) {}

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
  // Where the block began that bits_ is of; 0: there is none yet.
  std::uintptr_t block_ = 0;
  std::uint64_t bits_ = 0;
};

// Finds the next `":"` behind the character `last`, from `from` on: where a key that ends so has a
// string as its value. Returns what is behind it, or the size of text.
[[nodiscard]] std::size_t find_string_member(std::string_view text, char last, std::size_t from);

}  // namespace auditship::parsers::json
