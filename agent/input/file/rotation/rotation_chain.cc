#include "agent/input/file/rotation/rotation_chain.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace auditship::input::file::rotation {
namespace {

constexpr int kAttempts = 5;

}  // namespace

RotationChain::RotationChain(SourceContext& context) : context_(context), scanner_(context) {}

bool RotationChain::leave_out(const ChainEntry& entry) {
  const auto& backfill_ns = context_.options.backfill_ns;
  if (entry.live() || !backfill_ns ||
      context_.clock.wall_ns() - entry.stat.modified_ns <= *backfill_ns) {
    return false;
  }
  pass(entry.stat);
  context_.count_skipped(entry.stat.size);
  return true;
}

Result<bool> RotationChain::refresh(ChainEntry* current) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto found = scanner_.scan();
    if (!found) {
      return found.error();
    }
    if (!*found) {
      return false;  // what is known stays as it is until the next poll
    }
    if (locate(std::move(**found), current)) {
      return true;
    }
  }
  return false;
}

// Puts what is newer than the file being read (or than the first that waits) into the queue. A live
// file that waits is no boundary: what it held since may have been copied away, and is older.
// False: a file vanished meanwhile.
bool RotationChain::locate(std::vector<ChainEntry> found, ChainEntry* current) {
  const bool front_is_boundary = !waiting_.empty() && !waiting_.front().live();
  const ChainEntry* boundary = current != nullptr  ? current
                               : front_is_boundary ? &waiting_.front()
                                                   : nullptr;
  if (boundary == nullptr) {
    if (looked_) {
      drop_order(found);
    } else {
      first_look(found);
    }
    return merge(std::move(found), current);
  }
  const FileIdentity wanted = identity_of(boundary->stat);
  const auto at = std::find_if(found.begin(), found.end(),
                               [&](const ChainEntry& e) { return identity_of(e.stat) == wanted; });
  if (at == found.end()) {
    drop_order(found);
    if (current != nullptr && current->live()) {
      current->rotated = RotatedName{};
      current->nameless = true;
    }
    return merge(std::move(found), current);
  }
  std::set<SeenFile> still_there;
  for (auto e = found.begin(); e != found.end(); ++e) {
    if (e < at || passed(e->stat)) {
      still_there.insert(seen_file(e->stat));
    }
  }
  passed_ = std::move(still_there);
  if (current != nullptr) {
    current->path = at->path;
    current->rotated = at->rotated;
    current->nameless = false;
  }
  found.erase(found.begin(), current != nullptr ? at + 1 : at);
  return merge(std::move(found), current);
}

// The first time that something is found: files older than the backfill time are left out.
void RotationChain::first_look(std::vector<ChainEntry>& found) {
  looked_ = !found.empty();
  std::erase_if(found, [this](const ChainEntry& e) { return leave_out(e); });
  const SourceProgress& progress = context_.progress;
  if (progress.skipped_files > 0) {
    context_.log.info("rotated-file-skipped",
                      "rotated files older than the backfill time are not read",
                      {{"path", context_.options.path},
                       {"files", progress.skipped_files},
                       {"bytes", progress.skipped_bytes}});
  }
}

// Which of the files found are newer than what was read last is not known. Those known to be older
// go.
void RotationChain::drop_order(std::vector<ChainEntry>& found) const {
  std::erase_if(found, [this](const ChainEntry& e) { return !e.live() && passed(e.stat); });
  for (ChainEntry& e : found) {
    e.ordered = false;
  }
}

// The files found take the place of those that wait. What we hold but do not find (it was unlinked,
// or compressed) stays behind the one that it was behind.
bool RotationChain::merge(std::vector<ChainEntry> newer, const ChainEntry* current) {
  std::map<FileIdentity, std::size_t> places;
  for (std::size_t i = 0; i < newer.size(); ++i) {
    places.emplace(identity_of(newer[i].stat), i);
  }
  // What stays though it was not found, by how many of the newer ones are before it.
  std::multimap<std::size_t, ChainEntry> kept;
  std::size_t behind = 0;
  for (ChainEntry& held : waiting_) {
    const auto at = places.find(identity_of(held.stat));
    if (at != places.end()) {
      newer[at->second].file = std::move(held.file);
      newer[at->second].ordered = held.ordered;
      newer[at->second].emptied = held.emptied;
      behind = at->second + 1;
    } else if (held.file || still_elsewhere(held)) {
      if (held.live()) {
        held.rotated = RotatedName{};
      }
      kept.emplace(behind, std::move(held));
    } else {
      context_.report_loss("generation-vanished", "a rotated file vanished before it was read",
                           current != nullptr ? current->path : std::string(), 0, held.stat.size);
    }
  }
  waiting_.clear();
  auto next_kept = kept.begin();
  for (std::size_t i = 0; i <= newer.size(); ++i) {
    for (; next_kept != kept.end() && next_kept->first == i; ++next_kept) {
      waiting_.push_back(std::move(next_kept->second));
    }
    if (i < newer.size()) {
      waiting_.push_back(std::move(newer[i]));
    }
  }
  count_waiting();
  return hold_waiting();
}

// A file that waits outside of the names that are looked at is there, too.
bool RotationChain::still_elsewhere(const ChainEntry& entry) {
  if (!entry.elsewhere) {
    return false;
  }
  const auto now = context_.fs.stat(entry.path);
  return now ? now->same_file(entry.stat) : now.error().code != Errc::not_found;
}

// Takes hold of the files that wait. False: one vanished meanwhile.
bool RotationChain::hold_waiting() {
  bool all_there = true;
  for (std::size_t i = 0; i < std::min(waiting_.size(), max_held_); ++i) {
    const Status held = waiting_[i].open(context_.fs);
    if (!held && held.error().code == Errc::not_found) {
      all_there = false;
    } else if (!held && i > 0 && held.error().code == Errc::exhausted) {
      give_back_descriptors(i);
    }
    // Another failure is met again when it is this file's turn.
  }
  return all_there;
}

// Half of those that are held, the newest: they wait for their turn under their names, and the sink,
// the buffer and the status have what they need.
void RotationChain::give_back_descriptors(std::size_t held) {
  max_held_ = std::max<std::size_t>(1, held / 2);
  for (std::size_t i = max_held_; i < waiting_.size(); ++i) {
    waiting_[i].file.reset();
  }
  context_.log.warn(
      "descriptors-scarce",
      "no more files can be opened; fewer rotated files are held open, and one that is "
      "deleted before its turn is lost",
      {{"path", context_.options.path}, {"held", max_held_}});
}

// Whether nothing can have come between what is being read and the front: then it need not be looked
// for. Only rotated files that still have their name, or are held.
bool RotationChain::front_is_certain() {
  return !waiting_.empty() && !waiting_.front().live() && waiting_.front().open(context_.fs).ok();
}

// The first line of the front, as it is now; nullopt: nothing waits, or it has no first line, or is
// gone.
Result<std::optional<Digest>> RotationChain::first_line_of_front() {
  if (waiting_.empty()) {
    return std::optional<Digest>();
  }
  ChainEntry& entry = waiting_.front();
  if (auto s = entry.open(context_.fs); !s) {
    return s.error().code == Errc::not_found ? Result<std::optional<Digest>>(std::nullopt)
                                             : s.error();
  }
  // It may have been truncated while it waited.
  entry.file->recheck_head();
  auto head = entry.file->head(generations::Generation::LastLine::needs_newline);
  if (!head) {
    return head.error().in(entry.path);
  }
  return head->complete ? std::optional(head->digest) : std::nullopt;
}

// The live file is taken only after a look around that came after its first line was read: if that
// was not the first thing it ever held, the copy of what it held before was there by then.
Result<bool> RotationChain::front_is_due(Look& look) {
  while (waiting_.empty() || waiting_.front().live()) {
    auto now = first_line_of_front();
    if (!now) {
      return now.error();
    }
    if (look.count > 0 && *now == look.first_line) {
      return !waiting_.empty();
    }
    look.first_line = *now;
    auto steady = look.count++ < kAttempts ? refresh(nullptr) : Result<bool>(false);
    if (!steady || !*steady) {
      return steady;
    }
  }
  return true;
}

void RotationChain::let_go() {
  for (ChainEntry& entry : waiting_) {
    // One that has no name any more is kept: it is nowhere else.
    if (entry.file && is_named(context_.fs, entry)) {
      entry.file.reset();
    }
  }
}

bool RotationChain::all_named() const {
  return std::all_of(waiting_.begin(), waiting_.end(), [&](const ChainEntry& entry) {
    return !entry.file || is_named(context_.fs, entry);
  });
}

void RotationChain::pop_front() {
  waiting_bytes_ -= std::min(waiting_bytes_, waiting_.front().stat.size);
  waiting_.pop_front();
}

void RotationChain::push_front(ChainEntry entry) {
  waiting_bytes_ += entry.stat.size;
  waiting_.push_front(std::move(entry));
}

void RotationChain::count_waiting() {
  waiting_bytes_ = 0;
  for (const ChainEntry& entry : waiting_) {
    waiting_bytes_ += entry.stat.size;
  }
}

ChainEntry RotationChain::resume_at(std::vector<ChainEntry> found, std::size_t at) {
  for (std::size_t i = 0; i < at; ++i) {
    pass(found[i].stat);
  }
  for (std::size_t i = at + 1; i < found.size(); ++i) {
    waiting_.push_back(std::move(found[i]));
  }
  looked_ = true;
  count_waiting();
  ChainEntry place = std::move(found[at]);
  (void)hold_waiting();  // what vanished is met again, and told, at the next look
  return place;
}

ChainEntry RotationChain::resume_elsewhere(std::vector<ChainEntry> found,
                                           std::vector<ChainEntry> files) {
  resume_without_place(std::move(found));
  waiting_.insert(waiting_.begin(), std::make_move_iterator(files.begin() + 1),
                  std::make_move_iterator(files.end()));
  count_waiting();
  return std::move(files.front());
}

void RotationChain::resume_without_place(std::vector<ChainEntry> found) {
  for (ChainEntry& entry : found) {
    if (!leave_out(entry)) {
      entry.ordered = false;
      waiting_.push_back(std::move(entry));
    }
  }
  looked_ = true;
  count_waiting();
  (void)hold_waiting();
}

}  // namespace auditship::input::file::rotation
