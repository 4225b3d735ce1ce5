// DocId: the _id of a document, made of the place where its line stands and of the line's bytes.
//
//   44 hex characters = 8 bytes SHA-256(cluster, node, first line[, collision_index]) ‖ 6 bytes offset ‖ 8
//   bytes SHA-256(line)
//
// It survives rename, gzip, copy and a lost checkpoint; ids of one file share a prefix and ascend.
//
// No byte that a client can choose makes two lines share an id. Within one generation of a file the
// offsets differ, and they are in the id as they are: nothing in a line can change that. Parts
// salvaged from one line begin at different offsets too. Between generations three things must
// agree at once: the digest of who, where and first line; the offset; and the line's digest.
// Cluster, node and line are length-prefixed, so no part can pose as another. The digests are
// truncated SHA-256, so agreeing on purpose means to find two collisions of 64 bits among lines
// that contain time stamps and process numbers of the server, to have two of them stand first in
// their files and the other two at the same byte. Such a search pairs only lines that the searcher
// invented: to hide a *given* line behind an earlier one is a second preimage (2^64 tries, at a
// given place in a given file). Generations that really begin with the same line are told apart by
// FileKey::collision_index.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "agent/base/sha256.h"
#include "agent/event/event.h"
#include "agent/event/position.h"

namespace auditship::event {

struct DocId {
  static constexpr std::size_t kSize = 44;
  std::array<char, kSize> text{};

  [[nodiscard]] std::string_view view() const { return {text.data(), text.size()}; }
  bool operator==(const DocId&) const = default;
};

// Makes ids for the lines of one node. Not thread-safe.
// The offset within an id's text.
[[nodiscard]] std::uint64_t offset_of(std::string_view id);

class DocIds {
 public:
  DocIds(std::string_view cluster, std::string_view node);

  // The id of one record of line: offset and bytes are those of the record where it was salvaged
  // from behind a torn piece (offset_in_line > 0), else those of the whole line.
  [[nodiscard]] DocId of(const RawLine& line, const Record& record);
  // The id of a document that was derived about the line whose document id is origin (44 hex
  // digits): file and offset of it, then 8 bytes of SHA-256 over label and origin,
  // length-prefixed. Labels keep apart several documents about one line, and these from any
  // line's: the digest of the line at that place is part of what is hashed.
  [[nodiscard]] DocId derived(std::string_view label, std::string_view origin);

 private:
  using Prefix = std::array<std::uint8_t, 8>;
  const Prefix& prefix(const FileKey& file);

  static constexpr std::size_t kMaxCached = 256;  // files; then begins anew
  std::string cluster_, node_;
  Sha256 sha_;
  std::map<FileKey, Prefix> prefixes_;
  const std::pair<const FileKey, Prefix>* last_ = nullptr;  // into prefixes_
};

}  // namespace auditship::event
