// What delivery does about an answer: pure functions from Outcome to action, without state or I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "agent/event/delivery_result.h"
#include "sinks/framing/item_framing.h"

namespace auditship::delivery::policy {

// About a request that was not taken as a whole.
enum class RequestAction : std::uint8_t {
  // Send the same again later.
  wait,
  // No answer came in time: silence_action() says more.
  silence,
  // Send halves.
  halve,
  // Pack it in another compression, and send it again.
  recode,
  // Find out where its ids are, and send what is missing to the current index.
  look_up,
  // Its one document is rejected for its content.
  reject,
};
[[nodiscard]] RequestAction request_action(const event::Outcome& outcome, std::uint32_t documents);

// About a request that was never answered, several times in a row. Only when the server answers
// others meanwhile is it the body that makes it fall silent: then the body is halved until one
// document is left, and that is rejected when bulks of others are taken meanwhile.
enum class SilenceAction : std::uint8_t { wait, halve, reject };
inline constexpr std::uint32_t kSilencesBeforeSplit = 2;
[[nodiscard]] SilenceAction silence_action(std::uint32_t silences, std::uint32_t documents,
                                           bool others_answered, bool others_taken);

// Documents of a bulk that were neither created nor there already, by what becomes of them.
struct ItemPartition {
  std::vector<event::ItemOutcome> rejected;
  std::vector<sinks::framing::FramedItem> again, gone;
  // Of again, or else of gone; nullptr: both are empty. Points into the outcome.
  const event::ItemOutcome* most_severe = nullptr;
  // Documents refused with 429.
  std::size_t pushed_back = 0;
};
[[nodiscard]] ItemPartition partition_items(const event::Outcome& outcome,
                                            const std::vector<sinks::framing::FramedItem>& items);
// So many of the documents were pushed back that the server is pressed: a full queue or disk refuses
// all of a shard.
[[nodiscard]] bool is_pressed(const ItemPartition& partition, std::uint32_t documents);

// The server, or one behind a proxy, may still be executing what this answers.
[[nodiscard]] bool may_still_execute(const event::Outcome& outcome);

// Why documents are sent again, as few words as an operator needs to tell whose turn it is.
[[nodiscard]] const char* retry_class(event::Verdict verdict, std::uint16_t status);

}  // namespace auditship::delivery::policy
