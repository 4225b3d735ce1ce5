// The one table that says what an answer of the server means for documents: by status, error type
// and reason, for a bulk as a whole and for one item of it. docs/architecture.md explains the
// verdicts.
//
// Never by status alone: a full disk is a 429, a closed index a 400, a missing alias a 404. What
// the table does not know goes the way that loses nothing: an item's 400 is `rejected` (it ends in
// the dead letters, replayable), every other client error is `blocked`, the rest is `retry`.
// Stateless; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/base/compression/codec.h"
#include "agent/event/delivery_result.h"
#include "sinks/http/http_transport.h"

namespace auditship::sinks::opensearch::protocol {

enum class AnswerScope : std::uint8_t { item, request };
// concrete: the shipment names an index that was fixed before. open: an alias, or dated indices.
enum class IndexBinding : std::uint8_t { concrete, open };

struct ServerAnswer {
  AnswerScope scope = AnswerScope::request;
  int status = 0;  // of the item or of HTTP; 0 = no answer
  std::string_view
      type;  // error.type, "" = none; for an error that is a bare string, see bulk_reply
  std::string_view reason;                        // error.reason, or the bare string
  bool timed_out = false;                         // with status 0
  http::HttpFault fault = http::HttpFault::none;  // with status 0
  bool no_byte = false;  // with status 0: the peer closed without answering a byte
};

// What was sent.
struct SentBulk {
  std::uint32_t documents = 0;
  Codec codec = Codec::none;
  IndexBinding binding = IndexBinding::concrete;
};

struct Decision {
  event::Verdict verdict = event::Verdict::retry;
  std::string_view code;  // stable word, static storage
  bool operator==(const Decision&) const = default;
};

[[nodiscard]] Decision decide(const ServerAnswer& answer, const SentBulk& sent);

}  // namespace auditship::sinks::opensearch::protocol
