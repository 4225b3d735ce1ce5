// A place in a log file: which generation of the log, and how far into it. Plain values.
//
// A position names bytes of the uncompressed file, so it survives rename, gzip and copy. Outside of
// this input it is an opaque event::Cursor (agent/input/file/generations/file_cursor.h).
#pragma once

#include <compare>
#include <cstdint>

#include "agent/base/encoding/sha256.h"

namespace auditship::input::file::generations {

// Which generation of a log file: SHA-256 over its first complete line (without the newline), and a
// number that tells apart distinct generations that begin with the same line (0 for the first).
struct FileKey {
  Digest first_line{};
  std::uint32_t collision_index = 0;

  auto operator<=>(const FileKey&) const = default;
};

// The bytes before offset have been dealt with.
struct FilePosition {
  FileKey file;
  // Bytes, in the uncompressed file.
  std::uint64_t offset = 0;

  auto operator<=>(const FilePosition&) const = default;
};

}  // namespace auditship::input::file::generations
