#include "agent/input/file/rotation/truncated_copy.h"

namespace auditship::input::file::rotation {
namespace {

constexpr int kAttempts = 20;
// Rotated files that are looked at, newest first.
constexpr std::size_t kMaxCopies = 8;

}  // namespace

Result<TruncatedCopy::Found> TruncatedCopy::find(const ChainEntry& truncated,
                                                 const generations::GenerationMark& mark) {
  auto found = chain_.scanner().scan();
  if (!found) {
    return found.error();
  }
  if (!*found) {
    return Found{++failures_ <= kAttempts ? Verdict::wait : Verdict::none, {}};
  }
  std::size_t looked_at = 0;
  for (auto e = (*found)->rbegin(); e != (*found)->rend() && looked_at < kMaxCopies; ++e) {
    if (e->live() || identity_of(e->stat) == identity_of(truncated.stat)) {
      continue;
    }
    const bool seen_before = chain_.passed(e->stat);
    ++looked_at;
    auto match = compare(*e, mark);
    if (!match) {
      return match.error();
    }
    if (*match == Match::strong || (*match == Match::weak && !seen_before)) {
      context_.log.info("copy-found",
                        "the log was copied and truncated; its rest is read from the copy",
                        {{"path", context_.options.path},
                         {"copy", e->path},
                         {"from_offset", mark.at.pos.offset}});
      failures_ = 0;
      return Found{Verdict::found, std::move(*e)};
    }
  }
  return Found{};
}

Result<Match> TruncatedCopy::compare(ChainEntry& copy, const generations::GenerationMark& mark) {
  if (auto s = copy.open(context_.fs); !s) {
    // The copy is the only place where the rest is: not given up at the first failure.
    if (s.error().code == Errc::exhausted ||
        (s.error().code != Errc::not_found && ++failures_ <= kAttempts)) {
      return s.error();
    }
    return Match::none;
  }
  return matcher_.compare(copy, mark);
}

}  // namespace auditship::input::file::rotation
