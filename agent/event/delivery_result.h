// Outcome: what became of each document of a shipment. Plain values, which a sink makes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace auditship::event {

// What to do with one document, or with a whole shipment.
enum class Verdict : std::uint8_t {
  // Settled: the server made it.
  created,
  // Settled: it was there (409).
  duplicate,
  // Pressure or a passing fault: back off and send the same again.
  retry,
  // The target cannot be used until somebody repairs it: wait, alarm, never drop.
  blocked,
  // This concrete index will take no more writes: look the ids up, move what is missing.
  index_gone,
  // Refused for its content: repair once, then dead letter.
  rejected,
  // Too large, or it made the server fall silent: send halves.
  split,
  // This Content-Encoding is refused: pack again in another codec.
  recode,
};

struct ItemOutcome {
  // 0-based, in the order sent.
  std::uint32_t item = 0;
  Verdict verdict = Verdict::retry;
  std::uint16_t status = 0;
  // Of the server's error, cut to 1 KiB. The reason may quote the document.
  std::string type, reason;
  // As Outcome::code and Outcome::message; "" = none.
  std::string code{}, message{};
  // The target's schema does not take documents as they are, so others will share this one's fate.
  bool schema_mismatch = false;
};

struct Outcome {
  // For the whole shipment when no item list came (then items is empty), else created.
  Verdict verdict = Verdict::retry;
  // 0: no answer.
  std::uint16_t http_status = 0;
  std::uint32_t created = 0, duplicate = 0;
  // Only the items that are neither created nor duplicate.
  std::vector<ItemOutcome> items;
  // Asked for by the server or a proxy; 0 = not said.
  std::chrono::milliseconds retry_after{0};
  // A stable word for logs and metrics, e.g. "opensearch-busy"; the sink's name comes first.
  std::string code;
  // For people; no secret, no document text.
  std::string message;
};

}  // namespace auditship::event
