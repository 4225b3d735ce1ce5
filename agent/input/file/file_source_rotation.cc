// FileSource: which files there are, which one is next, and what to do when the current one was
// truncated.
#include <algorithm>
#include <iterator>

#include "agent/input/file/file_source_state.h"

namespace auditship::input::file {
namespace {

constexpr std::size_t kMaxHeld = 128;  // descriptors of generations that wait
constexpr int kScanAttempts = 5;
constexpr int kCopyAttempts = 20;
constexpr std::size_t kMaxCopies = 8;  // rotated files looked at for a copy of a truncated one

using Entry = FileSource::State::Entry;

void sort_by_age(std::vector<Entry>& entries) {
  const bool one_scheme = std::all_of(entries.begin(), entries.end(), [&](const Entry& e) {
    return e.rotated->scheme == entries.front().rotated->scheme;
  });
  std::stable_sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
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
void prefer_plain(std::vector<Entry>& entries) {
  std::vector<Entry> kept;
  for (Entry& e : entries) {
    const bool has_plain =
        e.codec() != Codec::none &&
        std::any_of(entries.begin(), entries.end(), [&](const Entry& o) {
          return o.codec() == Codec::none && o.rotated && o.rotated->same_generation(*e.rotated);
        });
    if (!has_plain) {
      kept.push_back(Entry{e.path, e.rotated, e.stat, nullptr, true});
    }
  }
  entries = std::move(kept);
}

}  // namespace

Result<std::vector<Entry>> FileSource::State::scan_once() {
  std::vector<Entry> found;
  const auto live = fs.stat(options.path);
  if (!live && live.error().code != Errc::not_found) {
    return live.error();
  }
  auto names = fs.list(directory);
  if (!names && names.error().code != Errc::not_found && told_paths.insert(directory).second) {
    log.warn("directory-unreadable", "cannot be listed; rotated files are not seen",
             {{"directory", directory}, {"error", names.error().message}});
  }
  for (const std::string& other : names ? *names : std::vector<std::string>{}) {
    auto rotated = rotated_name(name, other);
    if (!rotated) {
      continue;
    }
    Entry entry;
    entry.path = join_path(directory, other);
    entry.rotated = std::move(rotated);
    const auto stat = fs.stat(entry.path);
    if (!stat || !stat->is_regular || stat->size == 0 || (live && live->same_file(*stat))) {
      continue;
    }
    entry.stat = *stat;
    found.push_back(std::move(entry));
  }
  sort_by_age(found);
  prefer_plain(found);
  // Hard links: one file under two names.
  std::set<Identity> seen;
  std::erase_if(found, [&](const Entry& e) { return !seen.insert(identity(e.stat)).second; });
  if (live && live->is_regular) {
    Entry entry;
    entry.path = options.path;
    entry.stat = *live;
    found.push_back(std::move(entry));
  } else if (live && told_paths.insert(options.path).second) {
    log.warn("not-a-file", "is not a regular file and is not read", {{"path", options.path}});
  }
  return found;
}

// Twice the same answer, as a directory is not read in one instant and a chain of renames takes
// several.
Result<std::optional<std::vector<Entry>>> FileSource::State::scan() {
  auto before = scan_once();
  for (int attempt = 0; attempt < kScanAttempts; ++attempt) {
    if (!before) {
      return before.error();
    }
    auto after = scan_once();
    if (!after) {
      return after.error();
    }
    const bool stable = std::equal(before->begin(), before->end(), after->begin(), after->end(),
                                   [](const Entry& a, const Entry& b) {
                                     return a.path == b.path && a.stat.same_file(b.stat);
                                   });
    if (stable) {
      return std::optional(std::move(*after));
    }
    before = std::move(after);
  }
  return std::optional<std::vector<Entry>>();
}

bool FileSource::State::leave_out(const Entry& entry) {
  if (entry.live() || !options.backfill_ns ||
      clock.wall_ns() - entry.stat.modified_ns <= *options.backfill_ns) {
    return false;
  }
  older.insert(old_file(entry.stat));
  ++stats.left_out_files;
  stats.left_out_bytes += entry.stat.size;
  return true;
}

Result<bool> FileSource::State::refresh() {
  for (int attempt = 0; attempt < kScanAttempts; ++attempt) {
    auto found = scan();
    if (!found) {
      return found.error();
    }
    if (!*found) {
      return false;  // what is known stays as it is until the next poll
    }
    if (locate(std::move(**found))) {
      return true;
    }
  }
  return false;
}

// Puts what is newer than the file being read (or than the first that waits) into the queue. A live
// file that waits is no boundary: what it held since may have been copied away, and is older.
bool FileSource::State::locate(std::vector<Entry> found) {
  const Entry* boundary = current                                 ? &*current
                          : queue.empty() || queue.front().live() ? nullptr
                                                                  : &queue.front();
  if (boundary == nullptr) {
    if (looked) {
      drop_order(found);
    } else {
      first_look(found);
    }
    return merge(std::move(found));
  }
  const Identity wanted = identity(boundary->stat);
  const auto at = std::find_if(found.begin(), found.end(),
                               [&](const Entry& e) { return identity(e.stat) == wanted; });
  if (at == found.end()) {
    drop_order(found);
    if (current && current->live()) {
      current->rotated = RotatedName{};  // unlinked, or moved where we do not look
    }
    return merge(std::move(found));
  }
  std::set<OldFile> still_there;
  for (auto e = found.begin(); e != found.end(); ++e) {
    if (e < at || older.contains(old_file(e->stat))) {
      still_there.insert(old_file(e->stat));
    }
  }
  older = std::move(still_there);
  if (current) {
    current->path = at->path;
    current->rotated = at->rotated;
  }
  found.erase(found.begin(), current ? at + 1 : at);
  return merge(std::move(found));
}

// The first time that something is found: files older than the backfill time are left out.
void FileSource::State::first_look(std::vector<Entry>& found) {
  looked = !found.empty();
  std::erase_if(found, [this](const Entry& e) { return leave_out(e); });
  if (stats.left_out_files > 0) {
    log.info(
        "left-out", "rotated files older than the backfill time are not read",
        {{"path", options.path}, {"files", stats.left_out_files}, {"bytes", stats.left_out_bytes}});
  }
}

// Which of the files found are newer than what was read last is not known. Those known to be older
// go.
void FileSource::State::drop_order(std::vector<Entry>& found) {
  std::erase_if(found,
                [this](const Entry& e) { return !e.live() && older.contains(old_file(e.stat)); });
  for (Entry& e : found) {
    e.ordered = false;
  }
}

// The files found take the place of the queue. What we hold but do not find (it was unlinked, or
// compressed) stays behind the one that it was behind.
bool FileSource::State::merge(std::vector<Entry> newer) {
  bool all_there = true;
  std::vector<Entry> next = std::move(newer);
  std::size_t behind = 0;
  for (Entry& q : queue) {
    const auto at = std::find_if(next.begin(), next.end(), [&](const Entry& e) {
      return identity(e.stat) == identity(q.stat);
    });
    if (at != next.end()) {
      at->file = std::move(q.file);
      at->ordered = q.ordered;
      behind = static_cast<std::size_t>(at - next.begin()) + 1;
    } else if (q.file) {
      if (q.live()) {
        q.rotated = RotatedName{};
      }
      next.insert(next.begin() + static_cast<std::ptrdiff_t>(behind++), std::move(q));
    } else {
      gap("generation-vanished", "a rotated file vanished before it was read", 0, q.stat.size);
    }
  }
  queue.assign(std::make_move_iterator(next.begin()), std::make_move_iterator(next.end()));
  std::size_t descriptors = 0;
  for (Entry& e : queue) {
    if (!e.file && descriptors < kMaxHeld) {
      // A failure is met again when it is this file's turn.
      if (auto s = open(e); !s && s.error().code == Errc::not_found) {
        all_there = false;
      }
    }
    ++descriptors;
  }
  return all_there;
}

// The first line of a file that waits, as it is now; nullopt: it has none, or is gone.
Result<std::optional<Digest>> FileSource::State::first_line(Entry& entry) {
  if (auto s = open(entry); !s) {
    return s.error().code == Errc::not_found ? Result<std::optional<Digest>>(std::nullopt)
                                             : s.error();
  }
  entry.file->recheck_head();  // it may have been truncated while it waited
  auto head = entry.file->head(Generation::LastLine::needs_newline);
  if (!head) {
    return head.error().in(entry.path);
  }
  return head->complete ? std::optional(head->digest) : std::nullopt;
}

// Whether the front of the queue may be taken. The live file is taken only after a look around that
// came after its first line was read: if that was not the first thing it ever held, the copy of
// what it held before was there by then.
Result<bool> FileSource::State::front_is_due(Look& look) {
  while (queue.empty() || queue.front().live()) {
    auto now =
        queue.empty() ? Result<std::optional<Digest>>(std::nullopt) : first_line(queue.front());
    if (!now) {
      return now.error();
    }
    if (look.count > 0 && *now == look.first_line) {
      return !queue.empty();
    }
    look.first_line = *now;
    auto steady = look.count++ < kScanAttempts ? refresh() : Result<bool>(false);
    if (!steady || !*steady) {
      return steady;
    }
  }
  return true;
}

Result<bool> FileSource::State::next_generation() {
  if (resume) {
    auto found = find_resume();
    if (!found || !*found || current) {
      return found;
    }
  }
  Look look;
  while (true) {
    auto due = front_is_due(look);
    if (!due || !*due) {
      return due;
    }
    auto adopted = adopt(queue.front());
    if (!adopted) {
      return adopted.error();
    }
    if (*adopted == Adopt::wait) {
      return false;
    }
    if (*adopted == Adopt::dropped && !queue.front().live()) {
      older.insert(old_file(queue.front().stat));  // else the next look finds it again
    }
    queue.pop_front();
    if (*adopted == Adopt::taken) {
      return true;
    }
  }
}

// The current file was truncated or rewritten in place.
Result<bool> FileSource::State::replaced(std::vector<event::RawLine>& lines) {
  auto copied = continue_in_copy();
  if (!copied) {
    return copied.error();
  }
  if (*copied != Copy::none) {
    return *copied == Copy::taken;
  }
  if (reader.waiting() > 0) {
    add_rest(lines);  // its end is lost, its beginning is not
    return true;
  }
  if (current->stat.size > reader.end()) {
    gap("truncated-unread", "the log was truncated before it was read to its end", reader.end(),
        current->stat.size - reader.end());
  } else {
    log.info("truncated", "the log was truncated; reading from its start",
             {{"path", options.path}, {"read_up_to", reader.end()}});
  }
  copy_failures = 0;
  Entry again;
  again.path = current->path;
  again.rotated = current->rotated;
  again.file = std::move(current->file);
  auto stat = again.file->stat();
  again.stat = stat ? *stat : current->stat;
  again.file->forget_head();
  finish(true);
  queue.push_front(std::move(again));
  return true;
}

// copytruncate: what we had not read may stand in the copy that was made first.
Result<FileSource::State::Copy> FileSource::State::continue_in_copy() {
  auto found = scan();
  if (!found) {
    return found.error();
  }
  if (!*found) {
    return ++copy_failures <= kCopyAttempts ? Copy::wait : Copy::none;
  }
  const Mark mark{mark_here(), true};
  std::size_t looked_at = 0;
  for (auto e = (*found)->rbegin(); e != (*found)->rend() && looked_at < kMaxCopies; ++e) {
    if (e->live() || identity(e->stat) == identity(current->stat)) {
      continue;
    }
    const bool seen_before = older.contains(old_file(e->stat));
    ++looked_at;
    auto match = compare_copy(*e, mark);
    if (!match) {
      return match.error();
    }
    if (*match == Match::strong || (*match == Match::weak && !seen_before)) {
      log.info("copy-found", "the log was copied and truncated; its rest is read from the copy",
               {{"path", options.path}, {"copy", e->path}, {"from_offset", mark.at.pos.offset}});
      copy_failures = 0;
      begin(std::move(*e), mark.at.pos.file, mark.at.pos.offset, head_hash);
      return Copy::taken;
    }
  }
  return Copy::none;
}

Result<FileSource::State::Match> FileSource::State::compare_copy(Entry& copy, const Mark& mark) {
  if (auto s = open(copy); !s) {
    // The copy is the only place where the rest is: not given up at the first failure.
    if (s.error().code != Errc::not_found && ++copy_failures <= kCopyAttempts) {
      return s.error();
    }
    return Match::none;
  }
  auto head = copy.file->head(Generation::LastLine::may_end_without);
  if (!head) {
    return head.error().in(copy.path);
  }
  return compare(copy, *head, mark);
}

}  // namespace auditship::input::file
