// FileInput: the input that reads log files, for one stream. It finds the live files, opens a
// ParkingSource or a FileRange for each, and knows them by their paths as the host sees them, so that a
// log keeps its checkpoint and its ids when the agent moves into a container.
//
//   FileInput input(fs, clock, log, {{"/host/var/log/*.log"}, "/host", source_options});
//   for (const std::string& name : input.scan()) …            // "/var/log/app.log"
//
// Not thread-safe; fs, clock and log must outlive it and all that it opens.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/filesystem.h"
#include "agent/base/logger.h"
#include "agent/input/file/file_discovery.h"
#include "agent/input/file/follow/file_source.h"
#include "agent/input/file/scarcity_notice.h"
#include "agent/input/source.h"

namespace auditship::input::file {

struct FileInputOptions {
  // Live files and patterns, where this process opens them.
  std::vector<std::string> paths;
  // As host_path() has it.
  std::string host_root;
  // Of every source; path and name are filled in.
  follow::FileSourceOptions source;
};

class FileInput final : public SourceDiscovery {
 public:
  FileInput(Fs& fs, const Clock& clock, Logger& log, FileInputOptions options);

  // Two files that are one path to the host are no two sources: the second is left out, and told.
  const std::vector<std::string>& scan() override;
  [[nodiscard]] Result<std::unique_ptr<Source>> open(
      const std::string& name, const std::optional<event::Checkpoint>& resume) override;
  [[nodiscard]] Result<std::unique_ptr<RecordReader>> open_range(const std::string& name,
                                                                 const event::Checkpoint& from,
                                                                 const event::Cursor& to) override;
  [[nodiscard]] bool can_resume(const event::Checkpoint& checkpoint) const override;
  [[nodiscard]] std::string describe(const event::Cursor& position) const override;
  [[nodiscard]] std::vector<std::string> watch_directories() const override;
  [[nodiscard]] std::vector<HiddenPlace> hidden_places() const override;

 private:
  [[nodiscard]] follow::FileSourceOptions options_of(const std::string& name) const;

  Fs& fs_;
  const Clock& clock_;
  Logger& log_;
  const FileInputOptions options_;
  FileDiscovery discovery_;
  // Owned with all sources that were opened, which may live on.
  const std::shared_ptr<ScarcityNotice> scarcity_;
  std::vector<std::string> names_;
  // The files by their names.
  std::map<std::string, std::string> paths_;
  // All files. Owned with the sources.
  std::shared_ptr<const std::set<std::string>> other_logs_;
  // Files that were left out, as the discovery names them.
  std::set<std::string> left_out_;
};

}  // namespace auditship::input::file
