// RotationScanner lists the files of a rotation chain: the rotated ones, oldest first, and behind
// them the live one.
//
//   auto found = scanner.scan();      // nullopt: files are being renamed just now
//
// Of a plain file and its compressed form only the plain one is listed, and of several names of one
// file only one. Empty rotated files are left out. Opens nothing. Not thread-safe.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/input/file/rotation/chain_entry.h"
#include "agent/input/file/rotation/source_context.h"

namespace auditship::input::file::rotation {

class RotationScanner {
 public:
  // context must outlive it.
  explicit RotationScanner(SourceContext& context);

  // One look. A directory is not read in one instant, so it may miss a file that is being renamed.
  // Errors: io on the live file's name. A directory that cannot be listed is told once; then
  // its rotated files are left out.
  Result<std::vector<ChainEntry>> scan_once();
  // Looks until two looks agree, as a chain of renames takes several steps; nullopt: they did not,
  // or the directory cannot be listed now. One that never could be counts as empty after a while.
  Result<std::optional<std::vector<ChainEntry>>> scan();

 private:
  std::vector<std::string> list_names();
  bool is_failure_of_now(const Error& error);
  std::vector<ChainEntry> list_rotated(const std::optional<FileStat>& live);

  SourceContext& context_;
  std::string directory_, name_;
  // Paths that a warning was logged for.
  std::set<std::string> warned_;
  // The last look saw the directory, or what it lacks is known to be absent.
  bool certain_ = true;
  // The directory could be listed once in this run.
  bool listed_ = false;
  std::optional<TimePoint> failing_since_;
};

}  // namespace auditship::input::file::rotation
