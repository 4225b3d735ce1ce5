// read_bulk_reply turns the answer to one _bulk request into an Outcome.
//
// Trusts nothing: the answer may be cut, of a proxy, in another shape, or hold another number of
// items than were sent. Then nothing is taken as settled and the verdict is `retry`: ids make that
// harmless. `errors` alone proves nothing, only the items count: an answer that says in its exact form
// that all were created is compared, any other is parsed. Error texts are cut to 1 KiB.
// Outcome::message never quotes what a document may hold. Stateless; thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "agent/event/delivery_result.h"
#include "sinks/http/http_transport.h"
#include "sinks/opensearch/protocol/response_classifier.h"

namespace auditship::sinks::opensearch::protocol {

inline constexpr std::size_t kMaxErrorText = 1024;

// wall_ns: now, for a Retry-After that is a date.
[[nodiscard]] event::Outcome read_bulk_reply(const http::HttpResponse& response,
                                             const SentBulk& sent, std::int64_t wall_ns);

// Retry-After as seconds or HTTP date, at most one hour; 0 when absent or not understood.
[[nodiscard]] std::chrono::milliseconds read_retry_after(const http::HttpResponse& response,
                                                         std::int64_t wall_ns);

// The stable word for an answer that is no success, also for one that is not about a bulk:
// "opensearch-unauthorized".
[[nodiscard]] std::string trouble_of(const http::HttpResponse& response);
// Whether it lasts until somebody repairs the target or the configuration.
[[nodiscard]] bool blocks(const http::HttpResponse& response);

// What a role lacks, from the reason of a security_exception: "indices:data/write/bulk[s]". ""
// where it does not say. At most 200 bytes, and nothing that an action's name does not have.
[[nodiscard]] std::string missing_permission(std::string_view reason);

// An error's reason for a line of the log: at most 200 bytes, without what it quotes of a document,
// and of a security_exception only what is missing.
[[nodiscard]] std::string brief_reason(std::string_view reason);

// error.type and error.reason of an answer that is not a success; "" where it has none.
struct ServerError {
  std::string type, reason;
};
[[nodiscard]] ServerError read_error(std::string_view body);

}  // namespace auditship::sinks::opensearch::protocol
