// TruncatedCopy finds the copy that `copytruncate` made of a log before it truncated it: what had
// not been read of the log then may stand in the copy.
//
//   auto copy = copies.find(current, mark);     // found: it stands at mark, read on there
//
// Not thread-safe.
#pragma once

#include <optional>

#include "agent/input/file/generations/generation_history.h"
#include "agent/input/file/rotation/chain_entry.h"
#include "agent/input/file/rotation/resume_matcher.h"
#include "agent/input/file/rotation/rotation_chain.h"
#include "agent/input/file/rotation/source_context.h"

namespace auditship::input::file::rotation {

class TruncatedCopy {
 public:
  enum class Verdict {
    none,
    found,
    wait,  // files are being renamed just now
  };
  struct Found {
    Verdict verdict = Verdict::none;
    // Only when found.
    std::optional<ChainEntry> copy;
  };

  // All must outlive it.
  TruncatedCopy(SourceContext& context, RotationChain& chain, const ResumeMatcher& matcher)
      : context_(context), chain_(chain), matcher_(matcher) {}

  // truncated: the file that was read up to mark. Errors: io on a file that may be the copy; the
  // first kAttempts of them only, so that they do not keep the log from being read.
  Result<Found> find(const ChainEntry& truncated, const generations::GenerationMark& mark);
  // The truncation is dealt with: the next one has all attempts again.
  void forget_failures() { failures_ = 0; }

 private:
  Result<Match> compare(ChainEntry& copy, const generations::GenerationMark& mark);

  SourceContext& context_;
  RotationChain& chain_;
  const ResumeMatcher& matcher_;
  int failures_ = 0;
};

}  // namespace auditship::input::file::rotation
