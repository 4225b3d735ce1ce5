// ChainEntry: one file of a rotation chain, as a look at the directory found it, and perhaps held
// open.
//
// A file that is held can be read to its end after it was renamed or deleted. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "agent/base/compression/codec.h"
#include "agent/base/filesystem.h"
#include "agent/input/file/generations/generation.h"
#include "agent/input/file/rotation/rotation_names.h"

namespace auditship::input::file::rotation {

// Device, inode and birth: which file it is while it lives.
using FileIdentity = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;
[[nodiscard]] FileIdentity identity_of(const FileStat& stat);

// With the time of its last change, as inode numbers are used again.
using SeenFile = std::pair<FileIdentity, std::int64_t>;
[[nodiscard]] SeenFile seen_file(const FileStat& stat);

struct ChainEntry {
  std::string path;
  // Empty for the live file.
  std::optional<RotatedName> rotated;
  FileStat stat;
  // Held from when the file is first seen, so that deleting it loses nothing; null: not yet.
  std::unique_ptr<generations::Generation> file;
  // False: not known to be newer than what was read last.
  bool ordered = true;
  // Its name went, and none that is looked at has it: it was unlinked, or moved elsewhere.
  bool nameless = false;
  // The live file, seen empty after it had been read: what it holds since is new, whatever it is.
  bool emptied = false;
  // Found by its content, not by its name: a look at the rotation names does not show it.
  bool elsewhere = false;

  [[nodiscard]] bool live() const { return !rotated.has_value(); }
  [[nodiscard]] Codec codec() const { return rotated ? rotated->codec : Codec::none; }

  // Takes hold of the file, unless it is held. Errors: not_found when it is gone or its name means
  // another file by now; invalid; io.
  Status open(Fs& fs);
};

// Whether the name that the entry was found under means its file now. In doubt false.
[[nodiscard]] bool is_named(Fs& fs, const ChainEntry& entry);

}  // namespace auditship::input::file::rotation
