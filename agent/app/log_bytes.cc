#include "agent/app/log_bytes.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <unistd.h>

#include "agent/core/digest.h"
#include "agent/input/line_reader.h"

namespace auditship {
namespace {

constexpr std::size_t kBlock = 256 * 1024;

}  // namespace

Codec codec_by_name(std::string_view file) {
  return file.ends_with(".gz") ? Codec::gzip : file.ends_with(".zst") ? Codec::zstd : Codec::none;
}

Status each_line(LogBytes& bytes, const LineSource& source, std::uint64_t line_max_bytes,
                 LastLine last, const LineCalls& calls) {
  LineReader reader(line_max_bytes, std::min<std::uint64_t>(kBlock, line_max_bytes / 2));
  reader.restart(FileKey{}, 0, {});
  std::optional<FileKey> key;
  RawLine line;
  std::uint64_t empty_lines = 0;
  // The reader skips them and counts them: they stood before the line that it gives out.
  const auto give_empty_lines = [&] {
    Status status;
    for (; status && empty_lines < reader.empty_lines(); ++empty_lines) {
      status = calls.empty_line ? calls.empty_line() : Status();
    }
    return status;
  };
  const auto give = [&] {
    if (auto s = give_empty_lines(); !s) {
      return s;
    }
    if (!key) {
      key = FileKey{line.digest ? *line.digest : Sha256().of(line.text), 0};
    }
    line.begin.file = line.end.file = *key;
    line.source = &source;
    return calls.each(line);
  };
  Status status;
  for (bool more = true; more && status;) {
    reader.release();
    auto got = bytes.read(reader.room(kBlock), kBlock);
    if (!got) {
      return got.error();
    }
    reader.add(*got);
    more = *got > 0;
    while (status && reader.next(line)) {
      status = give();
    }
    if (status && !more && last == LastLine::take_unterminated && reader.rest(line)) {
      status = give();
    }
    if (status && calls.after_read) {
      status = calls.after_read();
    }
  }
  return status ? give_empty_lines() : status;
}

Result<std::size_t> LogBytes::read(char* into, std::size_t size) {
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

Result<std::size_t> LogBytes::raw(char* into, std::size_t size) {
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

}  // namespace auditship
