// LateWriteWatch looks at the generation that was finished last: a writer that writes to a renamed
// file for longer than the rotation grace loses lines, and that is said instead of lost silently.
//
// Holds the file open until the next one is finished. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/input/file/rotation/chain_entry.h"
#include "agent/input/file/rotation/source_context.h"

namespace auditship::input::file::follow {

class LateWriteWatch {
 public:
  // context must outlive it.
  explicit LateWriteWatch(rotation::SourceContext& context) : context_(context) {}

  // From now on looks at entry, which was read up to offset.
  void watch(rotation::ChainEntry entry, std::uint64_t offset);
  void stop() { finished_.reset(); }
  // The file that is looked at, and up to where it was read; null: none.
  [[nodiscard]] rotation::ChainEntry* finished() { return finished_ ? &*finished_ : nullptr; }
  [[nodiscard]] std::uint64_t read_up_to() const { return offset_; }
  // Looks whether the file grew. What it grew by is counted as lost, and told.
  void look();

 private:
  rotation::SourceContext& context_;
  std::optional<rotation::ChainEntry> finished_;
  std::uint64_t offset_ = 0;
};

}  // namespace auditship::input::file::follow
