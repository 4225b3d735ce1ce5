// NextRotation opens the file that is next in order and says as which generation it is to be read,
// and from where: a new one, or one that is known and turned up again.
//
//   auto opened = next.open(chain.front(), first_start);   // taken: seek is done, read from start
//
// Content (first line, bytes before an offset) decides which generation a file is. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/input/file/generations/file_position.h"
#include "agent/input/file/generations/generation_history.h"
#include "agent/input/file/rotation/chain_entry.h"
#include "agent/input/file/rotation/resume_matcher.h"
#include "agent/input/file/rotation/rotation_chain.h"
#include "agent/input/file/rotation/source_context.h"

namespace auditship::input::file::rotation {

// Where reading of a file begins, and as which generation.
struct ReadStart {
  generations::FileKey key;
  std::uint64_t offset = 0;
  // Of the file's first bytes; 0: not known.
  std::uint64_t head_hash = 0;
  std::optional<generations::SkippedPart> skipped = {};
};

class NextRotation {
 public:
  enum class Verdict {
    taken,    // the file stands where its reading starts
    dropped,  // there is nothing to be read in it
    wait,     // its first line is not complete yet
  };
  struct Opened {
    Verdict verdict = Verdict::dropped;
    ReadStart start;
  };
  // Whether something of the log was read before, in any run.
  enum class Before { nothing_read, something_read };

  // All must outlive it.
  NextRotation(SourceContext& context, RotationChain& chain,
               const generations::GenerationHistory& history, const ResumeMatcher& matcher)
      : context_(context), chain_(chain), history_(history), matcher_(matcher) {}

  // entry: the front of the chain. Errors: io; at the first start an unreadable rotated file is left
  // out instead, so that it does not stand in the way of what can be read.
  Result<Opened> open(ChainEntry& entry, Before before);

 private:
  Result<Opened> pass_unopened(const ChainEntry& entry, const Error& why, Before before);
  Result<std::optional<generations::Generation::Head>> complete_head(ChainEntry& entry,
                                                                     Opened& otherwise);
  void report_unreadable(const ChainEntry& entry) const;
  [[nodiscard]] bool may_still_grow(const ChainEntry& entry) const;
  Result<std::optional<Opened>> as_known(ChainEntry& entry,
                                         const generations::Generation::Head& head) const;
  Result<std::optional<Opened>> as_grown(ChainEntry& entry,
                                         const generations::Generation::Head& head) const;
  Result<std::optional<Opened>> as_restored(ChainEntry& entry,
                                            const generations::Generation::Head& head) const;

  SourceContext& context_;
  RotationChain& chain_;
  const generations::GenerationHistory& history_;
  const ResumeMatcher& matcher_;
};

}  // namespace auditship::input::file::rotation
