// TargetedSink: the port to a sink that guards ids within one concrete index only, while the index
// that documents should go to changes with time (a write alias that rolls over).
//
// Delivery asks for the current index once for each frame and keeps it for all retries. When that
// index takes no more writes, it asks where the ids are and moves what is missing. A sink offers
// this by Sink::targets(). Threads and callbacks: as in sinks/sink.h.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/base/result.h"

namespace auditship::sinks {

// Which of the ids that were asked for exist.
struct Presence {
  // One for each id, in the order asked.
  std::vector<bool> found;
};

class TargetedSink {
 public:
  TargetedSink() = default;
  TargetedSink(const TargetedSink&) = delete;
  TargetedSink& operator=(const TargetedSink&) = delete;
  virtual ~TargetedSink() = default;

  // The concrete index that new documents should go to now. Cached for seconds. "": nobody can say,
  // shipments go without one.
  virtual void resolve(std::function<void(Result<std::string>)> done) = 0;
  // Which ids exist in `first` or in any index that the target moved to since; first "": in any of
  // the target.
  virtual void look_up(const std::string& first, const std::vector<std::string>& ids,
                       std::function<void(Result<Presence>)> done) = 0;

  // Why the last resolve() or look_up() failed, as a stable word: "opensearch-unauthorized". "":
  // there is none. Asked in their callbacks.
  [[nodiscard]] virtual std::string trouble() const { return {}; }
  // Whether that lasts until somebody repairs the target or the configuration.
  [[nodiscard]] virtual bool trouble_blocks() const { return false; }
};

}  // namespace auditship::sinks
