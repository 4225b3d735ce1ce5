// LogFileReader: the bytes of a log file or of standard input, inflated where the name says so, and
// their lines. For commands that read files from their beginning; the agent itself reads by FileSource.
// Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/compression.h"
#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "agent/event/position.h"

namespace auditship::input::file {

class LogFileReader {
 public:
  // file: null means standard input.
  LogFileReader(std::unique_ptr<File> file, Codec codec)
      : file_(std::move(file)), codec_(codec), unpacker_(codec) {}

  // Up to size bytes; 0 at the end. Errors: io, corrupt.
  Result<std::size_t> read(char* into, std::size_t size);
  // Bytes of the file taken so far, packed as they are: how far the reading is.
  [[nodiscard]] std::uint64_t taken() const { return offset_; }

 private:
  Result<std::size_t> raw(char* into, std::size_t size);

  std::unique_ptr<File> file_;
  Codec codec_;
  Unpacker unpacker_;
  std::uint64_t offset_ = 0;
  std::string buffer_, inflated_;
  std::size_t taken_ = 0;  // of inflated_
  std::string_view packed_;
};

enum class LastLine { leave_unterminated, take_unterminated };

struct LineCalls {
  std::function<Status(const event::RawLine&)> each;
  std::function<Status()> after_read;  // after the lines of each read; may be empty
  std::function<Status()> empty_line;  // for each line that is none, in its place; may be empty
};

// Calls for every line, from the beginning of the file, as the agent would place it: with the
// digest of the first line, no collision_index. Stops at the first error, and returns it.
Status each_line(LogFileReader& bytes, const event::LineSource& source,
                 std::uint64_t line_max_bytes, LastLine last, const LineCalls& calls);

// A log that a command reads: name is a path, or - for standard input (a null file). Sets what
// source says of it; the last change of an old file says when "now" was. Errors: of opening it.
[[nodiscard]] Result<std::unique_ptr<File>> open_log(Fs& fs, const std::string& name,
                                                     event::LineSource& source);

// .gz, .zst, else none.
[[nodiscard]] Codec codec_by_name(std::string_view file);

}  // namespace auditship::input::file
