// What a Delivery is told once, and what it counts. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/buffer/segment_log.h"
#include "agent/event/delivery_result.h"
#include "sinks/framing/item_framing.h"

namespace auditship::delivery {

// Makes a rejected document acceptable, or returns nothing. Tried once a document, under the same
// id.
using Repair = std::function<std::optional<std::string>(std::string_view document,
                                                        const event::ItemOutcome& why)>;

struct DeliveryOptions {
  // Its name, for the log.
  std::string stream;
  // Which of the buffer's destinations this one delivers to.
  buffer::DestinationId destination = 0;
  // How documents stand in the frames of the buffer. Never null. Owners: the settings of the stream
  // and their copies.
  std::shared_ptr<const sinks::framing::ItemFraming> framing;
  std::chrono::milliseconds backoff_first{200};
  std::chrono::milliseconds backoff_most{30000};
  // How long a resolved index is used for new frames.
  std::chrono::milliseconds target_fresh{5000};
  // So long after it was sent a request is executed or never will be: twice its timeout.
  std::chrono::milliseconds settle_late{120000};
};

struct DeliveryStats {
  // Bytes as on the wire, resent ones included.
  std::uint64_t requests = 0, sent_bytes = 0, sent_documents = 0;
  // By outcome code.
  std::map<std::string, std::uint64_t> failures;
  // Requests to be sent again, by class of their failure.
  std::map<std::string, std::uint64_t> retries;
  std::uint64_t repaired = 0, split = 0, moved = 0;
  // For people; empty after a success.
  std::string last_failure;
  // Somebody has to repair the target or the configuration.
  bool blocked = false;
  // Frames at which the sum of documents did not hold.
  std::uint64_t ledger_violations = 0;
};

}  // namespace auditship::delivery
