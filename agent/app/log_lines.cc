#include "agent/app/log_lines.h"

#include <algorithm>

#include "agent/input/line_reader.h"

namespace auditship {
namespace {

constexpr std::size_t kBlock = 256 * 1024;

class LineUser {
 public:
  LineUser(const LineReader& reader, const LineSource& source, Parser& parser, std::int64_t now_ns,
           const UseLine& use)
      : reader_(reader), source_(source), parser_(parser), now_ns_(now_ns), use_(use) {}

  // The reader skips empty lines and counts them: they stood before the line it gives out.
  Status empty_lines() {
    records_.clear();
    for (; empty_ < reader_.empty_lines(); ++empty_) {
      if (auto s = use_(RawLine{}, records_); !s) {
        return s;
      }
    }
    return {};
  }

  Status line(RawLine& line) {
    if (auto s = empty_lines(); !s) {
      return s;
    }
    line.source = &source_;
    parser_.parse(line, now_ns_, records_);
    return use_(line, records_);
  }

 private:
  const LineReader& reader_;
  const LineSource& source_;
  Parser& parser_;
  std::int64_t now_ns_;
  const UseLine& use_;
  Records records_;
  std::uint64_t empty_ = 0;
};

}  // namespace

Status for_each_log_line(LogBytes& bytes, const LineSource& source, Parser& parser,
                         const LogLinesOptions& options, const UseLine& use) {
  LineReader reader(options.line_max_bytes,
                    std::min<std::uint64_t>(256 << 10, options.line_max_bytes / 2));
  reader.restart(FileKey{}, 0, {});
  LineUser user(reader, source, parser, options.now_ns, use);
  RawLine line;
  for (bool more = true; more;) {
    reader.release();
    auto got = bytes.read(reader.room(kBlock), kBlock);
    if (!got) {
      return got.error();
    }
    reader.add(*got);
    more = *got > 0;
    while (reader.next(line) || (!more && reader.rest(line))) {
      if (auto s = user.line(line); !s) {
        return s;
      }
    }
  }
  return user.empty_lines();
}

}  // namespace auditship
