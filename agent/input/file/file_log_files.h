// FileLogFiles: the log files of one stream, for commands (agent/input/log_files.h).
//
// Not thread-safe; fs must outlive it and what it opens.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/input/log_files.h"

namespace auditship::input::file {

struct FileLogFilesOptions {
  // As FileInputOptions has them.
  std::vector<std::string> paths;
  std::string host_root;
  // Longer lines are cut.
  std::uint64_t line_max_bytes = 16 << 20;
};

class FileLogFiles final : public LogFiles {
 public:
  FileLogFiles(Fs& fs, FileLogFilesOptions options) : fs_(fs), options_(std::move(options)) {}

  [[nodiscard]] Result<std::unique_ptr<LogFile>> open(const LogFileRequest& request) const override;
  [[nodiscard]] std::optional<std::string> source_of(const std::string& file,
                                                     FilePlace place) const override;
  [[nodiscard]] std::string source_at(const std::string& path) const override;
  [[nodiscard]] std::uint32_t generations() const override;

 private:
  Fs& fs_;
  FileLogFilesOptions options_;
};

}  // namespace auditship::input::file
