#include "agent/event/document_id.h"

#include <algorithm>
#include <optional>
#include <string>

#include "agent/base/result.h"

namespace auditship::event {

namespace {

constexpr std::size_t kPrefixBytes = 8;
constexpr std::size_t kSequenceBytes = 6;
constexpr std::size_t kHashBytes = 5;
constexpr std::size_t kIdBytes = kPrefixBytes + kSequenceBytes + kHashBytes;
static_assert(DocId::kSize == (kIdBytes * 8 + 5) / 6);

using IdBytes = std::array<std::uint8_t, kIdBytes>;

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 64;

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

// Here and not by a library: once for each line, of a fixed size.
DocId encode(const IdBytes& bytes) {
  DocId id;
  char* to = id.text.data();
  std::size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3) {
    const unsigned three = static_cast<unsigned>(bytes[at] << 16U) |
                           static_cast<unsigned>(bytes[at + 1] << 8U) | bytes[at + 2];
    *to++ = kAlphabet[three >> 18U];
    *to++ = kAlphabet[(three >> 12U) & 63U];
    *to++ = kAlphabet[(three >> 6U) & 63U];
    *to++ = kAlphabet[three & 63U];
  }
  static_assert(kIdBytes % 3 == 1, "one byte is left");
  *to++ = kAlphabet[bytes[at] >> 2U];
  *to = kAlphabet[(bytes[at] & 3U) << 4U];
  return id;
}

// nullopt: not 19 bytes in base64url as encode() writes them.
std::optional<IdBytes> decode(std::string_view text) {
  if (text.size() != DocId::kSize) {
    return std::nullopt;
  }
  IdBytes bytes{};
  unsigned bits = 0;
  unsigned size = 0;
  std::size_t at = 0;
  for (const char c : text) {
    const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
    if (value == kNoDigit) {
      return std::nullopt;
    }
    bits = (bits << 6U | value) & 0xffffU;
    size += 6;
    if (size >= 8) {
      size -= 8;
      bytes[at++] = static_cast<std::uint8_t>(bits >> size);
    }
  }
  return (bits & ((1U << size) - 1U)) == 0 ? std::optional(bytes) : std::nullopt;
}

}  // namespace

DocId DocIds::of(const RawLine& line, const Record& record) {
  const bool salvaged = record.offset_in_line > 0;
  const bool counts_bytes = line.origin == nullptr || line.origin->sequence_counts_bytes;
  const std::uint64_t sequence =
      line.id.sequence + (salvaged && counts_bytes ? record.offset_in_line : 0);
  AUDITSHIP_CHECK(sequence >> (8 * kSequenceBytes) == 0, "a log is larger than 2^48");
  Digest digest{};
  if (!salvaged) {
    digest = line.digest ? *line.digest : sha_.of(line.text);
  } else if (counts_bytes) {
    digest = sha_.of(record.raw);
  } else {
    sha_.update_prefixed(std::to_string(record.offset_in_line));
    sha_.update_prefixed(record.raw);
    digest = sha_.finish();
  }

  IdBytes bytes{};
  static_assert(std::tuple_size_v<RecordId::Prefix> == kPrefixBytes);
  auto at = std::copy(line.id.prefix.begin(), line.id.prefix.end(), bytes.begin());
  bytes[0] &= 0x7f;
  for (std::size_t i = 0; i < kSequenceBytes; ++i) {
    *at++ = static_cast<std::uint8_t>(sequence >> (8 * (kSequenceBytes - 1 - i)));
  }
  std::copy_n(digest.begin(), kHashBytes, at);
  return encode(bytes);
}

DocId DocIds::derived(std::string_view label, std::string_view origin) {
  auto bytes = decode(origin);
  AUDITSHIP_CHECK(bytes.has_value(), "what is derived is derived from a document");
  sha_.update_prefixed(label);
  sha_.update_prefixed(origin);
  const Digest digest = sha_.finish();
  std::copy_n(digest.begin(), kHashBytes, bytes->end() - kHashBytes);
  return encode(*bytes);
}

bool is_document_id(std::string_view text) {
  const auto bytes = decode(text);
  return bytes && (bytes->front() & 0x80U) == 0;
}

std::uint64_t sequence_of(std::string_view id) {
  const auto bytes = decode(id);
  std::uint64_t sequence = 0;
  for (std::size_t i = 0; bytes && i < kSequenceBytes; ++i) {
    sequence = sequence << 8U | (*bytes)[kPrefixBytes + i];
  }
  return sequence;
}

}  // namespace auditship::event
