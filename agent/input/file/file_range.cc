#include "agent/input/file/file_range.h"

#include <algorithm>

namespace auditship::input::file {
namespace {

constexpr std::size_t kLookBytes = 256 * 1024;

// Reads what is there now, and nothing is too old.
follow::FileSourceOptions of_one_pass(follow::FileSourceOptions options) {
  options.final_pass = true;
  options.backfill_ns = std::nullopt;
  return options;
}

}  // namespace

FileRange::FileRange(Fs& fs, const Clock& clock, Logger& log,
                     const follow::FileSourceOptions& options,
                     const generations::FileCheckpoint& from, const generations::FilePosition& to)
    : fs_(fs),
      clock_(clock),
      log_(log),
      options_(of_one_pass(options)),
      from_(from.pos == generations::FilePosition{} ? std::nullopt : std::optional(from)),
      begin_(from.pos),
      to_(to),
      source_(fs, clock, log, options_, from_) {}

Result<std::size_t> FileRange::read(std::vector<event::RawLine>& lines, std::size_t max_bytes) {
  lines.clear();
  if (over_) {
    return std::size_t{0};
  }
  if (!end_exists_) {
    end_exists_ = look_for_end();
  }
  auto count = source_.read(lines, max_bytes);
  if (!count || *count == 0) {
    over_ = count.ok();
    return count;
  }
  const auto behind = std::find_if(lines.begin(), lines.end(), [&](const event::RawLine& line) {
    return line.id.sequence + line.size_in_log > to_.offset;
  });
  if (!generation_is_within()) {
    over_ = true;
    lines.clear();
  } else if (met_end_ && behind != lines.end()) {
    over_ = true;
    lines.erase(behind, lines.end());
  }
  return lines.size();
}

// Of the lines that were read last, which are all of one.
bool FileRange::generation_is_within() {
  const generations::FileKey& file = source_.file_position().file;
  if (file == to_.file) {
    met_end_ = true;
    return true;
  }
  return !met_end_ && (file == begin_.file || (*end_exists_ && begin_.file != to_.file));
}

bool FileRange::look_for_end() {
  if (begin_.file == to_.file) {
    return true;
  }
  follow::FileSource source(fs_, clock_, log_, options_, from_);
  std::vector<event::RawLine> lines;
  while (true) {
    auto count = source.read(lines, kLookBytes);
    if (!count || *count == 0) {
      return false;
    }
    if (source.file_position().file == to_.file) {
      return true;
    }
  }
}

}  // namespace auditship::input::file
