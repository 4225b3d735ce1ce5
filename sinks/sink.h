// Sink: the port to where documents go. One shipment in, one Outcome back.
//
// A sink does not retry, split or remember: agent/delivery does. It only says what became of
// each document. Later sinks (object storage) fit the same port. All calls and callbacks on the
// loop thread; a callback never runs inside the call that asked for it. The body of a shipment must
// stay alive until its callback has run.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"
#include "agent/event/batch.h"
#include "agent/event/delivery_result.h"

namespace auditship::sinks {

struct Shipment {
  event::FrameId frame = 0;  // the frame that it comes from; retries and parts have the same number
  std::string
      index;  // concrete index, fixed before the first attempt; empty where the sink has none
  std::string_view body;  // packed bulk lines
  Codec codec = Codec::none;
  std::uint32_t documents = 0;
  std::uint64_t raw_bytes = 0;
};

// Where ids are, asked when an index no longer takes writes.
struct Presence {
  std::vector<bool> found;  // one an id, in the order asked
};

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // The concrete index that new documents should go to now. Cached for seconds. "" where there is
  // none.
  virtual void resolve(std::function<void(Result<std::string>)> done) = 0;
  // Why the last resolve() or look_up() failed, as a stable word: "opensearch-unauthorized". "" =
  // there is none. Asked in their callbacks.
  [[nodiscard]] virtual std::string trouble() const { return {}; }
  // Whether that lasts until somebody repairs the target or the configuration.
  [[nodiscard]] virtual bool trouble_blocks() const { return false; }
  // Sends one shipment; done gets exactly one Outcome, whatever happens.
  virtual void ship(const Shipment& shipment, std::function<void(event::Outcome)> done) = 0;
  // Which ids exist in `first` or in any index that the target moved to since; first "": in any of
  // the target.
  virtual void look_up(const std::string& first, const std::vector<std::string>& ids,
                       std::function<void(Result<Presence>)> done) = 0;
};

}  // namespace auditship::sinks
