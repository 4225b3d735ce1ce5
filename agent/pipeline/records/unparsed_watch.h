// UnparsedWatch says how large the share is of records that no parser understood, and how one of them begins: a log whose
// format nobody knows ships, but nobody searches it.
//
//   watch.note(record);                                    // each record that is not of the format
//   watch.step(now, lines, unparsed, log, "authlog");      // warns at most once an hour
//
// The first words alone are kept of a record, never more: it may hold what must not be shown. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/logger.h"
#include "agent/event/event.h"

namespace auditship::pipeline::records {

class UnparsedWatch {
 public:
  // What is counted together; also the least time between two warnings.
  static constexpr std::chrono::hours kWindow{1};
  // So long a window must be before it tells anything.
  static constexpr std::chrono::minutes kShortest{1};
  // From one record in a hundred on.
  static constexpr std::uint64_t kWorthSaying = 100;

  void note(const event::Record& record);

  // With the totals up to now: of lines, and of records that are not of the format.
  void step(TimePoint now, std::uint64_t lines, std::uint64_t unparsed, Logger& log,
            std::string_view stream);

  // Of the lines of the window, or of the last one where this one has none; nullopt: there were none.
  [[nodiscard]] std::optional<double> share() const { return share_; }
  // The program, where it is known, and the first words of the first one in the window.
  [[nodiscard]] const std::string& example() const { return example_; }

 private:
  void begin_window(TimePoint now, std::uint64_t lines, std::uint64_t unparsed);

  bool begun_ = false, said_ = false, noted_ = false;
  TimePoint begin_{};
  std::uint64_t lines_ = 0, unparsed_ = 0;
  std::optional<double> share_;
  std::string example_;
};

}  // namespace auditship::pipeline::records
