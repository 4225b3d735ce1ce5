#include "agent/input/file/follow/live_log.h"

#include <set>
#include <string_view>

#include "agent/base/filesystem.h"
#include "agent/base/glob.h"
#include "agent/input/file/rotation/rotation_names.h"

namespace auditship::input::file::follow {
namespace {

// Component by component.
bool matches(std::string_view pattern, std::string_view path) {
  while (true) {
    const std::size_t pattern_end = pattern.find('/');
    const std::size_t path_end = path.find('/');
    if (!path_glob_match(pattern.substr(0, pattern_end), path.substr(0, path_end))) {
      return false;
    }
    if (pattern_end == std::string_view::npos || path_end == std::string_view::npos) {
      return pattern_end == path_end;
    }
    pattern.remove_prefix(pattern_end + 1);
    path.remove_prefix(path_end + 1);
  }
}

// The names that the live log of a file of this name may have, most likely first.
std::vector<std::string> live_names(const std::string& name) {
  std::vector<std::string> names;
  if (const auto base = rotation::rotated_base(name)) {
    names.push_back(base->live);
  }
  names.push_back(name);
  return names;
}

// The path that the pattern names for a file in its place.
std::optional<std::string> in_place(const std::string& file, const std::string& pattern) {
  if (!has_wildcard(pattern)) {
    const bool same_directory = directory_of(file) == directory_of(pattern);
    const bool fits = file == pattern ||
                      rotation::rotated_name(file_name_of(pattern), file_name_of(file)).has_value();
    return same_directory && fits ? std::optional(pattern) : std::nullopt;
  }
  for (const std::string& name : live_names(std::string(file_name_of(file)))) {
    std::string path = join_path(directory_of(file), name);
    if (matches(pattern, path)) {
      return path;
    }
  }
  return std::nullopt;
}

// The path of a pattern without wildcards, for a file that lies somewhere else.
std::optional<std::string> by_name(const std::string& file, const std::string& pattern) {
  const std::string live(file_name_of(pattern));
  const std::string name(file_name_of(file));
  const bool fits = name == live || rotation::rotated_name(live, name).has_value();
  return !has_wildcard(pattern) && fits ? std::optional(pattern) : std::nullopt;
}

}  // namespace

std::optional<std::string> live_log_of(const std::string& file,
                                       const std::vector<std::string>& patterns, FilePlace place) {
  std::set<std::string> beside, elsewhere;
  for (const std::string& pattern : patterns) {
    if (auto path = in_place(file, pattern)) {
      beside.insert(std::move(*path));
    } else if (auto other = by_name(file, pattern)) {
      elsewhere.insert(std::move(*other));
    }
  }
  if (beside.empty() && place == FilePlace::anywhere) {
    beside = std::move(elsewhere);
  }
  return beside.size() == 1 ? std::optional(*beside.begin()) : std::nullopt;
}

}  // namespace auditship::input::file::follow
