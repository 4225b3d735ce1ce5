#include "agent/base/encoding/json_writer.h"

#include "agent/base/calendar.h"

namespace auditship {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_digits(std::string& out, std::uint64_t value, std::size_t width) {
  char digits[20];
  for (std::size_t i = width; i > 0; --i) {
    digits[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits, width);
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
  const std::int64_t ns = ns_since_epoch - seconds * 1'000'000'000;
  const std::int64_t days = floor_div(seconds, kSecondsPerDay);
  const std::int64_t rest = seconds - days * kSecondsPerDay;
  const CivilDate date = civil_from_days(days);
  const auto two = [&](std::int64_t v, char before) {
    out.push_back(before);
    append_digits(out, static_cast<std::uint64_t>(v), 2);
  };
  append_digits(out, static_cast<std::uint64_t>(date.year), 4);
  two(date.month, '-');
  two(date.day, '-');
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
