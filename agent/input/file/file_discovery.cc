#include "agent/input/file/file_discovery.h"

#include <algorithm>

#include "agent/base/compression/codec.h"
#include "agent/base/glob.h"
#include "agent/input/file/rotation/rotation_names.h"

namespace auditship::input::file {

FileDiscovery::FileDiscovery(Fs& fs, Logger& log, std::vector<std::string> patterns)
    : fs_(fs), log_(log), patterns_(std::move(patterns)) {
  for (const std::string& pattern : patterns_) {
    if (!has_wildcard(pattern)) {
      add(pattern);
    }
  }
}

void FileDiscovery::add(const std::string& path) {
  if (known_.contains(path)) {
    return;
  }
  if (known_.size() >= kMaxSources) {
    if (told_.insert("limit").second) {
      log_.error("too-many-sources",
                 "more files match than can be followed; the others are left out",
                 {{"limit", kMaxSources}, {"path", path}});
    }
    return;
  }
  known_.insert(path);
  sources_.insert(std::upper_bound(sources_.begin(), sources_.end(), path), path);
}

bool FileDiscovery::is_rotated(const std::string& path) {
  const std::string_view name = file_name_of(path);
  if (codec_of_file(name) != Codec::none) {
    return true;
  }
  // The base of app-20260131-2026-02-01T00-00-00.000.log is found first, so one step is enough.
  const auto base = rotation::rotated_base(name);
  if (!base) {
    return false;
  }
  const std::string live = join_path(directory_of(path), base->live);
  return base->certain || known_.contains(live) || fs_.stat(live).ok();
}

const std::vector<std::string>& FileDiscovery::scan() {
  searched_.clear();
  for (const std::string& pattern : patterns_) {
    if (!has_wildcard(pattern)) {
      continue;
    }
    std::vector<std::string> searched;
    std::vector<std::string> unreadable;
    for (const std::string& path :
         expand_glob(fs_, pattern, 16 * kMaxSources, searched, unreadable)) {
      look_at(path);
    }
    searched_.insert(searched.begin(), searched.end());
    for (const std::string& directory : unreadable) {
      if (told_.insert("list " + directory).second) {
        log_.warn("directory-unreadable", "cannot be listed; files in it that match are not seen",
                  {{"directory", directory}, {"pattern", pattern}});
      }
    }
  }
  return sources_;
}

// path matches a pattern: adds it when it is a live file.
void FileDiscovery::look_at(const std::string& path) {
  const auto stat = fs_.stat(path);
  if (known_.contains(path) || !stat || stat->is_directory || is_rotated(path)) {
    return;
  }
  if (stat->is_regular) {
    add(path);
  } else if (told_.insert(path).second) {
    log_.warn("input-not-regular", "matches a pattern but is not a regular file; left out",
              {{"path", path}});
  }
}

std::vector<std::string> FileDiscovery::directories() const {
  std::set<std::string> all = searched_;
  for (const std::string& path : sources_) {
    all.insert(directory_of(path));
  }
  return {all.begin(), all.end()};
}

}  // namespace auditship::input::file
