// FileSource: taking the next file in order, with the key that its content says it has.
#include "agent/input/file/file_source_state.h"

namespace auditship::input::file {

Result<FileSource::State::Adopt> FileSource::State::adopt(Entry& entry) {
  if (auto s = open(entry); !s) {
    return pass_unopened(entry, s.error());
  }
  if (auto stat = entry.file->stat()) {
    entry.stat = *stat;
  }
  if (!entry.live()) {  // whose first line was read just now
    entry.file->recheck_head();
  }
  auto head = entry.file->head(Generation::LastLine::needs_newline);
  if (head && !head->complete && !entry.live()) {
    if (may_still_grow(entry)) {
      return Adopt::wait;
    }
    head = entry.file->head(Generation::LastLine::may_end_without);
  }
  if (!head) {
    return head.error().in(entry.path);
  }
  if (!head->complete) {
    if (!entry.live() && head->damaged) {
      gap("compressed-damaged", "a compressed log file is broken; nothing of it can be read", 0, 0);
    }
    return entry.live() ? Adopt::wait : Adopt::dropped;
  }
  auto known = adopt_known(entry, *head);
  if (!known) {
    return known.error();
  }
  if (*known) {
    return **known;
  }
  if (auto s = entry.file->seek(0); !s) {
    return s.error().in(entry.path);
  }
  begin(std::move(entry), new_key(head->digest), 0, 0);
  return Adopt::taken;
}

Result<FileSource::State::Adopt> FileSource::State::pass_unopened(const Entry& entry,
                                                                  const Error& why) {
  if (why.code == Errc::not_found) {
    if (!entry.live()) {  // else the next scan finds what has its name now
      gap("generation-vanished", "a rotated file vanished before it was read", 0, entry.stat.size);
    }
    return Adopt::dropped;
  }
  if (entry.live() || position != event::SourcePos{}) {
    return why;
  }
  // At the first start, what cannot be read must not stand in the way of what can.
  ++stats.left_out_files;
  stats.left_out_bytes += entry.stat.size;
  older.insert(old_file(entry.stat));
  log.warn("left-out", "a rotated file cannot be read and is left out",
           {{"path", entry.path}, {"error", why.message}});
  return Adopt::dropped;
}

// Renamed with half a line: the other half may still come.
bool FileSource::State::may_still_grow(const Entry& entry) const {
  const auto grace =
      std::chrono::duration_cast<std::chrono::nanoseconds>(options.rotation_grace).count();
  const std::int64_t age = clock.wall_ns() - entry.stat.modified_ns;
  return !options.final_pass && queue.size() <= 2 && age >= 0 && age <= grace;
}

// When the entry is a generation that we know: dropped, or taken with its key.
Result<std::optional<FileSource::State::Adopt>> FileSource::State::adopt_known(
    Entry& entry, const Generation::Head& head) {
  if (auto grown = adopt_grown(entry, head); !grown || *grown) {
    return grown;
  }
  if (auto restored = adopt_restored(entry, head); !restored || *restored) {
    return restored;
  }
  // Finished in an earlier run, and its place in the order is not known: the time decides.
  const event::FileKey* key = entry.ordered ? nullptr : old_key(head.digest);
  if (key != nullptr && !entry.live() &&
      (last.modified_ns == 0 || entry.stat.modified_ns < last.modified_ns)) {
    return std::optional(Adopt::dropped);
  }
  return std::optional<Adopt>();
}

// It holds all that was read of a generation, and perhaps more: read on there.
Result<std::optional<FileSource::State::Adopt>> FileSource::State::adopt_grown(
    Entry& entry, const Generation::Head& head) {
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
    auto match = compare(entry, head, *mark);
    if (!match) {
      return match.error();
    }
    if (*match == Match::none || (*match == Match::weak && !same_by_inode_or_time(entry, *mark))) {
      continue;
    }
    auto nothing_new = ends_at(entry, mark->at.pos.offset);
    if (!nothing_new) {
      return nothing_new.error();
    }
    if (*nothing_new && !entry.live()) {
      return std::optional(Adopt::dropped);
    }
    const event::Checkpoint at = mark->at;
    begin(std::move(entry), at.pos.file, at.pos.offset, at.head_hash);
    return std::optional(Adopt::taken);
  }
  return std::optional<Adopt>();
}

// The same inode, or the same time: gzip keeps it.
bool FileSource::State::same_by_inode_or_time(const Entry& entry, const Mark& mark) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const bool same_second = entry.stat.modified_ns / kSecond == mark.at.modified_ns / kSecond;
  return (same_file(entry, mark) && !mark.rewritten) || (entry.file->compressed() && same_second);
}

// An older, shorter copy of a generation: its lines were all read before.
Result<std::optional<FileSource::State::Adopt>> FileSource::State::adopt_restored(
    Entry& entry, const Generation::Head& head) {
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
    if (mark->at.pos.file.first_line != head.digest) {
      continue;
    }
    auto shorter = shortened(entry, *mark);
    if (!shorter) {
      return shorter.error();
    }
    if (!*shorter) {
      continue;
    }
    if (!entry.live()) {
      return std::optional(Adopt::dropped);
    }
    log.warn("restored-shorter",
             "an older copy of a log that was read before; read again under the same ids",
             {{"path", options.path}});
    const event::FileKey key = mark->at.pos.file;
    if (auto s = entry.file->seek(0); !s) {
      return s.error();
    }
    begin(std::move(entry), key, 0, 0);
    return std::optional(Adopt::taken);
  }
  return std::optional<Adopt>();
}

}  // namespace auditship::input::file
