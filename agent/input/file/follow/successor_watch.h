// SuccessorWatch decides when the writer has left the file that is being read for the next one.
//
//   if (*watch.has_moved_on(current) && watch.confirm()) … the current file is done with …
//
// A writer may still write to a file for a while after it was renamed: the successor counts only
// once it has a line and the rotation grace is over. Not thread-safe.
#pragma once

#include <optional>

#include "agent/base/clock.h"
#include "agent/input/file/rotation/chain_entry.h"
#include "agent/input/file/rotation/rotation_chain.h"
#include "agent/input/file/rotation/source_context.h"

namespace auditship::input::file::follow {

class SuccessorWatch {
 public:
  // Both must outlive it.
  SuccessorWatch(rotation::SourceContext& context, rotation::RotationChain& chain)
      : context_(context), chain_(chain) {}

  // Asked at the end of current. Whether a successor is there to be read. Errors: io.
  Result<bool> has_moved_on(rotation::ChainEntry& current);
  // Whether current was read to its end once more after the successor was seen: false the first
  // time.
  bool confirm();
  // current had more bytes, or another file is current now: begins anew.
  void reset();
  // Whether the name of the live log still means current. Errors: io.
  Result<bool> still_live(const rotation::ChainEntry& current) const;

 private:
  Result<bool> has_begun(rotation::ChainEntry& next, const rotation::ChainEntry& current);
  bool grace_over(const rotation::ChainEntry& current);

  rotation::SourceContext& context_;
  rotation::RotationChain& chain_;
  // Since when current is at its end while a successor is there.
  std::optional<TimePoint> end_since_;
  // More was looked for after the successor was seen.
  bool confirmed_ = false;
};

}  // namespace auditship::input::file::follow
