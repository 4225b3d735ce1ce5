#include "agent/input/file/rotation/open_next_rotation.h"

#include "agent/base/compression/unpacker.h"

namespace auditship::input::file::rotation {
namespace {

using Opened = NextRotation::Opened;
using Verdict = NextRotation::Verdict;

std::optional<Opened> only(Verdict verdict) { return Opened{verdict, {}}; }

}  // namespace

Result<Opened> NextRotation::open(ChainEntry& entry, Before before) {
  if (auto s = entry.open(context_.fs); !s) {
    return pass_unopened(entry, s.error(), before);
  }
  if (auto stat = entry.file->stat()) {
    if (!entry.live() && stat->size < entry.stat.size) {
      context_.report_loss("truncated-unread", "a rotated file was emptied before it was read",
                           entry.path, stat->size, entry.stat.size - stat->size);
    }
    entry.stat = *stat;
  }
  Opened otherwise;
  auto head = complete_head(entry, otherwise);
  if (!head) {
    return head.error();
  }
  if (!*head) {
    return otherwise;
  }
  auto known =
      entry.emptied ? Result<std::optional<Opened>>(std::nullopt) : as_known(entry, **head);
  if (!known) {
    return known.error();
  }
  if (*known) {
    return **known;
  }
  if (auto s = entry.file->seek(0); !s) {
    return s.error().in(entry.path);
  }
  return Opened{Verdict::taken, ReadStart{history_.new_key((*head)->digest), 0, 0}};
}

// The first line; nullopt when there is none, and what that means for the file.
Result<std::optional<generations::Generation::Head>> NextRotation::complete_head(
    ChainEntry& entry, Opened& otherwise) {
  if (!entry.live()) {  // whose first line was read just now
    entry.file->recheck_head();
  }
  auto head = entry.file->head(generations::Generation::LastLine::needs_newline);
  if (head && !head->complete && !entry.live()) {
    if (may_still_grow(entry)) {
      otherwise.verdict = Verdict::wait;
      return std::optional<generations::Generation::Head>();
    }
    head = entry.file->head(generations::Generation::LastLine::may_end_without);
  }
  if (!head) {
    return head.error().in(entry.path);
  }
  if (head->complete) {
    return std::optional(*head);
  }
  if (!entry.live() && head->damaged && !can_unpack(entry.codec())) {
    report_unreadable(entry);
  } else if (!entry.live() && head->damaged) {
    context_.report_loss("compressed-damaged",
                         "a compressed log file is broken; nothing of it can be read", {}, 0, 0);
  }
  otherwise.verdict = entry.live() ? Verdict::wait : Verdict::dropped;
  return std::optional<generations::Generation::Head>();
}

// This build has no library for the file. One that was read before it was packed is no loss.
void NextRotation::report_unreadable(const ChainEntry& entry) const {
  const std::int64_t last_ns = history_.last().modified_ns;
  if (!entry.ordered && last_ns != 0 && entry.stat.modified_ns <= last_ns) {
    return;
  }
  context_.report_loss("compression-unsupported",
                       "a rotated file is compressed in a way that this build cannot read: its "
                       "lines are lost",
                       entry.path, 0, entry.stat.size);
}

Result<Opened> NextRotation::pass_unopened(const ChainEntry& entry, const Error& why,
                                           Before before) {
  if (why.code == Errc::not_found) {
    if (!entry.live()) {  // else the next scan finds what has its name now
      context_.report_loss("generation-vanished", "a rotated file vanished before it was read", {},
                           0, entry.stat.size);
    }
    return Opened{Verdict::dropped, {}};
  }
  if (entry.live() || before == Before::something_read || why.code == Errc::exhausted) {
    return why;
  }
  context_.count_skipped(entry.stat.size);
  chain_.pass(entry.stat);
  context_.log.warn("rotated-file-skipped", "a rotated file cannot be read and is left out",
                    {{"path", entry.path}, {"error", why.message}});
  return Opened{Verdict::dropped, {}};
}

// Renamed with half a line: the other half may still come.
bool NextRotation::may_still_grow(const ChainEntry& entry) const {
  const std::int64_t age = context_.clock.wall_ns() - entry.stat.modified_ns;
  return !context_.options.final_pass && chain_.waiting().size() <= 2 && age >= 0 &&
         age <= context_.grace_ns();
}

// When the entry is a generation that we know: dropped, or taken with its key.
Result<std::optional<Opened>> NextRotation::as_known(
    ChainEntry& entry, const generations::Generation::Head& head) const {
  if (auto grown = as_grown(entry, head); !grown || *grown) {
    return grown;
  }
  if (auto restored = as_restored(entry, head); !restored || *restored) {
    return restored;
  }
  // Finished in an earlier run, and its place in the order is not known: the time decides.
  const generations::FileKey* key = entry.ordered ? nullptr : history_.find_key(head.digest);
  const std::int64_t last_ns = history_.last().modified_ns;
  if (key != nullptr && !entry.live() && (last_ns == 0 || entry.stat.modified_ns < last_ns)) {
    return only(Verdict::dropped);
  }
  return std::optional<Opened>();
}

// It holds all that was read of a generation, and perhaps more: read on there.
Result<std::optional<Opened>> NextRotation::as_grown(
    ChainEntry& entry, const generations::Generation::Head& head) const {
  const auto& marks = history_.marks();
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
    auto match = matcher_.compare(entry, head, *mark);
    if (!match) {
      return match.error();
    }
    if (*match == Match::none || (*match == Match::weak && !same_by_inode_or_time(entry, *mark))) {
      continue;
    }
    auto nothing_new = matcher_.ends_at(entry, mark->at.pos.offset);
    if (!nothing_new) {
      return nothing_new.error();
    }
    if (*nothing_new && !entry.live()) {
      return only(Verdict::dropped);
    }
    const ReadStart start{mark->at.pos.file, mark->at.pos.offset, mark->at.head_hash};
    return std::optional(Opened{Verdict::taken, start});
  }
  return std::optional<Opened>();
}

// A shorter file that begins as a generation does: an older copy of it, or one with the same header.
// It is read under the key of that generation: lines that were read before have the ids they had.
Result<std::optional<Opened>> NextRotation::as_restored(
    ChainEntry& entry, const generations::Generation::Head& head) const {
  const auto& marks = history_.marks();
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
    if (mark->at.pos.file.first_line != head.digest) {
      continue;
    }
    auto shorter = matcher_.is_shorter_copy(entry, *mark);
    if (!shorter) {
      return shorter.error();
    }
    if (!*shorter) {
      continue;
    }
    context_.log.warn(
        "restored-shorter",
        "a file is shorter than what was read of one that began with the same bytes; it is read "
        "under the same ids",
        {{"path", context_.options.path},
         {"file", entry.path},
         {"read_up_to", mark->at.pos.offset}});
    if (auto s = entry.file->seek(0); !s) {
      return s.error();
    }
    return std::optional(Opened{Verdict::taken, ReadStart{mark->at.pos.file, 0, 0}});
  }
  return std::optional<Opened>();
}

}  // namespace auditship::input::file::rotation
