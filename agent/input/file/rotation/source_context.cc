#include "agent/input/file/rotation/source_context.h"

#include <utility>

namespace auditship::input::file::rotation {
namespace {

FileSourceOptions with_name(FileSourceOptions options) {
  if (options.name.empty()) {
    options.name = options.path;
  }
  return options;
}

}  // namespace

SourceContext::SourceContext(Fs& the_fs, const Clock& the_clock, Logger& the_log,
                             FileSourceOptions the_options)
    : fs(the_fs), clock(the_clock), log(the_log), options(with_name(std::move(the_options))) {}

void SourceContext::report_loss(LogCode code, std::string_view text, std::string_view file,
                                std::uint64_t from, std::uint64_t bytes) {
  ++progress.lost_ranges;
  progress.lost_bytes += bytes;
  log.warn(code, text,
           {{"path", options.path},
            {"file", file.empty() ? options.path : std::string(file)},
            {"from_offset", from},
            {"bytes", bytes == 0 ? std::string("unknown") : std::to_string(bytes)}});
}

void SourceContext::count_skipped(std::uint64_t bytes) {
  ++progress.skipped_files;
  progress.skipped_bytes += bytes;
}

std::int64_t SourceContext::grace_ns() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(options.rotation_grace).count();
}

}  // namespace auditship::input::file::rotation
