// JoinedSource: a source whose records are those of another one, with the parts that a container runtime made of long
// records joined (agent/unwrap/record_joiner.h).
//
// Its position never lies behind a first part whose last part was not read: until then it stays where the read began
// that gave the part, and the records behind that place are kept in memory, about one read and one record over the limit
// of them. So after a crash they are read again, in the same way. Where no part comes for kPatience, looked at from the end
// of the log, the program that wrote the part is taken to be gone, and the part is given out as it is.
// Not thread-safe; never waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/clock.h"
#include "agent/input/source.h"
#include "agent/unwrap/record_joiner.h"

namespace auditship::input::joined {

inline constexpr Duration kPatience = std::chrono::seconds(5);
// Of a run that ends where the log does: it looks again for half a second.
inline constexpr Duration kPatienceOfOneRun = std::chrono::milliseconds(250);

// What a source joins with.
struct JoinOptions {
  // The longest record that is kept whole.
  std::uint64_t line_max_bytes = 0;
  // How long a part waits for the next one at the end of the log.
  Duration patience = kPatience;
};

class JoinedSource final : public Source {
 public:
  // clock must outlive it.
  JoinedSource(std::unique_ptr<Source> log, const Clock& clock, const JoinOptions& options);

  Result<std::size_t> read(std::vector<event::RawLine>& records, std::size_t max_bytes) override;
  [[nodiscard]] const SourceProgress& progress() const override;
  [[nodiscard]] event::Cursor position() const override;
  [[nodiscard]] event::Checkpoint checkpoint() const override;
  [[nodiscard]] Result<SourceProgress> survey() override;
  void look_around() override { log_->look_around(); }

 private:
  void remember_place();
  void keep(const std::vector<event::RawLine>& records);
  Result<bool> read_more(std::vector<event::RawLine>& records);
  [[nodiscard]] SourceProgress without_kept(const SourceProgress& progress) const;

  std::unique_ptr<Source> log_;
  const Clock& clock_;
  Duration patience_;
  unwrap::RecordJoiner joiner_;
  // Where to go on from while a record waits, and what was counted up to there.
  event::Checkpoint place_;
  SourceProgress counted_;
  bool placed_ = false;
  // Records behind that place; texts_ is what they point to.
  bool keeping_ = false;
  std::vector<event::RawLine> kept_;
  std::deque<std::string> texts_;
  // Since when the log has had no more parts; only while keeping.
  TimePoint at_end_since_{};
  bool at_end_ = false;
  // Of the last read that ended while keeping.
  SourceProgress shown_;
};

// The records of a range, joined.
class JoinedRange final : public RecordReader {
 public:
  JoinedRange(std::unique_ptr<RecordReader> range, std::uint64_t line_max_bytes)
      : range_(std::move(range)), joiner_(line_max_bytes) {}

  Result<std::size_t> read(std::vector<event::RawLine>& records, std::size_t max_bytes) override;
  [[nodiscard]] const SourceProgress& progress() const override { return range_->progress(); }

 private:
  std::unique_ptr<RecordReader> range_;
  unwrap::RecordJoiner joiner_;
};

}  // namespace auditship::input::joined
