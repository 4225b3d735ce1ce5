// repair_document makes a document that the server refused for its content acceptable, if that can
// be done without losing any of it: the member that the server complains about (or, when it names
// none, every object and array) goes, as JSON text, into one string "event.unindexed", and
// over-long strings are cut. "event.repaired" marks the document.
//
// One attempt a document, under the same id. Memory is bounded by a few times the document.
// Stateless.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/event/delivery_result.h"

namespace auditship::sinks::opensearch {

inline constexpr std::size_t kMaxRepairDocument = 64u << 20;  // larger ones are not tried
inline constexpr std::size_t kMaxRepairString = 8000;  // bytes; a term of Lucene has at most 32,766
inline constexpr std::size_t kMaxUnindexed = 256u << 10;  // bytes of "event.unindexed"

// Nothing: not refused for its content (status 400), not an object, or there is nothing that could
// be changed.
[[nodiscard]] std::optional<std::string> repair_document(std::string_view document,
                                                         const event::ItemOutcome& why);

}  // namespace auditship::sinks::opensearch
