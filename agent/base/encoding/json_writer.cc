#include "agent/base/encoding/json_writer.h"

#include <array>
#include <cstring>

#include "agent/base/calendar/calendar.h"

namespace auditship {
namespace {

constexpr char kHex[] = "0123456789abcdef";

// "000102…99".
constexpr std::array<char, 200> kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// Writes the last digits of value, in front of them a character. Returns the end.
char* put_digits(char* to, char before, std::uint32_t value, std::size_t width) {
  *to++ = before;
  std::size_t left = width;
  for (; left > 1; left -= 2) {
    std::memcpy(to + left - 2, &kPairs[std::size_t{2} * (value % 100)], 2);
    value /= 100;
  }
  if (left > 0) {
    *to = static_cast<char>('0' + value % 10);
  }
  return to + width;
}

}  // namespace

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
  char* at = digits + sizeof digits;
  for (; value >= 100; value /= 100) {
    at -= 2;
    std::memcpy(at, &kPairs[2 * (value % 100)], 2);
  }
  if (value >= 10) {
    at -= 2;
    std::memcpy(at, &kPairs[2 * value], 2);
  } else {
    *--at = static_cast<char>('0' + value);
  }
  out.append(at, digits + sizeof digits);
}

void append_json_int(std::string& out, std::int64_t value) {
  if (value < 0) {
    out.push_back('-');
    append_json_uint(out, 0 - static_cast<std::uint64_t>(value));
  } else {
    append_json_uint(out, static_cast<std::uint64_t>(value));
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
  const std::int64_t seconds = floor_div(ns_since_epoch, 1'000'000'000);
  const std::int64_t days = floor_div(seconds, kSecondsPerDay);
  const auto rest = static_cast<std::uint32_t>(seconds - days * kSecondsPerDay);
  const CivilDate date = civil_from_days(days);
  // The first character of the year's five is none.
  char text[40];
  char* at = put_digits(text, ' ', static_cast<std::uint32_t>(date.year), 4);
  at = put_digits(at, '-', static_cast<std::uint32_t>(date.month), 2);
  at = put_digits(at, '-', static_cast<std::uint32_t>(date.day), 2);
  at = put_digits(at, 'T', rest / 3600, 2);
  at = put_digits(at, ':', rest / 60 % 60, 2);
  at = put_digits(at, ':', rest % 60, 2);
  const auto nanoseconds = static_cast<std::uint32_t>(ns_since_epoch - seconds * 1'000'000'000);
  if (nanoseconds % 1'000'000 == 0) {
    at = put_digits(at, '.', nanoseconds / 1'000'000, 3);
  } else if (nanoseconds % 1000 == 0) {
    at = put_digits(at, '.', nanoseconds / 1000, 6);
  } else {
    at = put_digits(at, '.', nanoseconds, 9);
  }
  *at++ = 'Z';
  out.append(text + 1, at);
}

void append_hex(std::string& out, const void* bytes, std::size_t size) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < size; ++i) {
    out.push_back(kHex[at[i] >> 4]);
    out.push_back(kHex[at[i] & 15]);
  }
}

}  // namespace auditship
