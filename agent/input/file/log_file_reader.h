// LogFileReader: the bytes of a log file or of standard input, inflated where the name says so, and
// their lines. For commands that read files from their beginning; the agent itself reads by
// FileSource. Not thread-safe.
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
#include "agent/event/record_id.h"

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
  // Of inflated_.
  std::size_t taken_ = 0;
  std::string_view packed_;
};

enum class LastLine { leave_unterminated, take_unterminated };

struct LineCalls {
  std::function<Status(const event::RawLine&)> each;
  // After the lines of each read; may be empty.
  std::function<Status()> after_read;
  // For each line that is none, in its place; may be empty.
  std::function<Status()> empty_line;
};

// How a command reads a log.
struct LineReading {
  // What the lines are said to be from; its name is the path in their ids. Must outlive the reading.
  const event::RecordOrigin& origin;
  // Of the ids.
  event::IdScope scope{};
  // Which one the file is taken for, of several generations that begin with the same line.
  std::uint32_t collision_index = 0;
  std::uint64_t line_max_bytes = 16 << 20;
  LastLine last = LastLine::leave_unterminated;
};

// Calls for every line, from the beginning of the file, with the id that the agent would give it.
// Stops at the first error, and returns it.
Status each_line(LogFileReader& bytes, const LineReading& reading, const LineCalls& calls);

// A log that a command reads: name is a path, or - for standard input (a null file). Sets origin to
// what is known of it; the last change of an old file says when "now" was. Errors: of opening it.
[[nodiscard]] Result<std::unique_ptr<File>> open_log(Fs& fs, const std::string& name,
                                                     event::RecordOrigin& origin);

// .gz, .zst, else none.
[[nodiscard]] Codec codec_by_name(std::string_view file);

}  // namespace auditship::input::file
