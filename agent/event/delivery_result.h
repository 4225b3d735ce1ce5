// Outcome: what became of each document of a shipment.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace auditship::event {

// What to do with one document, or with a whole shipment.
enum class Verdict : std::uint8_t {
  created,     // settled: the server made it
  existed,     // settled: it was there (409)
  retry,       // pressure or a passing fault: back off and send the same again
  blocked,     // the target cannot be used until somebody repairs it: wait, alarm, never drop
  index_gone,  // this concrete index will take no more writes: look the ids up, move what is
               // missing
  rejected,    // refused for its content: repair once, then dead letter
  split,       // too large, or it made the server fall silent: send halves
  recode,      // this Content-Encoding is refused: pack again in another codec
};

struct ItemOutcome {
  std::uint32_t item = 0;  // 0-based, in the order sent
  Verdict verdict = Verdict::retry;
  std::uint16_t status = 0;
  std::string type, reason;  // of the server's error, cut to 1 KiB
  std::string_view code{};   // as Outcome::code, static storage; "" = none
};

struct Outcome {
  // For the whole shipment when no item list came (then items is empty), else created.
  Verdict verdict = Verdict::retry;
  std::uint16_t http_status = 0;  // 0: no answer
  std::uint32_t created = 0, existed = 0;
  std::vector<ItemOutcome> items;            // only the items that are neither created nor existed
  std::chrono::milliseconds retry_after{0};  // asked for by the server or a proxy; 0 = not said
  std::string code;     // stable word for logs and metrics, e.g. "opensearch-429"
  std::string message;  // for people; no secret, no document text
};

}  // namespace auditship::event
