#include "agent/event/document_id.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "agent/base/result.h"

namespace auditship::event {

namespace {

constexpr std::size_t kOffsetBytes = 6;
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

DocIds::DocIds(std::string_view cluster, std::string_view node) : cluster_(cluster), node_(node) {}

const DocIds::Prefix& DocIds::prefix(const FileKey& file) {
  if (last_ != nullptr && last_->first == file) {
    return last_->second;
  }
  auto found = prefixes_.find(file);
  if (found == prefixes_.end()) {
    if (prefixes_.size() >= kMaxCached) {
      prefixes_.clear();
    }
    std::array<char, 32> first_line{};
    std::copy(file.first_line.begin(), file.first_line.end(),
              reinterpret_cast<std::uint8_t*>(first_line.data()));
    sha_.update_prefixed(cluster_);
    sha_.update_prefixed(node_);
    sha_.update_prefixed({first_line.data(), first_line.size()});
    if (file.collision_index > 0) {
      std::array<char, 4> collision_index{};
      for (std::size_t i = 0; i < collision_index.size(); ++i) {
        collision_index[i] =
            static_cast<char>(file.collision_index >> (8 * (collision_index.size() - 1 - i)));
      }
      sha_.update_prefixed({collision_index.data(), collision_index.size()});
    }
    const Digest digest = sha_.finish();
    Prefix short_digest{};
    std::copy_n(digest.begin(), short_digest.size(), short_digest.begin());
    found = prefixes_.emplace(file, short_digest).first;
  }
  last_ = &*found;
  return last_->second;
}

DocId DocIds::of(const RawLine& line, const Record& record) {
  const bool salvaged = record.offset_in_line > 0;
  const std::uint64_t offset = line.begin.offset + record.offset_in_line;
  AUDITSHIP_CHECK(offset >> (8 * kOffsetBytes) == 0, "a log file is larger than 2^48 bytes");
  const Digest digest = salvaged      ? sha_.of(record.raw)
                        : line.digest ? *line.digest
                                      : sha_.of(line.text);
  const Prefix& front = prefix(line.begin.file);

  std::array<std::uint8_t, DocId::kSize / 2> bytes{};
  auto at = std::copy(front.begin(), front.end(), bytes.begin());
  for (std::size_t i = 0; i < kOffsetBytes; ++i) {
    *at++ = static_cast<std::uint8_t>(offset >> (8 * (kOffsetBytes - 1 - i)));
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

std::uint64_t offset_of(std::string_view id) {
  constexpr std::size_t kAt = DocId::kSize - 2 * (kHashBytes + kOffsetBytes);
  std::uint64_t offset = 0;
  if (id.size() == DocId::kSize) {
    std::from_chars(id.data() + kAt, id.data() + kAt + 2 * kOffsetBytes, offset, 16);
  }
  return offset;
}

}  // namespace auditship::event
