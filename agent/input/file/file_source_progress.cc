// FileSource: what it tells of itself when it is asked. Not part of reading: it changes nothing.
#include <algorithm>

#include "agent/input/file/file_source_state.h"

namespace auditship::input::file {

Result<FileProgress> FileSource::survey() {
  State& s = *state_;
  FileProgress survey;
  survey.offset = s.position.offset;
  auto found = s.scan_once();
  if (!found) {
    return found.error();
  }
  std::size_t next = 0;  // of found: the first that is newer than what is being read
  if (s.current) {
    survey.read_path = s.current->path;
    const auto now = s.current->file->stat();
    survey.size = now ? now->size : s.current->stat.size;
    survey.compressed = s.current->file->compressed();
    survey.unread_bytes = s.current->file->unread(survey.size) + s.reader.waiting();
    const auto at = std::find_if(found->begin(), found->end(), [&](const State::Entry& e) {
      return State::identity(e.stat) == State::identity(s.current->stat);
    });
    survey.deleted = at == found->end();
    next = survey.deleted ? 0 : static_cast<std::size_t>(at - found->begin()) + 1;
    survey.rotations_left = next;
  }
  for (std::size_t i = next; i < found->size(); ++i) {
    const State::Entry& entry = (*found)[i];
    if (entry.stat.size == 0 || s.older.contains(State::old_file(entry.stat))) {
      continue;
    }
    survey.unread_bytes += entry.stat.size;
    ++survey.files_behind;
  }
  for (const State::Entry& held : s.queue) {  // those that only our descriptor keeps
    const bool there = std::any_of(found->begin(), found->end(), [&](const State::Entry& e) {
      return State::identity(e.stat) == State::identity(held.stat);
    });
    if (!there && held.file) {
      survey.unread_bytes += held.stat.size;
      ++survey.files_behind;
    }
  }
  survey.unterminated_bytes = s.stats.unterminated_bytes;
  return survey;
}

}  // namespace auditship::input::file
