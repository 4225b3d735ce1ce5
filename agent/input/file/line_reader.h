// LineReader turns the bytes of one file into lines, within bounded memory however long a line is.
//
//   reader.restart(key, offset, before);
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

#include "agent/base/sha256.h"
#include "agent/event/position.h"

namespace auditship::input::file {

class LineReader {
 public:
  // tail_bytes is at most half of max_bytes; max_bytes at least 2.
  LineReader(std::uint64_t max_bytes, std::uint64_t tail_bytes);

  // Forgets everything; the next byte added stands at offset, behind the bytes `before`.
  void restart(const event::FileKey& key, std::uint64_t offset, std::string_view before);

  // Ends the life of the lines given out and gives back memory that a long line took.
  void release();

  // Room for size bytes behind what was added; then say how many of them are real. Only after
  // release().
  char* room(std::size_t size);
  void add(std::size_t size);
  // The bytes from end() to offset are zeros and were not read. Only when waiting() is 0.
  void skip_zeros(std::uint64_t offset);

  // The next complete line; false when there is none. Fills all of line but source.
  bool next(event::RawLine& line);
  // The bytes behind the last newline, as a line marked unterminated; false when there are none.
  bool rest(event::RawLine& line);

  [[nodiscard]] std::uint64_t offset() const { return offset_; }  // behind the last line given out
  [[nodiscard]] std::uint64_t end() const { return end_; }        // of the bytes added
  [[nodiscard]] std::uint64_t waiting() const { return end_ - offset_; }
  [[nodiscard]] std::uint64_t empty_lines() const { return empty_lines_; }  // since it was made
  [[nodiscard]] std::size_t memory() const;

  // The last min(offset, Checkpoint::kTailHashBytes) bytes before offset().
  [[nodiscard]] std::string window() const;

 private:
  void pass_zeros();
  bool next_long(event::RawLine& line);
  void begin_long();
  void absorb(std::string_view bytes);
  void finish_long(event::RawLine& line, std::uint64_t end);
  void fill(event::RawLine& line, std::uint64_t begin, std::string_view bytes, std::uint64_t end);

  std::uint64_t max_bytes_, tail_bytes_;
  event::FileKey key_;
  std::uint64_t offset_ = 0, end_ = 0, empty_lines_ = 0;

  // buffer_[start_, size_) are the bytes from offset_ on, without those that a long line has
  // absorbed.
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0, start_ = 0, size_ = 0, scanned_ = 0;
  std::size_t base_ = 0;  // buffer_[base_] stands behind `before_`
  std::string before_;    // last bytes before buffer_[base_]

  // A line longer than max_bytes that is not complete yet.
  enum class Long { none, growing, given_out };
  Long long_ = Long::none;
  std::uint64_t long_length_ = 0;
  std::string head_, tail_;
  bool held_cr_ = false;  // a CR that may belong to the newline: not hashed yet
  Sha256 hash_;
};

}  // namespace auditship::input::file
