#include "agent/input/file/rotation/resume_matcher.h"

#include <algorithm>
#include <string_view>

namespace auditship::input::file::rotation {
namespace {

// The files whose content fits a mark, by their place in found.
class Candidates {
 public:
  explicit Candidates(const std::vector<ChainEntry>& found) : found_(found) {}

  // In order of age, oldest first.
  void add(std::size_t i, Match match) {
    if (match == Match::weak) {
      weak_.push_back(i);
    }
    if (match == Match::strong && !(strong_ && packed(i) && !packed(*strong_))) {
      strong_ = i;
    }
  }

  // The newest; but a compressed one does not take the place of a plain one.
  [[nodiscard]] std::optional<std::size_t> strong() const { return strong_; }
  [[nodiscard]] std::optional<std::size_t> first_weak_since(std::int64_t ns) const {
    const auto at = std::find_if(weak_.begin(), weak_.end(),
                                 [&](std::size_t i) { return found_[i].stat.modified_ns >= ns; });
    return at == weak_.end() ? std::nullopt : std::optional(*at);
  }
  [[nodiscard]] std::optional<std::size_t> only_weak() const {
    return weak_.size() == 1 ? std::optional(weak_.front()) : std::nullopt;
  }

 private:
  [[nodiscard]] bool packed(std::size_t i) const { return found_[i].codec() != Codec::none; }

  const std::vector<ChainEntry>& found_;
  std::optional<std::size_t> strong_;
  std::vector<std::size_t> weak_;
};

}  // namespace

bool same_file(const ChainEntry& entry, const generations::GenerationMark& mark) {
  return identity_of(entry.stat) == FileIdentity{mark.at.device, mark.at.inode, mark.at.generation};
}

bool same_by_inode_or_time(const ChainEntry& entry, const generations::GenerationMark& mark) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const bool same_second = entry.stat.modified_ns / kSecond == mark.at.modified_ns / kSecond;
  return (same_file(entry, mark) && !mark.rewritten) || (entry.file->compressed() && same_second);
}

Result<Match> ResumeMatcher::compare(ChainEntry& entry, const generations::Generation::Head& head,
                                     const generations::GenerationMark& mark) const {
  if (!head.complete || head.digest != mark.at.pos.file.first_line) {
    return Match::none;
  }
  auto found = entry.file->seek(mark.at.pos.offset);
  if (!found) {
    return found.error().in(entry.path);
  }
  if (!*found || generations::hash64(entry.file->window()) != mark.at.tail_hash) {
    return Match::none;
  }
  // Empty lines behind a constant header prove nothing.
  const std::string_view window = entry.file->window();
  const std::uint64_t behind_head = mark.at.pos.offset - std::min(mark.at.pos.offset, head.end);
  const std::string_view proof =
      window.substr(window.size() - std::min<std::uint64_t>(window.size(), behind_head));
  return proof.find_first_not_of(std::string_view("\r\n\0", 3)) != std::string_view::npos
             ? Match::strong
             : Match::weak;
}

Result<Match> ResumeMatcher::compare(ChainEntry& entry,
                                     const generations::GenerationMark& mark) const {
  auto head = entry.file->head(entry.live() ? generations::Generation::LastLine::needs_newline
                                            : generations::Generation::LastLine::may_end_without);
  if (!head) {
    return head.error().in(entry.path);
  }
  return compare(entry, *head, mark);
}

Result<bool> ResumeMatcher::is_shorter_copy(ChainEntry& entry,
                                            const generations::GenerationMark& mark) const {
  if (mark.at.head_hash == 0) {
    return false;
  }
  auto hash = entry.file->head_hash();
  if (!hash) {
    return hash.error().in(entry.path);
  }
  if (*hash != mark.at.head_hash) {
    return false;
  }
  // A file that is as long may hold what nobody read.
  auto as_long = entry.file->seek(mark.at.pos.offset);
  return as_long ? Result<bool>(!*as_long) : as_long.error().in(entry.path);
}

Result<bool> ResumeMatcher::ends_at(ChainEntry& entry, std::uint64_t offset) const {
  auto more = entry.file->seek(offset + 1);
  if (!more) {
    return more.error().in(entry.path);
  }
  if (!entry.file->compressed()) {
    more = entry.stat.size > offset;
  }
  auto back = entry.file->seek(offset);
  if (!back) {
    return back.error().in(entry.path);
  }
  return !*more;
}

// The file with the same inode is looked at before all others: most often it is the one, and then
// thousands of rotated files stay unopened. Of the others none is kept open.
Result<std::optional<std::size_t>> ResumeMatcher::find(
    std::vector<ChainEntry>& found, const generations::GenerationMark& mark) const {
  Candidates fit(found);
  std::optional<Error> unreadable;
  for (const bool same_inode : {true, false}) {
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (same_file(found[i], mark) != same_inode) {
        continue;
      }
      const auto match = compare_closed(found[i], mark, unreadable);
      if (!match) {
        return match.error();
      }
      if (*match != Match::none && same_inode) {
        return open_at(found, i, mark);
      }
      fit.add(i, *match);
    }
  }
  if (fit.strong()) {
    return open_at(found, *fit.strong(), mark);
  }
  if (const auto timely = fit.first_weak_since(mark.at.modified_ns)) {
    return open_at(found, *timely, mark);
  }
  if (unreadable) {
    // It may be the one: nothing is lost as long as we have not looked.
    return *unreadable;
  }
  const auto only = history_.never_repeated(mark.at.pos.file) ? fit.only_weak() : std::nullopt;
  return only ? open_at(found, *only, mark) : std::optional<std::size_t>();
}

// Leaves entry closed. A failure of a rotated file is kept in unreadable: it is met again, and told,
// when it is this file's turn.
Result<Match> ResumeMatcher::compare_closed(ChainEntry& entry,
                                            const generations::GenerationMark& mark,
                                            std::optional<Error>& unreadable) const {
  if (auto s = entry.open(fs_); !s) {
    if (s.error().code == Errc::not_found || s.error().code == Errc::exhausted || entry.live()) {
      return s.error();
    }
    unreadable = s.error();
    return Match::none;
  }
  auto match = compare(entry, mark);
  entry.file.reset();
  return match;
}

// found[i], which stands at the mark then. Errors: not_found, when it was replaced meanwhile.
Result<std::optional<std::size_t>> ResumeMatcher::open_at(
    std::vector<ChainEntry>& found, std::size_t i, const generations::GenerationMark& mark) const {
  if (auto s = found[i].open(fs_); !s) {
    return s.error();
  }
  const auto match = compare(found[i], mark);
  if (!match) {
    return match.error();
  }
  if (*match == Match::none) {
    return Error{Errc::not_found, found[i].path + ": rewritten meanwhile"};
  }
  return std::optional(i);
}

bool ResumeMatcher::only_shorter_copy(std::vector<ChainEntry>& found,
                                      const generations::GenerationMark& mark) const {
  std::size_t same_beginning = 0;
  bool is_shorter = false;
  for (ChainEntry& entry : found) {
    if (!entry.open(fs_)) {
      return false;
    }
    auto hash = mark.at.head_hash != 0 ? entry.file->head_hash() : Result<std::uint64_t>(0);
    if (hash && *hash != 0 && *hash == mark.at.head_hash) {
      ++same_beginning;
      auto shorter = is_shorter_copy(entry, mark);
      is_shorter = shorter && *shorter;
    }
    entry.file.reset();
    if (!hash || same_beginning > 1) {
      return false;
    }
  }
  return is_shorter;
}

}  // namespace auditship::input::file::rotation
