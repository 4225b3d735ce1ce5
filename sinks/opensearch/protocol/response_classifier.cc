#include "sinks/opensearch/protocol/response_classifier.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "agent/base/log_code.h"

namespace auditship::sinks::opensearch::protocol {

namespace {

// What a row may ask beyond status, type and reason.
enum class When : std::uint8_t { always, packed, plain, over_limit, timed_out, zstd_no_byte };

struct Row {
  AnswerScope scope;
  int low, high;            // status
  std::string_view type;    // "" = any
  std::string_view reason;  // contained in the reason; "" = any
  When when;
  event::Verdict verdict;
  std::string_view code;
};

constexpr auto kItem = AnswerScope::item;
constexpr auto kRequest = AnswerScope::request;
using enum event::Verdict;

// The first row that fits decides.
constexpr Row kTable[] = {
    // --- one item ---
    {kItem, 200, 201, "", "", When::always, created, "created"},
    {kItem, 409, 409, "version_conflict_engine_exception", "", When::always, duplicate,
     "duplicate"},

    {kItem, 400, 400, "index_closed_exception", "", When::always, index_gone, "index-closed"},
    {kItem, 400, 400, "illegal_argument_exception", "no write index is defined", When::always,
     blocked, "no-write-index"},
    {kItem, 400, 400, "illegal_argument_exception",
     "number of documents in the index cannot exceed", When::always, index_gone, "index-full"},
    {kItem, 400, 400, "illegal_argument_exception", "pipeline with id", When::always, blocked,
     "pipeline-missing"},
    {kItem, 400, 400, "illegal_argument_exception", "only write ops with an op_type of create",
     When::always, blocked, "data-stream"},
    {kItem, 400, 400, "illegal_argument_exception", "Limit of total fields", When::always, rejected,
     "mapping-full"},
    {kItem, 400, 400, "validation_exception", "maximum shards open", When::always, blocked,
     "shards-full"},
    {kItem, 400, 400, "invalid_index_name_exception", "", When::always, blocked, "index-name"},
    {kItem, 400, 400, "mapper_parsing_exception", "object mapping for", When::always, rejected,
     "mapping-conflict"},
    {kItem, 400, 400, "mapper_parsing_exception", "Existing mapping for", When::always, rejected,
     "mapping-conflict"},
    {kItem, 400, 400, "mapper_parsing_exception", "tried to parse field", When::always, rejected,
     "mapping-conflict"},
    {kItem, 400, 400, "mapper_parsing_exception", "] of type [", When::always, rejected,
     "mapping-conflict"},
    {kItem, 400, 400, "mapper_parsing_exception", "", When::always, rejected, "document-400"},
    {kItem, 400, 400, "strict_dynamic_mapping_exception", "", When::always, rejected,
     "mapping-strict"},
    {kItem, 400, 400, "illegal_argument_exception", "immense term", When::always, rejected,
     "document-400"},
    {kItem, 400, 400, "illegal_argument_exception", "is too large", When::always, rejected,
     "document-400"},
    {kItem, 400, 400, "illegal_argument_exception", "_id is specified it must not be empty",
     When::always, rejected, "document-400"},
    {kItem, 400, 400, "", "", When::always, rejected, "document-400"},

    {kItem, 403, 403, "cluster_block_exception", "/12/", When::always, retry, "disk-full"},
    {kItem, 403, 403, "cluster_block_exception", "FORBIDDEN/4/", When::always, index_gone,
     "index-closed"},
    {kItem, 403, 403, "cluster_block_exception", "FORBIDDEN/5/", When::always, index_gone,
     "index-read-only"},
    {kItem, 403, 403, "cluster_block_exception", "FORBIDDEN/8/", When::always, index_gone,
     "index-write-block"},
    {kItem, 403, 403, "cluster_block_exception", "", When::always, blocked, "cluster-block"},
    {kItem, 403, 403, "security_exception", "", When::always, blocked, "forbidden"},
    {kItem, 403, 403, "", "", When::always, blocked, "forbidden"},
    {kItem, 404, 404, "index_not_found_exception", "", When::always, index_gone, "index-missing"},
    {kItem, 404, 404, "", "", When::always, blocked, "item-404"},
    {kItem, 413, 413, "", "", When::always, rejected, "document-too-large"},
    {kItem, 429, 429, "cluster_block_exception", "", When::always, retry, "disk-full"},
    {kItem, 429, 429, "", "", When::always, retry, "busy"},
    {kItem, 503, 503, "unavailable_shards_exception", "", When::always, retry, "shard-unavailable"},
    {kItem, 401, 401, "", "", When::always, blocked, "unauthorized"},
    {kItem, 0, 999, "", "", When::always, retry, "item-error"},

    // --- the whole bulk: no answer ---
    {kRequest, 0, 0, "", "", When::timed_out, split, "no-answer"},
    {kRequest, 0, 0, "", "", When::zstd_no_byte, recode, "zstd-refused"},
    {kRequest, 0, 0, "", "", When::always, retry, "network"},
    // --- the whole bulk: redirects are not followed, so that credentials stay where they belong
    // ---
    {kRequest, 300, 399, "", "", When::always, blocked, "redirect"},
    // --- the whole bulk: 4xx ---
    {kRequest, 400, 400, "action_request_validation_exception", "too long", When::always, split,
     "bulk-invalid"},
    {kRequest, 400, 400, "illegal_argument_exception", "no write index is defined", When::always,
     blocked, "no-write-index"},
    {kRequest, 400, 400, "illegal_argument_exception", "unrecognized parameter", When::always,
     blocked, "bulk-parameter"},
    {kRequest, 400, 400, "illegal_argument_exception", "", When::packed, recode, "bulk-unreadable"},
    {kRequest, 400, 400, "illegal_argument_exception", "Malformed action", When::plain, split,
     "bulk-unreadable"},
    {kRequest, 400, 400, "parse_exception", "", When::packed, recode, "bulk-unreadable"},
    {kRequest, 400, 400, "json_parse_exception", "", When::packed, recode, "bulk-unreadable"},
    {kRequest, 400, 400, "json_parse_exception", "", When::plain, split, "bulk-unreadable"},
    {kRequest, 400, 400, "", "", When::always, blocked, "http-400"},
    {kRequest, 401, 401, "", "", When::always, blocked, "unauthorized"},
    {kRequest, 403, 403, "cluster_block_exception", "", When::always, blocked, "cluster-block"},
    {kRequest, 403, 403, "", "", When::always, blocked, "forbidden"},
    {kRequest, 404, 404, "index_not_found_exception", "", When::always, index_gone,
     "index-missing"},
    {kRequest, 404, 404, "", "", When::always, blocked, "http-404"},
    {kRequest, 408, 408, "", "", When::always, retry, "http-408"},
    {kRequest, 413, 413, "", "", When::always, split, "too-large"},
    {kRequest, 415, 415, "", "", When::packed, recode, "codec-refused"},
    {kRequest, 425, 425, "", "", When::always, retry, "http-425"},
    {kRequest, 429, 429, "rejected_execution_exception", "", When::over_limit, split, "over-limit"},
    {kRequest, 429, 429, "rejected_execution_exception", "", When::always, retry, "busy"},
    {kRequest, 429, 429, "circuit_breaking_exception", "", When::always, retry, "heap-full"},
    {kRequest, 429, 429, "cluster_block_exception", "", When::always, retry, "disk-full"},
    {kRequest, 429, 429, "", "", When::always, retry, "busy"},
    {kRequest, 400, 499, "", "", When::always, blocked, "http-4xx"},
    // --- the whole bulk: 5xx and oddities ---
    {kRequest, 501, 501, "", "", When::always, blocked, "http-501"},
    {kRequest, 503, 503, "cluster_block_exception", "", When::always, retry, "no-cluster-manager"},
    {kRequest, 503, 503, "cluster_manager_not_discovered_exception", "", When::always, retry,
     "no-cluster-manager"},
    {kRequest, 503, 503, "master_not_discovered_exception", "", When::always, retry,
     "no-cluster-manager"},
    {kRequest, 503, 503, "", "", When::always, retry, "unavailable"},
    {kRequest, 500, 599, "", "", When::always, retry, "http-5xx"},
    {kRequest, 0, 999, "", "", When::always, retry, "http-odd"},
};

// What "network" is in particular. What has to be repaired by somebody is blocked: asked less
// often.
constexpr struct {
  http::HttpFault fault;
  event::Verdict verdict;
  std::string_view code;
} kFaults[] = {
    {http::HttpFault::secret, blocked, "secret-unreadable"},
    {http::HttpFault::name, retry, "host-unknown"},
    {http::HttpFault::unreachable, retry, "unreachable"},
    {http::HttpFault::tls_file, blocked, "tls-file"},
    {http::HttpFault::tls_untrusted, blocked, "tls-untrusted"},
    {http::HttpFault::tls_expired, blocked, "tls-expired"},
    {http::HttpFault::tls_host_name, blocked, "tls-host-name"},
    {http::HttpFault::tls_refused, blocked, "tls-refused"},
    {http::HttpFault::tls, blocked, "tls"},
    {http::HttpFault::cut, retry, "connection-lost"},
    {http::HttpFault::proxy_unreachable, retry, "proxy-unreachable"},
    {http::HttpFault::proxy_tls, blocked, "proxy-tls"},
    {http::HttpFault::proxy_unauthorized, blocked, "proxy-unauthorized"},
    {http::HttpFault::proxy_refused, blocked, "proxy-refused"},
    {http::HttpFault::proxy_target, retry, "proxy-target"},
};

// What is no failure is never logged as one.
static_assert(std::all_of(std::begin(kTable), std::end(kTable), [](const Row& row) {
  return row.verdict == created || row.verdict == duplicate || is_log_code("opensearch-", row.code);
}));
static_assert(std::all_of(std::begin(kFaults), std::end(kFaults),
                          [](const auto& row) { return is_log_code("opensearch-", row.code); }));

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  text.remove_prefix(at + key.size());
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end != text.data() ? std::optional(value) : std::nullopt;
}

// True when indexing pressure can never let this bulk in, however idle the node is.
bool over_limit(std::string_view reason) {
  const auto wanted = number_after(reason, "coordinating_operation_bytes=");
  const auto limit = number_after(reason, "max_coordinating_and_primary_bytes=");
  return wanted && limit && *wanted > *limit;
}

bool holds(When when, const ServerAnswer& answer, const SentBulk& sent) {
  switch (when) {
    case When::always:
      return true;
    case When::packed:
      return sent.codec != Codec::none;
    case When::plain:
      return sent.codec == Codec::none;
    case When::over_limit:
      return over_limit(answer.reason);
    case When::timed_out:
      return answer.timed_out;
    case When::zstd_no_byte:
      return answer.no_byte && sent.codec == Codec::zstd;
  }
  return false;
}

bool fits(const Row& row, const ServerAnswer& answer, const SentBulk& sent) {
  return row.scope == answer.scope && answer.status >= row.low && answer.status <= row.high &&
         (row.type.empty() || row.type == answer.type) &&
         (row.reason.empty() || answer.reason.find(row.reason) != std::string_view::npos) &&
         holds(row.when, answer, sent);
}

}  // namespace

Decision decide(const ServerAnswer& answer, const SentBulk& sent) {
  Decision decision{retry, "http-odd"};
  for (const Row& row : kTable) {
    if (fits(row, answer, sent)) {
      decision = {row.verdict, row.code};
      break;
    }
  }
  for (const auto& row : kFaults) {
    if (decision.code == "network" && row.fault == answer.fault) {
      decision = {row.verdict, row.code};
      break;
    }
  }
  // An alias or a dated name is not gone because one index is: somebody has to repair it.
  if (decision.verdict == index_gone && sent.binding == IndexBinding::open) {
    decision.verdict = blocked;
  }
  // A single document cannot be halved. Silence is no proof against it, so no-answer stays `split`.
  if (decision.verdict == split && sent.documents <= 1 && answer.status != 0) {
    decision.verdict = rejected;
  }
  return decision;
}

}  // namespace auditship::sinks::opensearch::protocol
