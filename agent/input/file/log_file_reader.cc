#include "agent/input/file/log_file_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <unistd.h>

#include "agent/base/sha256.h"
#include "agent/input/file/file_record.h"
#include "agent/input/file/line_reader.h"

namespace auditship::input::file {
namespace {

constexpr std::size_t kBlock = 256 * 1024;

// Gives out the lines of one log, with ids made of its first one, and the empty lines between.
class LineGiver {
 public:
  LineGiver(LineReader& reader, const LineReading& reading, const LineCalls& calls)
      : reader_(reader), reading_(reading), calls_(calls) {}

  // All complete lines that the reader has.
  Status give_complete() {
    Status status;
    while (status && reader_.next(line_)) {
      status = give();
    }
    return status;
  }

  // A last line without a newline, if there is one.
  Status give_rest() { return reader_.rest(line_) ? give() : Status(); }

  // The reader skips them and counts them: they stood before the line that it gives out.
  Status give_empty() {
    Status status;
    for (; status && empty_lines_ < reader_.empty_lines(); ++empty_lines_) {
      status = calls_.empty_line ? calls_.empty_line() : Status();
    }
    return status;
  }

 private:
  Status give() {
    if (auto s = give_empty(); !s) {
      return s;
    }
    if (!prefix_) {
      const rotation::FileKey key{line_.digest ? *line_.digest : Sha256().of(line_.text),
                                  reading_.collision_index};
      prefix_ = line_id_prefix(reading_.scope, reading_.origin.name, key);
    }
    line_.id.prefix = *prefix_;
    line_.origin = &reading_.origin;
    return calls_.each(line_);
  }

  LineReader& reader_;
  const LineReading& reading_;
  const LineCalls& calls_;
  std::optional<event::RecordId::Prefix> prefix_;
  event::RawLine line_;
  std::uint64_t empty_lines_ = 0;
};

}  // namespace

Result<std::unique_ptr<File>> open_log(Fs& fs, const std::string& name,
                                       event::RecordOrigin& origin) {
  const bool standard_input = name == "-";
  origin = origin_of_lines(standard_input ? "/dev/stdin" : name);
  if (standard_input) {
    return std::unique_ptr<File>();
  }
  auto file = fs.open(name, OpenMode::read);
  if (!file) {
    return file;
  }
  if (auto stat = (*file)->stat(); stat) {
    origin.written_until_ns = stat->modified_ns;
  }
  return file;
}

Codec codec_by_name(std::string_view file) {
  return file.ends_with(".gz") ? Codec::gzip : file.ends_with(".zst") ? Codec::zstd : Codec::none;
}

Status each_line(LogFileReader& bytes, const LineReading& reading, const LineCalls& calls) {
  const std::uint64_t tail_bytes = std::min<std::uint64_t>(kBlock, reading.line_max_bytes / 2);
  LineReader reader(reading.line_max_bytes, tail_bytes);
  reader.restart({}, 0, {});
  LineGiver giver(reader, reading, calls);
  Status status;
  for (bool more = true; more && status;) {
    reader.release();
    auto got = bytes.read(reader.room(kBlock), kBlock);
    if (!got) {
      return got.error();
    }
    reader.add(*got);
    more = *got > 0;
    status = giver.give_complete();
    if (status && !more && reading.last == LastLine::take_unterminated) {
      status = giver.give_rest();
    }
    if (status && calls.after_read) {
      status = calls.after_read();
    }
  }
  return status ? giver.give_empty() : status;
}

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

}  // namespace auditship::input::file
