// LogFiles: what an input offers beyond its port (source.h) where its logs are files, for commands
// that are given files by people: `parse`, `explain`, `reconcile`. An input whose logs are no files
// has none (InputConfig::log_files).
//
//   auto file = files->open({.file = "auth.log.2.gz", .scope = scope});
//   Status status = (*file)->each_line({.each = [](const event::RawLine& line) { … }});
//
// The agent itself reads by Source. Not thread-safe. Calls block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/base/result.h"
#include "agent/event/position.h"
#include "agent/event/record_id.h"

namespace auditship::input {

// What stands behind the last newline: a line, or one that is still being written.
enum class LastLine : std::uint8_t { leave_unterminated, take_unterminated };

// What the last change of a file means for lines whose own time is not complete.
enum class FileTime : std::uint8_t {
  counts,   // nothing in it was written later
  ignored,  // as if it were still being written
};

enum class FilePlace : std::uint8_t {
  beside_log,  // the file must be in the directory of its log
  anywhere,    // a copy may lie somewhere else; only for logs that are named without wildcards
};

struct LineCalls {
  // For each line, which lives until it returns.
  std::function<Status(const event::RawLine&)> each;
  // After the lines of each read; may be empty.
  std::function<Status()> after_read{};
  // For each line that is none, in its place; may be empty.
  std::function<Status()> empty_line{};
};

struct LogFileRequest {
  // A path, or - for standard input. Inflated where the name says so.
  std::string file;
  // The source that the lines are said to be from, as it is in their ids. Empty: the file itself.
  std::string source{};
  event::IdScope scope{};
  // Which one the file is taken for, of several generations that begin with the same line.
  std::uint32_t generation = 0;
  LastLine last = LastLine::leave_unterminated;
  FileTime time = FileTime::counts;
};

class LogFile {
 public:
  LogFile() = default;
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  virtual ~LogFile() = default;

  // Calls for every line, from the beginning of the file, with the id that the agent would give it;
  // once for all parts of a record that a container runtime wrote.
  // Once. Stops at the first error, of reading (io, corrupt) or of a call, and returns it.
  virtual Status each_line(const LineCalls& calls) = 0;
  // Bytes of the file taken so far, as they lie on disk: how far the reading is.
  [[nodiscard]] virtual std::uint64_t taken() const = 0;
  // What the ids of its lines begin with if it is taken for that generation. From the first line on.
  [[nodiscard]] virtual event::RecordId::Prefix id_prefix(std::uint32_t generation) const = 0;
};

class LogFiles {
 public:
  LogFiles() = default;
  LogFiles(const LogFiles&) = delete;
  LogFiles& operator=(const LogFiles&) = delete;
  virtual ~LogFiles() = default;

  // Errors: of opening the file.
  [[nodiscard]] virtual Result<std::unique_ptr<LogFile>> open(
      const LogFileRequest& request) const = 0;
  // The source that a file belongs to by its name: as its live log, or rotated from it. file: an
  // absolute path. nullopt: none, or more than one.
  [[nodiscard]] virtual std::optional<std::string> source_of(const std::string& file,
                                                             FilePlace place) const = 0;
  // The source whose live log is at this path.
  [[nodiscard]] virtual std::string source_at(const std::string& path) const = 0;
  // How many generations that begin with the same line are told apart.
  [[nodiscard]] virtual std::uint32_t generations() const = 0;
};

}  // namespace auditship::input
