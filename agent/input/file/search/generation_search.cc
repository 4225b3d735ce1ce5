#include "agent/input/file/search/generation_search.h"

#include <algorithm>
#include <utility>

#include "agent/input/file/search/file_beginning.h"
#include "agent/input/file/search/name_shape.h"

namespace auditship::input::file::search {
namespace {

using generations::GenerationMark;
using rotation::ChainEntry;
using rotation::Match;

constexpr int kAttempts = 20;
constexpr std::size_t kMaxHeldSuccessors = 64;

// The likely ones first: the same inode, then those written since, newest first.
void sort_by_likelihood(std::vector<ChainEntry>& candidates, const GenerationMark& mark) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](const ChainEntry& a, const ChainEntry& b) {
                     const bool same_a = same_file(a, mark);
                     const bool same_b = same_file(b, mark);
                     return same_a != same_b ? same_a : a.stat.modified_ns > b.stat.modified_ns;
                   });
}

}  // namespace

Result<GenerationSearch::Found> GenerationSearch::find(const GenerationMark& mark,
                                                       const std::vector<ChainEntry>& known) {
  if (auto s = gather(known); !s) {
    return s.error();
  }
  sort_by_likelihood(candidates_, mark);
  Found found;
  exhausted_.reset();
  if (auto entry = find_among_candidates(mark)) {
    found.files = with_successors(std::move(*entry));
  }
  candidates_.clear();
  if (found.files.empty() && exhausted_) {
    return *exhausted_;
  }
  found.not_looked_at = std::exchange(not_looked_at_, {});
  failures_ = 0;
  return found;
}

// The first whose content is proof, else the only one with the same first line.
std::optional<ChainEntry> GenerationSearch::find_among_candidates(const GenerationMark& mark) {
  std::vector<ChainEntry> weak;
  for (ChainEntry& entry : candidates_) {
    const Match match = compare(entry, mark);
    if (match == Match::strong || (match == Match::weak && same_by_inode_or_time(entry, mark))) {
      return std::move(entry);
    }
    if (match == Match::weak && weak.size() < 2) {
      weak.push_back(std::move(entry));
    }
  }
  return weak.size() == 1 && matcher_.first_line_is_proof(mark)
             ? std::optional(std::move(weak.front()))
             : std::nullopt;
}

Status GenerationSearch::gather(const std::vector<ChainEntry>& known) {
  candidates_.clear();
  subdirectories_.clear();
  seen_.clear();
  not_looked_at_.clear();
  for (const ChainEntry& entry : known) {
    seen_.insert(rotation::identity_of(entry.stat));
  }
  const std::string own = directory_of(context_.options.path);
  if (auto s = look_into(own); !s) {
    if (++failures_ <= kAttempts) {
      return s;
    }
    not_looked_at_ = own;
  }
  std::set<std::string> directories(context_.options.search_directories.begin(),
                                    context_.options.search_directories.end());
  directories.erase(own);
  for (std::string& directory : std::exchange(subdirectories_, {})) {
    // Without the right to list it, nothing of this log can be expected in it.
    if (directories.size() < kMaxDirectories && !directories.contains(directory)) {
      (void)look_into(directory);
    }
  }
  for (const std::string& directory : directories) {
    if (auto s = look_into(directory); !s && s.error().code != Errc::not_found) {
      not_looked_at_ = directory;
    }
  }
  return {};
}

// Adds the files of a directory to the candidates.
Status GenerationSearch::look_into(const std::string& directory) {
  const auto names = context_.fs.list(directory);
  if (!names) {
    return names.error();
  }
  for (const std::string& name : *names) {
    ChainEntry entry;
    entry.path = join_path(directory, name);
    const auto stat = context_.fs.stat(entry.path);
    if (stat && stat->is_directory && subdirectories_.size() < kMaxDirectories) {
      subdirectories_.push_back(entry.path);
    }
    if (!stat || !stat->is_regular || stat->size == 0) {
      continue;
    }
    if (candidates_.size() >= kMaxFiles) {
      not_looked_at_ = directory;
      break;
    }
    if (!seen_.insert(rotation::identity_of(*stat)).second) {
      continue;
    }
    entry.stat = *stat;
    entry.rotated = rotation::RotatedName{};
    entry.ordered = false;
    entry.elsewhere = true;
    candidates_.push_back(std::move(entry));
  }
  return {};
}

// Opens entry, unless it surely is another file. A file that cannot be read is another one's.
Match GenerationSearch::compare(ChainEntry& entry, const GenerationMark& mark) {
  const auto beginning = FileBeginning::read(context_.fs, entry.path);
  if (!beginning || !beginning->may_be(mark)) {
    return Match::none;
  }
  entry.rotated->codec = beginning->codec();
  if (auto s = entry.open(context_.fs); !s) {
    exhausted_ = s.error().code == Errc::exhausted ? std::optional(s.error()) : exhausted_;
    return Match::none;
  }
  const auto match = matcher_.compare(entry, mark);
  if (!match || *match == Match::none) {
    entry.file.reset();
    return Match::none;
  }
  return *match;
}

// The generations that its writer began after it: in the same directory, with a name of its shape,
// and not written to before it was.
std::vector<ChainEntry> GenerationSearch::with_successors(ChainEntry found) {
  const std::string directory = directory_of(found.path);
  const std::string shape = name_shape(file_name_of(found.path));
  const std::int64_t written_ns = found.stat.modified_ns;
  std::vector<ChainEntry> files;
  files.push_back(std::move(found));
  if (shape.empty()) {
    return files;
  }
  const auto& others = context_.options.other_logs;
  for (ChainEntry& entry : candidates_) {
    if (!entry.path.empty() && entry.stat.modified_ns >= written_ns &&
        entry.path != files.front().path && directory_of(entry.path) == directory &&
        name_shape(file_name_of(entry.path)) == shape &&
        (others == nullptr || !others->contains(entry.path))) {
      files.push_back(std::move(entry));
    }
  }
  std::sort(files.begin() + 1, files.end(), [](const ChainEntry& a, const ChainEntry& b) {
    return std::pair(a.stat.modified_ns, a.path) < std::pair(b.stat.modified_ns, b.path);
  });
  for (std::size_t i = 1; i < files.size(); ++i) {
    if (const auto beginning = FileBeginning::read(context_.fs, files[i].path)) {
      files[i].rotated->codec = beginning->codec();
    }
    if (i < kMaxHeldSuccessors) {
      (void)files[i].open(context_.fs);  // a failure is met again when it is this file's turn
    }
  }
  return files;
}

}  // namespace auditship::input::file::search
