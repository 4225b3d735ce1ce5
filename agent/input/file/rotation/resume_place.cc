#include "agent/input/file/rotation/resume_place.h"

#include <algorithm>
#include <utility>

namespace auditship::input::file::rotation {

ResumePlace::ResumePlace(SourceContext& context, RotationChain& chain,
                         generations::GenerationHistory& history, const ResumeMatcher& matcher,
                         const std::optional<generations::FileCheckpoint>& resume)
    : context_(context), chain_(chain), history_(history), matcher_(matcher) {
  if (resume && resume->pos != generations::FilePosition{}) {
    mark_ = generations::GenerationMark{*resume, false};
    mark_->at.finished.clear();
  }
}

Result<ResumePlace::Found> ResumePlace::find() {
  auto scanned = chain_.scanner().scan();
  if (!scanned) {
    return scanned.error();
  }
  if (!*scanned || (*scanned)->empty()) {
    return Found{};
  }
  std::vector<ChainEntry> found = std::move(**scanned);
  const auto at = matcher_.find(found, *mark_);
  if (!at) {
    return at.error().code == Errc::not_found ? Result<Found>(Found{}) : at.error();
  }
  if (*at) {
    return take(std::move(found), **at, mark_->at.pos.offset);
  }
  compared_ = std::move(found);
  return Found{Verdict::missing, {}, {}};
}

ResumePlace::Found ResumePlace::take(std::vector<ChainEntry> found, std::size_t at,
                                     std::uint64_t offset) {
  const generations::GenerationMark mark = *std::exchange(mark_, std::nullopt);
  return Found{Verdict::found, chain_.resume_at(std::move(found), at),
               ReadStart{mark.at.pos.file, offset, mark.at.head_hash, mark.at.skipped}};
}

ResumePlace::Found ResumePlace::take_elsewhere(std::vector<ChainEntry> files) {
  const generations::GenerationMark mark = *std::exchange(mark_, std::nullopt);
  context_.log.info("generation-found",
                    "the log was renamed; its rest is read from the file that it is now",
                    {{"path", context_.options.path},
                     {"file", files.front().path},
                     {"from_offset", mark.at.pos.offset}});
  ChainEntry entry = chain_.resume_elsewhere(std::exchange(compared_, {}), std::move(files));
  return Found{Verdict::found, std::move(entry),
               ReadStart{mark.at.pos.file, mark.at.pos.offset, mark.at.head_hash, mark.at.skipped}};
}

ChainEntry* ResumePlace::compared_live() {
  return !compared_.empty() && compared_.back().live() ? &compared_.back() : nullptr;
}

ResumePlace::Found ResumePlace::take_edited(std::uint64_t offset) {
  generations::Generation& file = *compared_.back().file;
  const auto head = file.head(generations::Generation::LastLine::needs_newline);
  const auto there = file.seek(offset);
  if (!head || !head->complete || !there || !*there) {
    return Found{Verdict::missing, {}, {}};
  }
  generations::GenerationMark mark = *std::exchange(mark_, std::nullopt);
  mark.rewritten = true;
  history_.give_up(std::move(mark));
  std::vector<ChainEntry> found = std::exchange(compared_, {});
  const std::size_t at = found.size() - 1;
  return Found{Verdict::found, chain_.resume_at(std::move(found), at),
               ReadStart{history_.new_key(head->digest), offset, 0}};
}

ResumePlace::Found ResumePlace::lose(std::string_view text) {
  std::vector<ChainEntry> found = std::exchange(compared_, {});
  generations::GenerationMark mark = *std::exchange(mark_, std::nullopt);
  // A shorter copy is told when its turn comes. Nothing is passed for its sake.
  if (!matcher_.only_shorter_copy(found, mark)) {
    context_.report_loss("generation-vanished", text, {}, mark.at.pos.offset, 0);
  }
  chain_.resume_without_place(std::move(found));
  const auto& waiting = chain_.waiting();
  mark.rewritten = std::any_of(waiting.begin(), waiting.end(),
                               [&](const ChainEntry& e) { return same_file(e, mark); });
  history_.give_up(std::move(mark));
  return Found{Verdict::missing, {}, {}};
}

}  // namespace auditship::input::file::rotation
