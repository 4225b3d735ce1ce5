// DeadLetterReplay: sends the dead letters of one stream again, under their own ids, and takes out of
// the store what is settled then.
//
//   DeadLetterReplay replay(sink, framing, run, store);
//   ReplayReport report = replay.run(fs, directory, [](const DeadLetterEntry&) { return true; });
//
// Where the sink has targets, ids are unique per concrete index only: it is asked first which of
// them are there already. Else an item names its index, and that index says by itself what it has.
// One batch of one index at a time: memory stays small however many entries there are. An entry that
// is refused again stays. Calls block. What is borrowed must outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "agent/base/filesystem.h"
#include "agent/base/result.h"
#include "agent/delivery/dead_letters/dead_letter_store.h"
#include "agent/delivery/in_flight/bulk_payload.h"
#include "sinks/framing/item_framing.h"
#include "sinks/sink.h"
#include "sinks/targeted_sink.h"

namespace auditship::delivery::dead_letters {

// Calls start on the sink's loop and returns when the function given to it was called. False: it was
// interrupted before.
using RunUntilDone = std::function<bool(const std::function<void(std::function<void()> done)>&)>;

struct ReplayReport {
  // Entries that are in the target now, and left the store; entries that were refused again.
  std::uint64_t settled = 0, refused = 0;
  // What stopped it; the rest was not tried then.
  Status status;
};

class DeadLetterReplay {
 public:
  static constexpr std::size_t kMaxDocuments = 500;
  static constexpr std::size_t kMaxBytes = 4u << 20;

  DeadLetterReplay(sinks::Sink& sink, const sinks::framing::ItemFraming& framing,
                   RunUntilDone run_until_done, DeadLetterStore& store)
      : sink_(sink), framing_(framing), run_until_done_(std::move(run_until_done)), store_(store) {}

  // directory: of the store. Each entry that is wanted is tried once.
  ReplayReport run(Fs& fs, const std::string& directory,
                   const std::function<bool(const DeadLetterEntry&)>& wanted);

 private:
  using Ids = std::set<std::string, std::less<>>;

  Status send(const std::vector<DeadLetterEntry>& batch, ReplayReport& report);
  Status look_up(const std::vector<DeadLetterEntry>& batch, Ids& settled);
  Status deliver(const std::vector<const DeadLetterEntry*>& entries, Ids& settled);
  [[nodiscard]] Result<in_flight::BulkPayload> payload_of(
      const std::vector<const DeadLetterEntry*>& entries);
  Result<std::string> current_index();
  event::Outcome ship(const in_flight::BulkPayload& payload, const std::string& index);

  sinks::Sink& sink_;
  const sinks::framing::ItemFraming& framing_;
  RunUntilDone run_until_done_;
  DeadLetterStore& store_;
};

}  // namespace auditship::delivery::dead_letters
