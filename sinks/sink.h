// Sink: the port to where documents go. One shipment in, one Outcome back.
//
//   sink.ship(shipment, [](event::Outcome outcome) { … });
//   if (TargetedSink* targets = sink.targets()) …         // see sinks/targeted_sink.h
//
// A sink does not retry, split or remember: agent/delivery does. It only says what became of each
// document. All calls and callbacks run on the loop thread. A callback never runs inside the call
// that asked for it. The body of a shipment must stay alive until its callback has run.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "agent/base/compression/codec.h"
#include "agent/event/batch.h"
#include "agent/event/delivery_result.h"

namespace auditship::sinks {

class TargetedSink;

struct Shipment {
  // The frame that it comes from. Retries and parts of a frame have the same number.
  event::FrameId frame = 0;
  // The concrete index, fixed before the first attempt. Empty where the sink has no targets.
  std::string index;
  // Items as the sink's framing has them, packed with codec.
  std::string_view body;
  Codec codec = Codec::none;
  std::uint32_t documents = 0;
  std::uint64_t raw_bytes = 0;
};

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // Sends one shipment; done gets exactly one Outcome, whatever happens.
  virtual void ship(const Shipment& shipment, std::function<void(event::Outcome)> done) = 0;

  // What a sink offers beyond that when each shipment has to name the concrete index that it goes
  // to. Lives as long as the sink. nullptr: it needs no index, or the items name theirs themselves.
  [[nodiscard]] virtual TargetedSink* targets() { return nullptr; }
};

}  // namespace auditship::sinks
