#include "agent/input/file/rotation/rotation_scanner.h"

#include <algorithm>
#include <tuple>

#include "agent/base/glob.h"

namespace auditship::input::file::rotation {
namespace {

constexpr int kAttempts = 5;
constexpr Duration kPatience = std::chrono::seconds(10);

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
  const auto name_of = [](const ChainEntry& e) {
    return std::tuple(e.rotated->scheme, e.rotated->number, e.rotated->stamp);
  };
  std::set<std::tuple<RotationScheme, std::uint64_t, std::string>> plain;
  for (const ChainEntry& e : entries) {
    if (e.codec() == Codec::none) {
      plain.insert(name_of(e));
    }
  }
  std::erase_if(entries, [&](const ChainEntry& e) {
    return e.codec() != Codec::none && plain.contains(name_of(e));
  });
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

// The names in the directory; empty, and certain_ is false, when they are not known now.
std::vector<std::string> RotationScanner::list_names() {
  auto names = context_.fs.list(directory_);
  certain_ = names || !is_failure_of_now(names.error());
  if (names) {
    listed_ = true;
    failing_since_.reset();
    warned_.erase(directory_);
    return std::move(*names);
  }
  if (!names && names.error().code != Errc::not_found) {
    if (warned_.insert(directory_).second) {
      context_.log.warn("directory-unreadable", "cannot be listed; rotated files are not seen",
                        {{"directory", directory_}, {"error", names.error().message}});
    }
  }
  return {};
}

// An error is no absence: what was listed before is still there for all that is known. A directory
// that never could be listed is waited for a little, then its logs are followed without it.
bool RotationScanner::is_failure_of_now(const Error& error) {
  if (listed_) {
    return true;
  }
  if (error.code == Errc::not_found || context_.options.final_pass) {
    return false;
  }
  const TimePoint now = context_.clock.now();
  if (!failing_since_) {
    failing_since_ = now;
  }
  return now - *failing_since_ < kPatience;
}

std::vector<ChainEntry> RotationScanner::list_rotated(const std::optional<FileStat>& live) {
  std::vector<ChainEntry> found;
  for (const std::string& other : list_names()) {
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
    if (!certain_) {
      break;
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
