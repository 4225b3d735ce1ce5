// Where a record stands in its source: FileKey, SourcePos and RawLine.
//
// A position names bytes of the *uncompressed* file, so it survives rename, gzip and copy. It is a
// type, not a number, because later inputs (the systemd journal) have cursors instead of offsets.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/base/sha256.h"

namespace auditship::event {

// Which generation of a log file: SHA-256 over its first complete line (without the newline), and a
// number that tells apart distinct generations that begin with the same line (0 for the first).
struct FileKey {
  Digest first_line{};
  std::uint32_t collision_index = 0;

  auto operator<=>(const FileKey&) const = default;
};

// The bytes before offset have been dealt with.
struct SourcePos {
  FileKey file;
  std::uint64_t offset = 0;  // bytes, in the uncompressed file

  auto operator<=>(const SourcePos&) const = default;
};

// What the parser may know about the file that a line comes from. Lives as long as the FileSource does.
struct LineSource {
  std::string path;              // the configured path of the live file, e.g. /var/log/auth.log
  std::string read_path;         // where the bytes were read now, e.g. /var/log/auth.log.2.gz
  std::int64_t modified_ns = 0;  // mtime of that file, ns since the epoch
  bool live = true;              // false: a rotated generation (its mtime bounds its time stamps)
};

// One line without its newline. text is borrowed until the next FileSource::read.
//
// A line over the limit is cut: text holds its first bytes, tail its last ones (they do not
// overlap), length its true length, and digest the SHA-256 over all of it.
struct RawLine {
  SourcePos begin, end;  // end is behind the newline
  std::string_view text;
  std::string_view tail;
  std::uint64_t length = 0;  // bytes, without the newline
  bool cut = false;
  bool unterminated = false;     // last line of a file that was rotated away without a newline
  std::optional<Digest> digest;  // only when cut
  const LineSource* source = nullptr;
};

}  // namespace auditship::event
