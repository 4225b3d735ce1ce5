// What a FileSource says of itself when it is asked. Not part of reading: it changes nothing.
#include <algorithm>
#include <cstddef>
#include <utility>

#include "agent/input/file/follow/file_source.h"

namespace auditship::input::file::follow {
namespace {

using rotation::ChainEntry;
using rotation::identity_of;

std::vector<ChainEntry>::const_iterator find_same(const std::vector<ChainEntry>& found,
                                                  const ChainEntry& entry) {
  return std::find_if(found.begin(), found.end(), [&](const ChainEntry& e) {
    return identity_of(e.stat) == identity_of(entry.stat);
  });
}

}  // namespace

Result<SourceProgress> FileSource::survey() {
  SourceProgress survey = context_.progress;
  survey.backlog_bytes = 0;
  FileProgress progress;
  progress.offset = reader_.position().offset;
  auto found = chain_.scanner().scan_once();
  if (!found) {
    return found.error();
  }
  // Of found: the first that is newer than what is being read.
  std::size_t next = 0;
  if (const ChainEntry* current = reader_.current()) {
    // As the host sees it: rotated files lie beside the live one.
    progress.read_path =
        join_path(directory_of(context_.options.name), std::string(file_name_of(current->path)));
    const auto now = current->file->stat();
    progress.size = now ? now->size : current->stat.size;
    progress.compressed = current->file->compressed();
    survey.backlog_bytes = reader_.unread(progress.size);
    const auto at = find_same(*found, *current);
    progress.deleted = at == found->end();
    next = progress.deleted ? 0 : static_cast<std::size_t>(at - found->begin()) + 1;
    progress.rotations_left = next;
  }
  for (std::size_t i = next; i < found->size(); ++i) {
    const ChainEntry& entry = (*found)[i];
    if (entry.stat.size == 0 || chain_.passed(entry.stat)) {
      continue;
    }
    survey.backlog_bytes += entry.stat.size;
    ++progress.files_behind;
  }
  for (const ChainEntry& held : chain_.waiting()) {  // those that only our descriptor keeps
    if (find_same(*found, held) == found->end() && held.file) {
      survey.backlog_bytes += held.stat.size;
      ++progress.files_behind;
    }
  }
  survey.file = std::move(progress);
  return survey;
}

}  // namespace auditship::input::file::follow
