// LineReader turns the bytes of one file into lines, within bounded memory however long a line is.
//
//   reader.restart(prefix, offset, before);
//   reader.release();                      // lines given out so far die
//   reader.add(read(reader.room(n), n));
//   while (reader.next(line)) …
//
// A line is what stands between two LF; one CR before the LF is dropped. Empty lines are counted,
// not given out. NUL bytes at the beginning of a line (the hole that copytruncate leaves) are
// skipped. A line of more than max_bytes is cut: its first max_bytes - tail_bytes and last
// tail_bytes are kept. Lines point into the reader until release() or restart(). Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/encoding/sha256.h"
#include "agent/event/position.h"

namespace auditship::input::file::follow {

class LineReader {
 public:
  // tail_bytes is at most half of max_bytes; max_bytes at least 2.
  LineReader(std::uint64_t max_bytes, std::uint64_t tail_bytes);

  // Forgets everything; the next byte added stands at offset, behind the bytes `before`. prefix: of
  // the lines' ids.
  void restart(const event::RecordId::Prefix& prefix, std::uint64_t offset,
               std::string_view before);

  // Ends the life of the lines given out and gives back memory that a long line took.
  void release();

  // Room for size bytes behind what was added; then say how many of them are real. Only after
  // release().
  char* room(std::size_t size);
  void add(std::size_t size);
  // The bytes from end() to offset are zeros and were not read. Only when waiting() is 0.
  void skip_zeros(std::uint64_t offset);

  // The next complete line; false when there is none. Fills all of line but origin.
  bool next(event::RawLine& line);
  // The bytes behind the last newline, as a line marked unterminated; false when there are none.
  bool rest(event::RawLine& line);

  // Behind the last line given out.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  // Of the bytes added.
  [[nodiscard]] std::uint64_t end() const { return end_; }
  // Bytes added that were not given out.
  [[nodiscard]] std::uint64_t waiting() const { return end_ - offset_; }
  // Since the reader was made.
  [[nodiscard]] std::uint64_t empty_lines() const { return empty_lines_; }
  [[nodiscard]] std::size_t memory() const;

  // The last min(offset, FileCheckpoint::kTailHashBytes) bytes before offset().
  [[nodiscard]] std::string window() const;

 private:
  void pass_zeros();
  bool next_long(event::RawLine& line);
  void begin_long();
  void absorb(std::string_view bytes);
  void finish_long(event::RawLine& line, std::uint64_t end);
  void fill(event::RawLine& line, std::uint64_t begin, std::string_view bytes, std::uint64_t end);
  void place(event::RawLine& line, std::uint64_t begin, std::uint64_t end) const;

  std::uint64_t max_bytes_, tail_bytes_;
  event::RecordId::Prefix prefix_{};
  std::uint64_t offset_ = 0, end_ = 0, empty_lines_ = 0;

  // buffer_[start_, size_) are the bytes from offset_ on, without those that a long line has
  // absorbed.
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0, start_ = 0, size_ = 0, scanned_ = 0;
  // buffer_[base_] stands behind before_, the last bytes before it.
  std::size_t base_ = 0;
  std::string before_;

  // A line longer than max_bytes that is not complete yet.
  enum class Long { none, growing, given_out };
  Long long_ = Long::none;
  std::uint64_t long_length_ = 0;
  std::string head_, tail_;
  // A CR that may belong to the newline: not hashed yet.
  bool held_cr_ = false;
  Sha256 hash_;
};

}  // namespace auditship::input::file::follow
