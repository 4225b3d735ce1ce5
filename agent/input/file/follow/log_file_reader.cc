#include "agent/input/file/follow/log_file_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace auditship::input::file::follow {
namespace {

constexpr std::size_t kBlock = 256 * 1024;

}  // namespace

Result<std::size_t> LogFileReader::read(char* into, std::size_t size) {
  if (codec_ == Codec::none) {
    return raw(into, size);
  }
  while (taken_ == inflated_.size()) {
    inflated_.clear();
    taken_ = 0;
    bool ended = false;
    if (packed_.empty()) {
      buffer_.resize(kBlock);
      auto got = raw(buffer_.data(), buffer_.size());
      if (!got) {
        return got.error();
      }
      packed_ = std::string_view(buffer_).substr(0, *got);
      ended = packed_.empty();
      if (ended && unpacker_.at_end()) {
        return std::size_t{0};
      }
    }
    if (auto s = unpacker_.step(packed_, inflated_, kBlock); !s) {
      return s.error();
    }
    if (ended && inflated_.empty()) {
      return Error{Errc::corrupt, "compressed data ends early"};
    }
  }
  const std::size_t n = std::min(size, inflated_.size() - taken_);
  std::memcpy(into, inflated_.data() + taken_, n);
  taken_ += n;
  return n;
}

Result<std::size_t> LogFileReader::raw(char* into, std::size_t size) {
  if (file_) {
    auto got = file_->read_at(offset_, into, size);
    offset_ += got ? *got : 0;
    return got;
  }
  while (true) {
    const ssize_t n = ::read(STDIN_FILENO, into, size);
    if (n >= 0) {
      offset_ += static_cast<std::uint64_t>(n);
      return static_cast<std::size_t>(n);
    }
    if (errno != EINTR) {
      return Error{Errc::io, std::string("read standard input: ") + std::strerror(errno)};
    }
  }
}

}  // namespace auditship::input::file::follow
