// What a FileSource says of itself when it is asked. Not part of reading: it changes nothing.
#include <algorithm>
#include <cstddef>

#include "agent/input/file/file_source.h"

namespace auditship::input::file {
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

Result<FileProgress> FileSource::survey() {
  FileProgress progress;
  progress.offset = reader_.position().offset;
  auto found = chain_.scanner().scan_once();
  if (!found) {
    return found.error();
  }
  // Of found: the first that is newer than what is being read.
  std::size_t next = 0;
  if (const ChainEntry* current = reader_.current()) {
    progress.read_path = current->path;
    const auto now = current->file->stat();
    progress.size = now ? now->size : current->stat.size;
    progress.compressed = current->file->compressed();
    progress.unread_bytes = reader_.unread(progress.size);
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
    progress.unread_bytes += entry.stat.size;
    ++progress.files_behind;
  }
  for (const ChainEntry& held : chain_.waiting()) {  // those that only our descriptor keeps
    if (find_same(*found, held) == found->end() && held.file) {
      progress.unread_bytes += held.stat.size;
      ++progress.files_behind;
    }
  }
  progress.unterminated_bytes = context_.stats.unterminated_bytes;
  return progress;
}

}  // namespace auditship::input::file
