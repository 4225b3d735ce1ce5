// LogFileReader: the bytes of a log file or of standard input, inflated where the name says so. For
// commands that read files from their beginning; the agent itself reads by FileSource. Not
// thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/compression/codec.h"
#include "agent/base/compression/unpacker.h"
#include "agent/base/filesystem.h"
#include "agent/base/result.h"

namespace auditship::input::file::follow {

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

}  // namespace auditship::input::file::follow
