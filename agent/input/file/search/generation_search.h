// GenerationSearch finds the file that holds the unread rest of a generation when no file of the
// log's rotation names is it: renamed (auth.log.old), rotated by a program with names of its own
// (svlogd), moved into another directory, or the earlier target of a symlink.
//
//   auto found = search.find(mark, known);    // found.files: the generation, then what came after it
//
// Looks in the log's directory and the directories in it, and in SourceContext's search_directories.
// Decides by content alone: the first line and the bytes before the mark. One small read a file; the
// numbers of directories and files are bounded. Not thread-safe.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/input/file/generations/generation_history.h"
#include "agent/input/file/rotation/chain_entry.h"
#include "agent/input/file/rotation/resume_matcher.h"
#include "agent/input/file/rotation/source_context.h"

namespace auditship::input::file::search {

class GenerationSearch {
 public:
  static constexpr std::size_t kMaxDirectories = 64;
  static constexpr std::size_t kMaxFiles = 20'000;

  struct Found {
    // The file of the generation, open and standing at the mark; behind it the files that were
    // rotated after it under names of the same shape, oldest first. Empty: it is nowhere.
    std::vector<rotation::ChainEntry> files;
    // Looking was not complete: a directory that could not be listed, or too many files.
    std::string not_looked_at;
  };

  // Both must outlive it.
  GenerationSearch(rotation::SourceContext& context, const rotation::ResumeMatcher& matcher)
      : context_(context), matcher_(matcher) {}

  // known: files that were compared already. Errors: exhausted; io, of the log's own directory, for the first
  // kAttempts of a search only.
  Result<Found> find(const generations::GenerationMark& mark,
                     const std::vector<rotation::ChainEntry>& known);

 private:
  Status gather(const std::vector<rotation::ChainEntry>& known);
  Status look_into(const std::string& directory);
  std::optional<rotation::ChainEntry> find_among_candidates(
      const generations::GenerationMark& mark);
  rotation::Match compare(rotation::ChainEntry& entry, const generations::GenerationMark& mark);
  std::vector<rotation::ChainEntry> with_successors(rotation::ChainEntry found);

  rotation::SourceContext& context_;
  const rotation::ResumeMatcher& matcher_;
  // Of one search: what may be looked at, directories met in the log's own, and what failed.
  std::vector<rotation::ChainEntry> candidates_;
  std::vector<std::string> subdirectories_;
  std::set<rotation::FileIdentity> seen_;
  std::string not_looked_at_;
  // A file that may be the one could not be opened for lack of descriptors.
  std::optional<Error> exhausted_;
  int failures_ = 0;
};

}  // namespace auditship::input::file::search
