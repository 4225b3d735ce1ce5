#include <sys/stat.h>
#include <unistd.h>

#include "agent/cli/commands.h"

namespace auditship::cli {
namespace {

// "9:14637" of the environment against what stderr is.
bool is_stderr(const std::string& journal_stream) {
  struct stat found {};
  return ::fstat(STDERR_FILENO, &found) == 0 &&
         journal_stream == std::to_string(found.st_dev) + ':' + std::to_string(found.st_ino);
}

LogLevel level_of(const std::string& name) {
  return name == "debug"   ? LogLevel::debug
         : name == "warn"  ? LogLevel::warn
         : name == "error" ? LogLevel::error
                           : LogLevel::info;
}

}  // namespace

logging::LogOptions log_options(const std::string& level, const std::string& format,
                                const std::optional<std::string>& journal_stream) {
  logging::LogOptions options;
  options.least = level_of(level);
  options.journal = journal_stream && is_stderr(*journal_stream);
  const bool text = options.journal || ::isatty(STDERR_FILENO) == 1;
  options.format = format == "json" || (format == "auto" && !text) ? logging::LogFormat::json
                                                                   : logging::LogFormat::text;
  return options;
}

}  // namespace auditship::cli
