// FileDiscovery turns the paths and globs of a stream into the set of live files to follow.
//
//   FileDiscovery set(fs, log, {"/var/log/auth.log", "/var/log/audit/*.log"});
//   for (path : set.scan()) … a FileSource for each that is new …
//
// A path without wildcards is always in the set, whether it exists or not: its FileSource waits for it. A
// glob yields what exists now and keeps what it once yielded. Rotated generations (audit-2026-…log,
// auth.log.1) are not live files and are left to the FileSource of the file that they were rotated from.
// Not thread-safe; fs and log must outlive it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/logger.h"

namespace auditship::input::file {

class FileDiscovery {
 public:
  FileDiscovery(Fs& fs, Logger& log, std::vector<std::string> patterns);

  // Looks again, and returns every live file known so far, sorted, none twice. At most kMaxSources.
  const std::vector<std::string>& scan();
  [[nodiscard]] const std::vector<std::string>& sources() const { return sources_; }
  // Directories whose change may mean new work, for ChangeNotifier: those of the sources and of the globs.
  [[nodiscard]] std::vector<std::string> directories() const;

  static constexpr std::size_t kMaxSources = 1024;

 private:
  void look_at(const std::string& path);
  void add(const std::string& path);
  [[nodiscard]] bool is_rotated(const std::string& path);

  Fs& fs_;
  Logger& log_;
  std::vector<std::string> patterns_;
  std::vector<std::string> sources_;
  std::set<std::string> known_, searched_, told_;
};

}  // namespace auditship::input::file
