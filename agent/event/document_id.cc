#include "agent/event/document_id.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

#include "agent/base/result.h"

namespace auditship::event {

namespace {

constexpr std::size_t kSequenceBytes = 6;
constexpr std::size_t kHashBytes = 8;

// "000102…ff": a byte's two characters are copied at once.
constexpr std::array<char, 512> kHexPairs = [] {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<char, 512> pairs{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    pairs[2 * byte] = kDigits[byte >> 4U];
    pairs[2 * byte + 1] = kDigits[byte & 15U];
  }
  return pairs;
}();

void put_hex(const std::uint8_t* bytes, std::size_t size, char* to) {
  for (std::size_t i = 0; i < size; ++i, to += 2) {
    std::memcpy(to, &kHexPairs[2U * bytes[i]], 2);
  }
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

  std::array<std::uint8_t, DocId::kSize / 2> bytes{};
  auto at = std::copy(line.id.prefix.begin(), line.id.prefix.end(), bytes.begin());
  for (std::size_t i = 0; i < kSequenceBytes; ++i) {
    *at++ = static_cast<std::uint8_t>(sequence >> (8 * (kSequenceBytes - 1 - i)));
  }
  std::copy_n(digest.begin(), kHashBytes, at);

  DocId id;
  put_hex(bytes.data(), bytes.size(), id.text.data());
  return id;
}

DocId DocIds::derived(std::string_view label, std::string_view origin) {
  AUDITSHIP_CHECK(origin.size() == DocId::kSize, "an id has 44 digits");
  sha_.update_prefixed(label);
  sha_.update_prefixed(origin);
  const Digest digest = sha_.finish();
  DocId id;
  char* to = std::copy_n(origin.data(), DocId::kSize - 2 * kHashBytes, id.text.data());
  put_hex(digest.data(), kHashBytes, to);
  return id;
}

std::uint64_t sequence_of(std::string_view id) {
  constexpr std::size_t kAt = DocId::kSize - 2 * (kHashBytes + kSequenceBytes);
  std::uint64_t sequence = 0;
  if (id.size() == DocId::kSize) {
    std::from_chars(id.data() + kAt, id.data() + kAt + 2 * kSequenceBytes, sequence, 16);
  }
  return sequence;
}

}  // namespace auditship::event
