// Fs and File: the port to the file system. posix_fs is the real one; tests have one in memory that
// can lose unsynced bytes, fail any call and run out of space.
//
// Offsets and sizes are bytes. Paths are absolute or relative to the working directory. Calls
// block. Not thread-safe. Files must not outlive their Fs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"

namespace auditship {

// What the system knows of a file. Two opens of one file give equal device, inode and generation.
struct FileStat {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t generation =
      0;  // inode generation or birth time where the file system tells it, else 0
  std::uint64_t size = 0;
  std::uint64_t links = 0;  // 0: unlinked while open
  std::int64_t modified_ns = 0;
  bool is_regular = false;
  bool is_directory = false;
  bool no_permissions = false;  // mode 0000: so systemd covers what a unit's settings hide

  [[nodiscard]] bool same_file(const FileStat& o) const {
    return device == o.device && inode == o.inode && generation == o.generation;
  }
};

class File {
 public:
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  virtual ~File() = default;
  // Reads up to size bytes at offset; fewer only at the end of the file (0 = at or behind the end).
  virtual Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t size) = 0;
  // Writes all bytes or fails. Errors: no_space, io; then some bytes may have been written.
  virtual Status write_at(std::uint64_t offset, std::string_view bytes) = 0;
  virtual Status truncate(std::uint64_t size) = 0;
  virtual Status sync() = 0;  // data and what is needed to read it back (fdatasync)
  virtual Result<FileStat> stat() = 0;
  // The first offset at or behind offset that may hold data (lseek SEEK_DATA): what lies between is
  // a hole of zeros. A file system that cannot tell answers offset; behind the last data: the
  // file's size.
  virtual Result<std::uint64_t> next_data(std::uint64_t offset) { return offset; }
};

// write: read and write an existing file; create: new, must not exist. follow: read, of a file that is
// held for long, as logs are. Of those there may be thousands, so they leave a reserve of descriptors to
// all others.
enum class OpenMode { read, follow, write, create };

class Fs {
 public:
  Fs() = default;
  Fs(const Fs&) = delete;
  Fs& operator=(const Fs&) = delete;
  virtual ~Fs() = default;
  // Never blocks on a FIFO, never follows into a device. Errors: not_found, no_space, io; exhausted,
  // when no descriptor is free, or with follow only those of the reserve are.
  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  virtual Result<FileStat> stat(const std::string& path) = 0;  // follows symlinks
  virtual Result<std::vector<std::string>> list(
      const std::string& directory) = 0;  // names, unsorted, no . and ..
  virtual Status make_dirs(
      const std::string& directory) = 0;  // as mkdir -p, mode 0700 for new ones
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  virtual Status sync_dir(const std::string& directory) = 0;
  // Held until the returned object goes. Errors: busy (another process holds it), io.
  virtual Result<std::unique_ptr<File>> lock(const std::string& path) = 0;
  virtual Result<std::uint64_t> free_bytes(const std::string& directory) = 0;
  // How many opens with follow found no descriptor so far: whoever holds one that it can do without
  // gives it back when this grows.
  [[nodiscard]] virtual std::uint64_t refused_opens() const { return 0; }

  // Whole small files. read_file fails with corrupt when the file is longer than max_bytes.
  Result<std::string> read_file(const std::string& path, std::size_t max_bytes);
  // Writes path.tmp, syncs, renames, syncs the directory: the old or the new content, never a mix.
  Status replace_file(const std::string& path, std::string_view bytes);
};

// The part of a path that this process is not shown, itself or a directory above; empty: none.
[[nodiscard]] std::string hidden_part(Fs& fs, std::string_view path);
[[nodiscard]] std::string join_path(std::string_view directory, std::string_view name);
[[nodiscard]] std::string directory_of(std::string_view path);
[[nodiscard]] std::string_view file_name_of(std::string_view path);

}  // namespace auditship
