// ReadContext: what reading a configuration needs besides its document: the files that it names, and
// where that goes which is no mistake.
//
// A problem (YamlProblems) refuses the file. A warning is said once at the start. What is `missing`
// is needed to deliver and cannot be read now: `run` waits for it, `check` fails.
// Plain values; fs must outlive it. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/filesystem.h"

namespace auditship::yaml {

struct ReadContext {
  Fs& fs;
  // The configuration file. Names that are not absolute are seen from its directory.
  std::string file;
  std::vector<std::string> warnings;
  std::vector<std::string> missing;

  // Each is told once, however many streams lead to it.
  void warn(std::string text);
  void miss(std::string text);
  // name as seen from the directory of the configuration file.
  [[nodiscard]] std::string resolve(std::string_view name) const;
  // nullopt when path is a readable regular file, else what is wrong with it.
  [[nodiscard]] std::optional<std::string> unreadable(const std::string& path) const;
};

}  // namespace auditship::yaml
