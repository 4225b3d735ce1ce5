// TargetPin: gives each frame the concrete index that it goes to, keeps it there, and moves what is
// missing when that index takes no more writes (B4). Only for sinks that have targets.
//
// A frame's index is in the acknowledgement slot before its first attempt. A frame that is moving
// has a mark in the slot, so that a restart in the middle looks its ids up again. Before ids are
// looked up, a request without an answer gets the time in which it may still be executed.
// Loop thread only. What it borrows must outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/delivery/in_flight/in_flight_table.h"
#include "agent/delivery/settlement.h"
#include "agent/delivery/target_resolver.h"
#include "sinks/targeted_sink.h"

namespace auditship::delivery {

class TargetPin {
 public:
  // Before a stored target: documents of the frame may be in that index or in any later one. Alone:
  // in any of the alias.
  static constexpr char kMovedMark = '?';

  TargetPin(sinks::TargetedSink& sink, Settlement& settlement, DeliveryContext& context);

  // A frame that an earlier run gave an index, or that is in doubt, keeps what is known of it.
  void adopt(in_flight::InFlightBatch& batch);
  // Gives each new frame its index, once.
  void pin_new(TimePoint now);
  // Next to do for a request whose index takes no more writes, or whose frame is in doubt: asks for
  // the current index, marks the frame, waits, or looks the ids up.
  void move(in_flight::InFlightBatch& batch, in_flight::PendingRequest& request, TimePoint now);
  // Asks which of a request's documents this index has. Those are settled as duplicates; `learned` runs later with the
  // numbers of the others, if there is an answer. If not, that is reported, and the request waits.
  using Learned =
      std::function<void(in_flight::InFlightBatch&, in_flight::PendingRequests::iterator,
                         const std::vector<std::uint32_t>& missing)>;
  void look_up(in_flight::InFlightBatch& batch, in_flight::PendingRequest& request,
               const std::string& index, Learned learned);

  [[nodiscard]] TargetResolver& resolver() { return resolver_; }
  // When pin_new() can go on by itself. Only while a frame waits for it.
  [[nodiscard]] TimePoint retry_at() const { return resolver_.retry_at(); }
  // A frame waits for its index, and nobody is being asked.
  [[nodiscard]] bool waiting() const;

 private:
  void learn(event::FrameId frame, std::uint64_t number, const Result<sinks::Presence>& presence,
             const Learned& learned);
  void send_missing(in_flight::InFlightBatch& batch, in_flight::PendingRequests::iterator request,
                    const std::vector<std::uint32_t>& missing);

  sinks::TargetedSink& sink_;
  Settlement& settlement_;
  DeliveryContext& context_;
  TargetResolver resolver_;
  TimePoint started_at_;
};

}  // namespace auditship::delivery
