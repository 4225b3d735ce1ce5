// RecordJoiner puts together the records that a container runtime wrote in parts (unwrapper.h): what it gives out holds
// whole records only.
//
//   source.read(lines); joiner.join(lines);        // lines that are no parts stay as they are
//   if (!joiner.waits()) …                         // the place behind them may be committed
//
// A joined record stands where its first part stands: its id is that part's, and its text is that of one CRI line, with
// the time of the first part. So a record that is read again from there gets the same id. Its length is bounded as
// that of a line: over max_bytes it is cut, and its first max_bytes - tail_bytes and last tail_bytes bytes are kept.
//
// Parts of stdout and of stderr may stand in turn. A part that never goes on waits, as a line without its newline does,
// until take_rest(), or until twice max_bytes of the log were read behind it; every record counts as kRecordCost bytes
// more, because whoever waits for the part keeps it. All this depends on nothing but the lines from a place on at which
// nothing waits, so a log read again from such a place gives the same records.
// What join() gives out lives until the next call. Not thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/encoding/sha256.h"
#include "agent/event/position.h"
#include "agent/unwrap/unwrapper.h"

namespace auditship::unwrap {

class RecordJoiner {
 public:
  // Of the tail of a cut record as much is kept as of the tail of a cut line.
  static constexpr std::uint64_t kTailBytes = 256 << 10;
  // What a record takes in memory beside its text.
  static constexpr std::uint64_t kRecordCost = 256;

  // max_bytes is at least 2, tail_bytes at most half of it.
  explicit RecordJoiner(std::uint64_t max_bytes)
      : RecordJoiner(max_bytes, std::min(kTailBytes, max_bytes / 2)) {}
  RecordJoiner(std::uint64_t max_bytes, std::uint64_t tail_bytes)
      : max_bytes_(max_bytes), tail_bytes_(tail_bytes) {}

  // Takes out the parts of records that are not whole, and puts in each record when its last part comes.
  void join(std::vector<event::RawLine>& lines);

  // Whether the last part of a record is still to come.
  [[nodiscard]] bool waits() const { return pending_[0].open || pending_[1].open; }

  // How many parts came so far.
  [[nodiscard]] std::uint64_t parts() const { return parts_; }

  // Ends the records that wait, at the end of a log that does not go on: appends them as they are.
  void take_rest(std::vector<event::RawLine>& lines);

 private:
  struct Pending {
    bool open = false;
    // Of the first part; its views are of no use.
    event::RawLine first;
    // The line so far: its beginning, and of a long one its end.
    std::string head, tail;
    std::uint64_t length = 0;
    Sha256 hash;
  };
  struct Joined {
    std::string head, tail;
  };

  std::size_t first_part(const std::vector<event::RawLine>& lines);
  bool take(const event::RawLine& line, event::RawLine& joined);
  void append(Pending& record, std::string_view text) const;
  event::RawLine finish(Pending& record);

  std::uint64_t max_bytes_, tail_bytes_;
  Unwrapper unwrapper_;
  // Of stdout and of stderr.
  std::array<Pending, 2> pending_;
  std::uint64_t parts_ = 0;
  // Read since a record began to wait.
  std::uint64_t waited_ = 0;
  // What the records given out last point to.
  std::deque<Joined> given_out_;
};

}  // namespace auditship::unwrap
