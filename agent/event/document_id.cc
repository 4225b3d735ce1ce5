#include "agent/event/document_id.h"

#include <algorithm>
#include <optional>
#include <string>

#include "agent/base/encoding/base64.h"
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

// nullopt: not an id as encode() writes it.
std::optional<IdBytes> decode(std::string_view text) {
  std::string standard(text.substr(0, DocId::kSize + 1));
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  const auto decoded = decode_base64(standard);
  if (!decoded || decoded->size() != kIdBytes) {
    return std::nullopt;
  }
  IdBytes bytes{};
  std::copy(decoded->begin(), decoded->end(), bytes.begin());
  return encode(bytes).view() == text ? std::optional(bytes) : std::nullopt;
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
