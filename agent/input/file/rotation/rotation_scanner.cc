#include "agent/input/file/rotation/rotation_scanner.h"

#include <algorithm>

#include "agent/base/glob.h"

namespace auditship::input::file::rotation {
namespace {

constexpr int kAttempts = 5;

void sort_by_age(std::vector<ChainEntry>& entries) {
  const bool one_scheme = std::all_of(entries.begin(), entries.end(), [&](const ChainEntry& e) {
    return e.rotated->scheme == entries.front().rotated->scheme;
  });
  std::stable_sort(entries.begin(), entries.end(), [&](const ChainEntry& a, const ChainEntry& b) {
    if (one_scheme && !a.rotated->same_generation(*b.rotated)) {
      return a.rotated->older(*b.rotated);
    }
    if (!one_scheme && a.stat.modified_ns != b.stat.modified_ns) {
      return a.stat.modified_ns < b.stat.modified_ns;
    }
    return a.path < b.path;
  });
}

// While gzip works, the plain file and its unfinished .gz are both there: the plain one is whole.
void prefer_plain(std::vector<ChainEntry>& entries) {
  std::vector<ChainEntry> kept;
  for (ChainEntry& e : entries) {
    const bool has_plain =
        e.codec() != Codec::none &&
        std::any_of(entries.begin(), entries.end(), [&](const ChainEntry& o) {
          return o.codec() == Codec::none && o.rotated && o.rotated->same_generation(*e.rotated);
        });
    if (!has_plain) {
      kept.push_back(ChainEntry{e.path, e.rotated, e.stat, nullptr, true});
    }
  }
  entries = std::move(kept);
}

// Hard links: one file under two names.
void drop_second_names(std::vector<ChainEntry>& entries) {
  std::set<FileIdentity> seen;
  std::erase_if(entries,
                [&](const ChainEntry& e) { return !seen.insert(identity_of(e.stat)).second; });
}

}  // namespace

RotationScanner::RotationScanner(SourceContext& context)
    : context_(context),
      directory_(directory_of(context.options.path)),
      name_(file_name_of(context.options.path)) {}

std::vector<ChainEntry> RotationScanner::list_rotated(const std::optional<FileStat>& live) {
  std::vector<ChainEntry> found;
  auto names = context_.fs.list(directory_);
  if (!names && names.error().code != Errc::not_found && warned_.insert(directory_).second) {
    context_.log.warn("directory-unreadable", "cannot be listed; rotated files are not seen",
                      {{"directory", directory_}, {"error", names.error().message}});
  }
  for (const std::string& other : names ? *names : std::vector<std::string>{}) {
    auto rotated = rotated_name(name_, other);
    if (!rotated) {
      continue;
    }
    ChainEntry entry;
    entry.path = join_path(directory_, other);
    entry.rotated = std::move(rotated);
    const auto stat = context_.fs.stat(entry.path);
    if (!stat || !stat->is_regular || stat->size == 0 || (live && live->same_file(*stat))) {
      continue;
    }
    entry.stat = *stat;
    found.push_back(std::move(entry));
  }
  sort_by_age(found);
  prefer_plain(found);
  drop_second_names(found);
  return found;
}

Result<std::vector<ChainEntry>> RotationScanner::scan_once() {
  const std::string& path = context_.options.path;
  const auto live = context_.fs.stat(path);
  if (!live && live.error().code != Errc::not_found) {
    return live.error();
  }
  std::vector<ChainEntry> found = list_rotated(live ? std::optional(*live) : std::nullopt);
  if (live && live->is_regular) {
    ChainEntry entry;
    entry.path = path;
    entry.stat = *live;
    found.push_back(std::move(entry));
  } else if (live && warned_.insert(path).second) {
    context_.log.warn("input-not-regular", "is not a regular file and is not read",
                      {{"path", path}});
  }
  return found;
}

Result<std::optional<std::vector<ChainEntry>>> RotationScanner::scan() {
  auto before = scan_once();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (!before) {
      return before.error();
    }
    auto after = scan_once();
    if (!after) {
      return after.error();
    }
    const bool stable = std::equal(before->begin(), before->end(), after->begin(), after->end(),
                                   [](const ChainEntry& a, const ChainEntry& b) {
                                     return a.path == b.path && a.stat.same_file(b.stat);
                                   });
    if (stable) {
      return std::optional(std::move(*after));
    }
    before = std::move(after);
  }
  return std::optional<std::vector<ChainEntry>>();
}

}  // namespace auditship::input::file::rotation
