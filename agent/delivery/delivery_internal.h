// What Delivery keeps of a frame in flight. Only for delivery*.cc.
#pragma once

#include <list>
#include <map>
#include <string>
#include <vector>

#include "agent/delivery/delivery.h"

namespace auditship::delivery {

// Before a stored target: parts of the frame may be in that index or in any later one. Alone: in
// any of the alias.
inline constexpr char kMovedMark = '?';

// Something of a frame that one request carries.
struct Delivery::Piece {
  std::uint64_t number = 0;
  Part part;
  std::string index;           // where it goes; concrete, never changed but by a look-up
  std::uint32_t attempts = 0;  // failed ones since the last progress
  std::uint32_t silences = 0;  // time-outs in a row
  TimePoint silent_since{};
  bool sending = false;
  bool failed = false;    // an attempt was; it is over when the piece is gone
  bool repaired = false;  // holds documents that were repaired once
  bool look_up = false;   // ask where its ids are before sending
  std::string moving_to;  // where those go that are nowhere
  TimePoint not_before{};
  TimePoint sent_at{};
};

// Documents that were repaired, as they were before, packed: should the server refuse them again,
// the dead letter holds what was logged and not what was made of it.
struct Delivery::Original {
  Part part;
  std::map<std::string, event::ItemOutcome, std::less<>>
      refused;  // by id: what the server said of them
};

struct Delivery::Flight {
  event::FrameId id = 0;
  std::uint32_t documents = 0;
  std::uint64_t made = 0;       // documents of all frames up to this one; 0: not known
  std::uint64_t log_bytes = 0;  // of log files that frames up to this one dealt with; 0: not known
  std::int64_t oldest_ns = 0;   // of its documents; of when it was taken off, if none has a time
  std::string index;            // concrete; fixed before the first attempt; empty: nobody knows
  bool targeted = false;        // index is known
  bool stored = false;          // and synced in the slot
  bool moved = false;           // stored with the mark
  TimePoint unsure_until{};     // until then a request without an answer may still be executed
  std::list<Piece> pieces;      // empty: done
  std::vector<Original> originals;
  std::vector<buffer::LostRange> lost_ranges;  // to be read again first
  event::DeliveryLedger counts;
};

}  // namespace auditship::delivery
