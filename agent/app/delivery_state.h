// What Delivery keeps of a frame in flight. Only for delivery*.cc.
#pragma once

#include <list>
#include <string>

#include "agent/app/delivery.h"

namespace auditship {

inline constexpr char kMovedMarkText[] = "?";  // before a stored target: part of the frame may be in a later index

// Something of a frame that one request carries.
struct Delivery::Piece {
  std::uint64_t number = 0;
  Part part;
  std::uint32_t attempts = 0;      // failed ones since the last progress
  std::uint32_t silences = 0;      // time-outs in a row
  bool sending = false;
  bool repaired = false;           // holds documents that were repaired once
  bool look_up = false;            // its index is gone: ask where its ids are before sending
  TimePoint not_before{};
  TimePoint sent_at{};
};

struct Delivery::Flight {
  FrameId id = 0;
  std::uint32_t documents = 0;
  std::int64_t oldest_ns = 0;
  std::string index;               // concrete; fixed before the first attempt
  std::string moved_to;            // where missing documents go once `index` takes no more
  bool targeted = false;           // index is known
  bool stored = false;             // and synced in the slot
  bool moved = false;
  std::list<Piece> pieces;         // empty: done
  DeliveryLedger counts;
};

}  // namespace auditship
