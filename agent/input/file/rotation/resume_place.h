// ResumePlace finds the place again where an earlier run stopped reading.
//
//   auto found = place.find();     // found: read on there; lost: from the oldest file that waits
//
// Not thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "agent/input/file/rotation/chain_entry.h"
#include "agent/input/file/rotation/file_checkpoint.h"
#include "agent/input/file/rotation/generation_history.h"
#include "agent/input/file/rotation/open_next_rotation.h"
#include "agent/input/file/rotation/resume_matcher.h"
#include "agent/input/file/rotation/rotation_chain.h"
#include "agent/input/file/rotation/source_context.h"

namespace auditship::input::file::rotation {

class ResumePlace {
 public:
  enum class Verdict {
    not_yet,  // nothing is there, or files are being renamed: the place may come back
    found,
    lost,  // the file is gone or was rewritten: counted, and what is there waits in the chain
  };
  struct Found {
    Verdict verdict = Verdict::not_yet;
    // Only when found.
    std::optional<ChainEntry> entry;
    ReadStart start;
  };

  // resume: of the earlier run; nullopt, or one without a position: there is nothing to be found.
  // The others must outlive it.
  ResumePlace(SourceContext& context, RotationChain& chain, GenerationHistory& history,
              const ResumeMatcher& matcher, const std::optional<FileCheckpoint>& resume);

  // A place is to be found before anything is read.
  [[nodiscard]] bool pending() const { return mark_.has_value(); }
  // Errors: io.
  Result<Found> find();

 private:
  Found take(std::vector<ChainEntry> found, std::size_t at, std::uint64_t offset);
  void lose(std::vector<ChainEntry> found);

  SourceContext& context_;
  RotationChain& chain_;
  GenerationHistory& history_;
  const ResumeMatcher& matcher_;
  std::optional<GenerationMark> mark_;
};

}  // namespace auditship::input::file::rotation
