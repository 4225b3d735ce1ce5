// EditedLog tells a log that somebody edited (`sed -i`, an editor's save) from a new one, and says
// where what was not read of it begins.
//
//   auto at = EditedLog::compare(old, read_up_to, edited);   // the file before is still held open
//   auto at = EditedLog::find_place(edited, mark);           // only its mark is known
//
// A line is skipped only when it is known to have been read: what comes before the place is either
// byte for byte what was read, or was put there by the editor. In doubt nothing is found, and the log
// is read from its beginning. Files that are compressed are not looked at. Moves the offset of no
// file. Pure functions of the files' contents; not thread-safe.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/base/result.h"
#include "agent/input/file/generations/generation_history.h"
#include "agent/input/file/rotation/chain_entry.h"
#include "agent/input/file/rotation/open_next_rotation.h"

namespace auditship::input::file::search {

class EditedLog {
 public:
  // Of the part that was read; a longer one is not compared.
  static constexpr std::uint64_t kMaxCompared = std::uint64_t{256} << 20;
  // A run of equal bytes that is shorter proves nothing.
  static constexpr std::uint64_t kMinRun = 64;
  // How far the place may have moved towards the end: more was inserted than an editor's hand does.
  static constexpr std::uint64_t kMaxInserted = 4096;
  // The same where the old file is there to compare with: so far it is searched.
  static constexpr std::uint64_t kMaxMoved = std::uint64_t{1} << 20;
  // Of an equal beginning alone, without the last line read: a program that writes the same lines at
  // each start makes a new log with a shorter one.
  static constexpr std::uint64_t kMinBeginning = 4096;
  // Of lines that were kept where nothing else stands before the place: `tail -n 1000 f > t; mv t f`.
  static constexpr std::uint64_t kMinKept = 16384;

  // Where reading of a file begins, and what in it is left out.
  struct Place {
    std::uint64_t offset = 0;
    std::optional<generations::SkippedPart> skipped;
  };

  // old was read up to read_up_to, which is its end. The lines that both begin with, and those that
  // end with the last line read, were read; those between them, and those behind, were not. nullopt:
  // they have too little in common, or edited goes on where old ended. Errors: io.
  static Result<std::optional<Place>> compare(rotation::ChainEntry& old, std::uint64_t read_up_to,
                                              rotation::ChainEntry& edited);

  // The one place in edited with the bytes before it that mark remembers, where the file's first bytes
  // are those of mark, too: the end of a line alone may come again in any log. nullopt: there is none, or
  // more than one, or it is further towards the end than kMaxInserted. Errors: io.
  static Result<std::optional<std::uint64_t>> find_place(rotation::ChainEntry& edited,
                                                         const generations::GenerationMark& mark);
};

}  // namespace auditship::input::file::search
