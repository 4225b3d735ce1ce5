#include "agent/input/file/follow/successor_watch.h"

#include <utility>

namespace auditship::input::file::follow {

using generations::Generation;
using rotation::ChainEntry;

Result<bool> SuccessorWatch::has_moved_on(ChainEntry& current) {
  auto live = still_live(current);
  if (!live) {
    return live;
  }
  if (*live) {
    return false;
  }
  if (confirmed_ || (!current.live() && chain_.front_is_certain())) {
    return true;
  }
  // A look among thousands of files is not cheap, and one a second is made anyway.
  if (end_since_ && chain_.only_live_waits() && !grace_over(current)) {
    return false;
  }
  auto steady = chain_.refresh(&current);
  if (!steady || !*steady) {
    return steady;
  }
  if (chain_.waiting().empty()) {
    return false;
  }
  // The writer has moved on to the live file only when that has a line; until then it may still
  // write to the current one.
  return chain_.only_live_waits() ? has_begun(chain_.front(), current) : Result<bool>(true);
}

bool SuccessorWatch::confirm() { return std::exchange(confirmed_, true); }

void SuccessorWatch::reset() {
  end_since_.reset();
  confirmed_ = false;
}

Result<bool> SuccessorWatch::still_live(const ChainEntry& current) const {
  if (!current.live()) {
    return false;
  }
  const auto named = context_.fs.stat(context_.options.path);
  if (!named) {
    return named.error().code == Errc::not_found ? Result<bool>(false) : named.error();
  }
  return named->same_file(current.stat);
}

Result<bool> SuccessorWatch::has_begun(ChainEntry& next, const ChainEntry& current) {
  if (auto s = next.open(context_.fs); !s) {
    return s.error().code == Errc::not_found ? Result<bool>(false) : s.error();
  }
  auto head = next.file->head(Generation::LastLine::needs_newline);
  if (!head) {
    return head.error().in(next.path);
  }
  return head->complete && grace_over(current);
}

bool SuccessorWatch::grace_over(const ChainEntry& current) {
  if (context_.options.final_pass || current.file->compressed()) {
    return true;
  }
  const TimePoint now = context_.clock.now();
  if (!end_since_) {
    end_since_ = now;
  }
  const std::int64_t age = context_.clock.wall_ns() - current.stat.modified_ns;
  return age > 10 * context_.grace_ns() || now - *end_since_ >= context_.options.rotation_grace;
}

}  // namespace auditship::input::file::follow
