// ResumePlace finds the place again where an earlier run stopped reading.
//
//   auto found = place.find();     // found: read on there; missing: under no rotation name
//   place.take_elsewhere(files) …     // what a search by content found
//   place.lose(text);                 // nothing: read on from the oldest file that waits
//
// Not thread-safe.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "agent/input/file/generations/file_checkpoint.h"
#include "agent/input/file/generations/generation_history.h"
#include "agent/input/file/rotation/chain_entry.h"
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
    missing,  // no file with a name of the rotation is it: look elsewhere, then take it or lose it
  };
  struct Found {
    Verdict verdict = Verdict::not_yet;
    // Only when found.
    std::optional<ChainEntry> entry;
    ReadStart start;
  };

  // resume: of the earlier run; nullopt, or one without a position: there is nothing to be found.
  // The others must outlive it.
  ResumePlace(SourceContext& context, RotationChain& chain, generations::GenerationHistory& history,
              const ResumeMatcher& matcher,
              const std::optional<generations::FileCheckpoint>& resume);

  // A place is to be found before anything is read.
  [[nodiscard]] bool pending() const { return mark_.has_value(); }
  // Errors: io.
  Result<Found> find();

  // Only after find() said missing, and then either of the two, or find() again.
  // What is searched for, and the files that it is not.
  [[nodiscard]] const generations::GenerationMark& mark() const { return *mark_; }
  [[nodiscard]] const std::vector<ChainEntry>& compared() const { return compared_; }
  // files: the generation, standing at the mark, and those that follow it before what the chain
  // knows.
  Found take_elsewhere(std::vector<ChainEntry> files);
  // Of compared(), the live log; null: there is none.
  [[nodiscard]] ChainEntry* compared_live();
  // The place is in the live log, which was edited, and is open: it is a generation of its own from now
  // on, read from offset. missing: it has no such place.
  Found take_edited(std::uint64_t offset);
  // The place counts as lost, and text says why, unless a shorter copy of its file is there. All files
  // wait; which of them were read before, their contents say.
  Found lose(std::string_view text);

 private:
  Found take(std::vector<ChainEntry> found, std::size_t at, std::uint64_t offset);

  SourceContext& context_;
  RotationChain& chain_;
  generations::GenerationHistory& history_;
  const ResumeMatcher& matcher_;
  std::optional<generations::GenerationMark> mark_;
  std::vector<ChainEntry> compared_;
};

}  // namespace auditship::input::file::rotation
