#include "agent/input/file/file_log_files.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/base/encoding/sha256.h"
#include "agent/input/file/follow/file_record.h"
#include "agent/input/file/follow/line_reader.h"
#include "agent/input/file/follow/live_log.h"
#include "agent/input/file/follow/log_file_reader.h"
#include "agent/input/file/generations/file_checkpoint.h"
#include "agent/input/file/host_path.h"
#include "agent/unwrap/record_joiner.h"

namespace auditship::input::file {
namespace {

constexpr std::size_t kBlock = 256 * 1024;

// One file or standard input, with ids made of its first line.
class OpenLogFile final : public LogFile {
 public:
  OpenLogFile(std::unique_ptr<File> file, event::RecordOrigin origin, const LogFileRequest& request,
              std::uint64_t line_max_bytes)
      : bytes_(std::move(file), codec_of_file(request.file)),
        origin_(std::move(origin)),
        scope_(request.scope),
        generation_(request.generation),
        last_(request.last),
        reader_(line_max_bytes, std::min<std::uint64_t>(kBlock, line_max_bytes / 2)),
        joiner_(line_max_bytes) {}

  Status each_line(const LineCalls& calls) override {
    Status status;
    for (bool more = true; more && status;) {
      reader_.release();
      auto got = bytes_.read(reader_.room(kBlock), kBlock);
      if (!got) {
        return got.error();
      }
      reader_.add(*got);
      more = *got > 0;
      status = give_complete(calls);
      if (status && !more && last_ == LastLine::take_unterminated && reader_.rest(line_)) {
        status = give(calls);
      }
      if (status && !more) {
        status = give_waiting(calls);
      }
      if (status && calls.after_read) {
        status = calls.after_read();
      }
    }
    return status ? give_empty(calls) : status;
  }

  [[nodiscard]] std::uint64_t taken() const override { return bytes_.taken(); }

  [[nodiscard]] event::RecordId::Prefix id_prefix(std::uint32_t generation) const override {
    AUDITSHIP_CHECK(first_line_.has_value(), "a first line was read");
    return follow::line_id_prefix(scope_, origin_.name,
                                  generations::FileKey{*first_line_, generation});
  }

 private:
  Status give_complete(const LineCalls& calls) {
    Status status;
    while (status && reader_.next(line_)) {
      status = give(calls);
    }
    return status;
  }

  Status give(const LineCalls& calls) {
    if (auto s = give_empty(calls); !s) {
      return s;
    }
    if (!first_line_) {
      first_line_ = line_.digest ? *line_.digest : Sha256().of(line_.text);
      prefix_ = id_prefix(generation_);
    }
    line_.id.prefix = prefix_;
    line_.origin = &origin_;
    joined_.assign(1, line_);
    joiner_.join(joined_);
    return give_joined(calls);
  }

  // Records whose last part is not there.
  Status give_waiting(const LineCalls& calls) {
    joined_.clear();
    joiner_.take_rest(joined_);
    return give_joined(calls);
  }

  Status give_joined(const LineCalls& calls) {
    Status status;
    for (std::size_t i = 0; status && i < joined_.size(); ++i) {
      status = calls.each(joined_[i]);
    }
    return status;
  }

  // The reader skips them and counts them: they stood before the line that it gives out.
  Status give_empty(const LineCalls& calls) {
    Status status;
    for (; status && empty_lines_ < reader_.empty_lines(); ++empty_lines_) {
      status = calls.empty_line ? calls.empty_line() : Status();
    }
    return status;
  }

  follow::LogFileReader bytes_;
  event::RecordOrigin origin_;
  event::IdScope scope_;
  std::uint32_t generation_;
  LastLine last_;
  follow::LineReader reader_;
  std::optional<Digest> first_line_;
  event::RecordId::Prefix prefix_{};
  event::RawLine line_;
  unwrap::RecordJoiner joiner_;
  // The line, or the record that it ends.
  std::vector<event::RawLine> joined_;
  std::uint64_t empty_lines_ = 0;
};

}  // namespace

Result<std::unique_ptr<LogFile>> FileLogFiles::open(const LogFileRequest& request) const {
  const bool standard_input = request.file == "-";
  event::RecordOrigin origin = follow::origin_of_lines(!request.source.empty() ? request.source
                                                       : standard_input        ? "/dev/stdin"
                                                                               : request.file);
  std::unique_ptr<File> file;
  if (!standard_input) {
    auto opened = fs_.open(request.file, OpenMode::read);
    if (!opened) {
      return opened.error();
    }
    file = std::move(*opened);
    // The last change of an old file says when "now" was.
    if (auto stat = file->stat(); stat && request.time == FileTime::counts) {
      origin.written_until_ns = stat->modified_ns;
    }
  }
  return std::unique_ptr<LogFile>(std::make_unique<OpenLogFile>(std::move(file), std::move(origin),
                                                                request, options_.line_max_bytes));
}

// By the path as this process sees it, or as the host does: a command may run on either side.
std::optional<std::string> FileLogFiles::source_of(const std::string& file, FilePlace place) const {
  auto live = follow::live_log_of(file, options_.paths, place);
  if (!live && !options_.host_root.empty()) {
    live = follow::live_log_of(options_.host_root + file, options_.paths, place);
  }
  return live ? std::optional(source_at(*live)) : std::nullopt;
}

std::string FileLogFiles::source_at(const std::string& path) const {
  return host_path(path, options_.host_root);
}

std::uint32_t FileLogFiles::generations() const {
  return generations::FileCheckpoint::kMaxFinished;
}

}  // namespace auditship::input::file
