// Generation: one file of a rotation chain, opened, read from its uncompressed beginning to its end, and
// compared with what a Checkpoint remembers of a file.
//
// Holds its descriptor, so the file can be read to its end after it was unlinked or renamed.
// Decompresses .gz, .zst, .xz and .bz2; seeking in them inflates from the start. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/unpacker.h"
#include "agent/base/encoding/sha256.h"
#include "agent/base/filesystem.h"
#include "agent/input/file/generations/file_checkpoint.h"

namespace auditship::input::file::generations {

enum class ReadEnd : std::uint8_t {
  more,      // bytes were read
  end,       // nothing behind here, now
  replaced,  // what was read before is not in the file any more: it was truncated or rewritten
  damaged,   // compressed data are broken or end early
};

struct ReadChunk {
  std::size_t size = 0;
  ReadEnd end = ReadEnd::more;
};

class Generation {
 public:
  // Errors: not_found; invalid when it is not a regular file; exhausted; io.
  static Result<std::unique_ptr<Generation>> open(Fs& fs, const std::string& path, Codec codec);

  // The next bytes. replaced is told from the size and from the bytes before offset().
  Result<ReadChunk> read(char* into, std::size_t size);
  // Goes behind the hole of zeros that begins here, if the file system can tell; returns offset().
  Result<std::uint64_t> skip_hole();
  // Goes to an offset of the uncompressed file. False: the file is shorter (or damaged before it).
  Result<bool> seek(std::uint64_t offset);

  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  // The last bytes before offset(), at most FileCheckpoint::kTailHashBytes.
  [[nodiscard]] const std::string& window() const { return window_; }

  // The first complete line, zeros before it skipped. Remembers how far it looked. Moves offset()
  // of compressed files to 0.
  struct Head {
    bool complete = false;
    // Not one byte but zeros was found.
    bool empty = true;
    // Compressed data are broken or end early.
    bool damaged = false;
    // Only when complete: of the line without its newline, and the offset behind it.
    Digest digest{};
    std::uint64_t end = 0;
  };
  enum class LastLine { needs_newline, may_end_without };
  Result<Head> head(LastLine last_line);
  // Hash of the first FileCheckpoint::kTailHashBytes bytes; 0 when there are fewer. Moves offset()
  // of compressed files to 0.
  Result<std::uint64_t> head_hash();
  // Its first line was read from a file that has been rewritten since; or may have been.
  void forget_head();
  void recheck_head();

  // Bytes of a plain file, as they lie there now; fewer only at its end. Moves no offset.
  Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t size) {
    return file_->read_at(offset, into, size);
  }
  Result<FileStat> stat() { return file_->stat(); }
  [[nodiscard]] bool compressed() const { return codec_ != Codec::none; }
  // Not read yet, in bytes as they lie on disk.
  [[nodiscard]] std::uint64_t unread(std::uint64_t size) const;

 private:
  Generation(std::unique_ptr<File> file, Codec codec);
  Result<ReadChunk> read_plain(char* into, std::size_t size);
  Result<ReadChunk> read_packed(char* into, std::size_t size);
  Result<ReadChunk> read_any(char* into, std::size_t size);
  Result<bool> window_intact();
  Result<ReadEnd> look_at_end();
  void restart();
  Status scan_head();
  Status add_to_head(std::string_view bytes);
  void remember(std::string_view bytes);

  std::unique_ptr<File> file_;
  Codec codec_;
  std::uint64_t offset_ = 0;
  std::string window_;
  // The file's mtime when the window was last compared.
  std::int64_t checked_ns_ = 0;

  std::unique_ptr<Unpacker> unpacker_;
  std::string packed_, unpacked_;
  std::size_t packed_used_ = 0, unpacked_used_ = 0;
  std::uint64_t packed_offset_ = 0;

  Head head_;
  Sha256 head_sum_;
  std::uint64_t head_scanned_ = 0;
  // What stood before head_scanned_.
  std::string head_window_;
};

// First 8 bytes of SHA-256: what Checkpoint's hashes are.
[[nodiscard]] std::uint64_t hash64(std::string_view bytes);

}  // namespace auditship::input::file::generations
