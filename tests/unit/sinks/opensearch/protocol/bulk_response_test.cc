#include "sinks/opensearch/protocol/bulk_response.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace auditship;
using enum event::Verdict;

namespace {

constexpr auto kItem = sinks::opensearch::protocol::AnswerScope::item;
constexpr auto kRequest = sinks::opensearch::protocol::AnswerScope::request;
constexpr std::int64_t kWall = 1'795'413'791'000'000'000;  // Mon, 23 Nov 2026 06:03:11 GMT

sinks::opensearch::protocol::SentBulk sent(
    std::uint32_t documents, Codec codec = Codec::gzip,
    sinks::opensearch::protocol::IndexBinding binding =
        sinks::opensearch::protocol::IndexBinding::concrete) {
  return sinks::opensearch::protocol::SentBulk{documents, codec, binding};
}

sinks::http::HttpResponse http(int status, std::string body) {
  sinks::http::HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.connected = true;
  return response;
}

event::Outcome read(int status, const std::string& body,
                    sinks::opensearch::protocol::SentBulk bulk) {
  return sinks::opensearch::protocol::read_bulk_reply(http(status, body), bulk, kWall);
}

std::string items(const std::vector<std::string>& each) {
  std::string out = R"({"errors":true,"items":[)";
  for (const std::string& one : each) {
    out += (out.back() == '[' ? "" : ",") + one;
  }
  return out + "]}";
}

const std::string kCreated = R"({"create":{"status":201}})";
const std::string kConflict =
    R"j({"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"[a]: version conflict, document already exists (current version [1])"}}})j";

}  // namespace

TEST_CASE("every row of the decision table decides as documented", "[bulk_decision]") {
  struct Row {
    sinks::opensearch::protocol::AnswerScope scope;
    int status;
    std::string_view type, reason;
    event::Verdict verdict;
    std::string_view code;
  };
  const sinks::opensearch::protocol::SentBulk bulk = sent(100);
  const Row row = GENERATE(values<Row>({
      {kItem, 201, "", "", created, "created"},
      {kItem, 200, "", "", created, "created"},
      {kItem, 409, "version_conflict_engine_exception",
       "[a]: version conflict, document already exists (current version [1])", duplicate,
       "duplicate"},
      {kItem, 409, "other_exception", "", retry, "item-error"},
      {kItem, 400, "mapper_parsing_exception", "failed to parse field [x]", rejected,
       "document-400"},
      {kItem, 400, "mapper_parsing_exception",
       "object mapping for [user] tried to parse field [user] as object, but found a concrete "
       "value",
       rejected, "mapping-conflict"},
      {kItem, 400, "mapper_parsing_exception",
       "Could not dynamically add mapping for field [a.b]. Existing mapping for [a] must be of "
       "type "
       "object but found [keyword].",
       rejected, "mapping-conflict"},
      {kItem, 400, "mapper_parsing_exception", "failed to parse field [x] of type [long]", rejected,
       "mapping-conflict"},
      {kItem, 400, "illegal_argument_exception",
       "Document contains at least one immense term in field=\"x\"", rejected, "document-400"},
      {kItem, 400, "illegal_argument_exception",
       "DocValuesField \"x\" is too large, must be <= 32766", rejected, "document-400"},
      {kItem, 400, "illegal_argument_exception", "Limit of total fields [1000] has been exceeded",
       rejected, "mapping-full"},
      {kItem, 400, "strict_dynamic_mapping_exception", "mapping set to strict", rejected,
       "mapping-strict"},
      {kItem, 400, "illegal_argument_exception", "if _id is specified it must not be empty",
       rejected, "document-400"},
      {kItem, 400, "illegal_argument_exception",
       "no write index is defined for alias [kubeaudit]. The write index", blocked,
       "no-write-index"},
      {kItem, 400, "index_closed_exception", "closed", index_gone, "index-closed"},
      {kItem, 400, "illegal_argument_exception",
       "only write ops with an op_type of create are allowed in data streams", blocked,
       "data-stream"},
      {kItem, 400, "invalid_index_name_exception", "Invalid index name [A], must be lowercase",
       blocked, "index-name"},
      {kItem, 400, "illegal_argument_exception",
       "number of documents in the index cannot exceed 2147483519", index_gone, "index-full"},
      {kItem, 400, "illegal_argument_exception", "pipeline with id [p] does not exist", blocked,
       "pipeline-missing"},
      {kItem, 400, "validation_exception",
       "this action would add [2] total shards, but this cluster currently has [1000]/[1000] "
       "maximum shards open",
       blocked, "shards-full"},
      {kItem, 400, "never_seen_exception", "", rejected, "document-400"},
      {kItem, 403, "cluster_block_exception",
       "index [x] blocked by: [FORBIDDEN/5/index read-only (api)];", index_gone, "index-read-only"},
      {kItem, 403, "cluster_block_exception",
       "index [x] blocked by: [FORBIDDEN/8/index write (api)];", index_gone, "index-write-block"},
      {kItem, 403, "cluster_block_exception", "index [x] blocked by: [FORBIDDEN/4/index closed];",
       index_gone, "index-closed"},
      {kItem, 403, "cluster_block_exception",
       "index [x] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];", retry,
       "disk-full"},
      {kItem, 403, "cluster_block_exception", "blocked by: [FORBIDDEN/6/cluster read-only (api)];",
       blocked, "cluster-block"},
      {kItem, 403, "security_exception", "no permissions for [indices:data/write/index]", blocked,
       "forbidden"},
      {kItem, 403, "", "", blocked, "forbidden"},
      {kItem, 404, "index_not_found_exception", "no such index [x]", index_gone, "index-missing"},
      {kItem, 404, "other_exception", "", blocked, "item-404"},
      {kItem, 413, "", "", rejected, "document-too-large"},
      {kItem, 429, "cluster_block_exception",
       "index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark];",
       retry, "disk-full"},
      {kItem, 429, "rejected_execution_exception", "rejected execution of primary operation", retry,
       "busy"},
      {kItem, 429, "circuit_breaking_exception", "[parent] Data too large", retry, "busy"},
      {kItem, 503, "unavailable_shards_exception", "primary shard is not active", retry,
       "shard-unavailable"},
      {kItem, 401, "", "", blocked, "unauthorized"},
      {kItem, 500, "translog_exception", "", retry, "item-error"},
      {kItem, 502, "", "", retry, "item-error"},

      {kRequest, 400, "action_request_validation_exception",
       "Validation Failed: 1: id is too long, must be no longer than 512 bytes but was: 600;",
       split, "bulk-invalid"},
      {kRequest, 400, "illegal_argument_exception",
       "The bulk request must be terminated by a newline [\\n]", recode, "bulk-unreadable"},
      {kRequest, 400, "illegal_argument_exception",
       "request [/_bulk] contains unrecognized parameter: [x]", blocked, "bulk-parameter"},
      {kRequest, 400, "illegal_argument_exception", "no write index is defined for alias [x]",
       blocked, "no-write-index"},
      {kRequest, 400, "parse_exception", "request body is required", recode, "bulk-unreadable"},
      {kRequest, 400, "json_parse_exception", "Unexpected character", recode, "bulk-unreadable"},
      {kRequest, 400, "", "no handler found for uri [/x] and method [POST]", blocked, "http-400"},
      {kRequest, 400, "", "", blocked, "http-400"},
      {kRequest, 401, "", "", blocked, "unauthorized"},
      {kRequest, 403, "security_exception", "no permissions for [indices:data/write/bulk]", blocked,
       "forbidden"},
      {kRequest, 403, "cluster_block_exception", "cluster read-only", blocked, "cluster-block"},
      {kRequest, 404, "index_not_found_exception", "no such index", index_gone, "index-missing"},
      {kRequest, 404, "", "", blocked, "http-404"},
      {kRequest, 406, "", "Content-Type header [x] is not supported", blocked, "http-4xx"},
      {kRequest, 408, "", "", retry, "http-408"},
      {kRequest, 413, "", "", split, "too-large"},
      {kRequest, 415, "", "", recode, "codec-refused"},
      {kRequest, 429, "rejected_execution_exception",
       "rejected execution of coordinating operation [coordinating_and_primary_bytes=5000, "
       "replica_bytes=0, all_bytes=5000, coordinating_operation_bytes=900, "
       "max_coordinating_and_primary_bytes=1000]",
       retry, "busy"},
      {kRequest, 429, "rejected_execution_exception",
       "rejected execution of coordinating operation [coordinating_and_primary_bytes=0, "
       "replica_bytes=0, all_bytes=0, coordinating_operation_bytes=2000, "
       "max_coordinating_and_primary_bytes=1000]",
       split, "over-limit"},
      {kRequest, 429, "circuit_breaking_exception", "[parent] Data too large", retry, "heap-full"},
      {kRequest, 429, "cluster_block_exception", "flood-stage", retry, "disk-full"},
      {kRequest, 429, "", "", retry, "busy"},
      {kRequest, 302, "", "", blocked, "redirect"},
      {kRequest, 500, "", "", retry, "http-5xx"},
      {kRequest, 501, "", "", blocked, "http-501"},
      {kRequest, 502, "", "", retry, "http-5xx"},
      {kRequest, 503, "cluster_block_exception",
       "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];", retry,
       "no-cluster-manager"},
      {kRequest, 503, "cluster_manager_not_discovered_exception", "", retry, "no-cluster-manager"},
      {kRequest, 503, "master_not_discovered_exception", "", retry, "no-cluster-manager"},
      {kRequest, 503, "", "", retry, "unavailable"},
      {kRequest, 504, "", "", retry, "http-5xx"},
      {kRequest, 204, "", "", retry, "http-odd"},
      {kRequest, 999, "", "", retry, "http-odd"},
      {kRequest, 0, "", "", retry, "network"},
  }));
  INFO(row.status << ' ' << row.type << ' ' << row.reason);
  const sinks::opensearch::protocol::Decision decision =
      sinks::opensearch::protocol::decide({row.scope, row.status, row.type, row.reason}, bulk);
  CHECK(decision.verdict == row.verdict);
  CHECK(decision.code == row.code);
}

TEST_CASE("what cannot be read packed is packed anew, what cannot be read plain is halved",
          "[bulk_decision]") {
  const sinks::opensearch::protocol::ServerAnswer unreadable{kRequest, 400, "json_parse_exception",
                                                             "Unexpected character"};
  CHECK(sinks::opensearch::protocol::decide(unreadable, sent(10, Codec::gzip)).verdict == recode);
  CHECK(sinks::opensearch::protocol::decide(unreadable, sent(10, Codec::none)).verdict == split);
  CHECK(
      sinks::opensearch::protocol::decide({kRequest, 415, "", ""}, sent(10, Codec::none)).verdict ==
      blocked);
}

TEST_CASE("an index is gone only where the shipment named one", "[bulk_decision]") {
  const sinks::opensearch::protocol::ServerAnswer missing{kItem, 404, "index_not_found_exception",
                                                          "no such index [kubeaudit]"};
  CHECK(sinks::opensearch::protocol::decide(missing, sent(1)).verdict == index_gone);
  CHECK(sinks::opensearch::protocol::decide(
            missing, sent(1, Codec::gzip, sinks::opensearch::protocol::IndexBinding::open))
            .verdict == blocked);
}

TEST_CASE("a single document that is too large or invalid is rejected, not halved for ever",
          "[bulk_decision]") {
  CHECK(sinks::opensearch::protocol::decide({kRequest, 413, "", ""}, sent(1)).verdict == rejected);
  CHECK(sinks::opensearch::protocol::decide({kRequest, 413, "", ""}, sent(2)).verdict == split);
  CHECK(sinks::opensearch::protocol::decide(
            {kRequest, 400, "action_request_validation_exception", "id is too long"}, sent(1))
            .verdict == rejected);
}

TEST_CASE("silence after the request was sent means halves, even of one document",
          "[bulk_decision]") {
  sinks::opensearch::protocol::ServerAnswer silence;
  silence.timed_out = true;
  CHECK(sinks::opensearch::protocol::decide(silence, sent(8)) ==
        sinks::opensearch::protocol::Decision{split, "no-answer"});
  CHECK(sinks::opensearch::protocol::decide(silence, sent(1)) ==
        sinks::opensearch::protocol::Decision{split, "no-answer"});
}

TEST_CASE("a connection closed without a byte means another codec only for zstd",
          "[bulk_decision]") {
  sinks::opensearch::protocol::ServerAnswer closed;
  closed.no_byte = true;
  CHECK(sinks::opensearch::protocol::decide(closed, sent(8, Codec::zstd)) ==
        sinks::opensearch::protocol::Decision{recode, "zstd-refused"});
  CHECK(sinks::opensearch::protocol::decide(closed, sent(8, Codec::gzip)) ==
        sinks::opensearch::protocol::Decision{retry, "network"});
  closed.no_byte = false;
  CHECK(sinks::opensearch::protocol::decide(closed, sent(8, Codec::zstd)) ==
        sinks::opensearch::protocol::Decision{retry, "network"});
}

TEST_CASE("created and existing documents are counted, the others listed in their place",
          "[bulk_reply]") {
  const std::string bad =
      R"({"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed"}}})";
  const std::string busy =
      R"({"create":{"status":429,"error":{"type":"rejected_execution_exception","reason":"queue"}}})";
  const event::Outcome outcome =
      read(200, items({kCreated, bad, kConflict, kCreated, busy}), sent(5));
  CHECK(outcome.verdict == created);
  CHECK(outcome.http_status == 200);
  CHECK(outcome.created == 2);
  CHECK(outcome.duplicate == 1);
  REQUIRE(outcome.items.size() == 2);
  CHECK(outcome.items[0].item == 1);
  CHECK(outcome.items[0].verdict == rejected);
  CHECK(outcome.items[0].status == 400);
  CHECK(outcome.items[0].type == "mapper_parsing_exception");
  CHECK(outcome.items[0].reason == "failed");
  CHECK(outcome.items[1].item == 4);
  CHECK(outcome.items[1].verdict == retry);
  CHECK(outcome.code == "opensearch-document-400");
}

TEST_CASE("items decide, not what the answer says of errors", "[bulk_reply]") {
  for (const std::string errors : {"true", "false", "\"yes\"", "null", "{}"}) {
    const event::Outcome outcome =
        read(200, R"({"errors":)" + errors + R"(,"items":[)" + kCreated + "]}", sent(1));
    CHECK(outcome.created == 1);
    CHECK(outcome.items.empty());
  }
  CHECK(read(200, R"({"items":[)" + kConflict + "]}", sent(1)).duplicate == 1);
}

TEST_CASE("an answer that is not understood settles nothing and is asked again", "[bulk_reply]") {
  const std::string body = GENERATE_COPY(values<std::string>({
      "",
      " ",
      "null",
      "[]",
      "{}",
      "\"ok\"",
      "42",
      "<html>Bad Gateway</html>",
      R"({"errors":true})",
      R"({"items":{}})",
      R"({"items":null})",
      R"({"items":[{"create":{"status":201}})",
      R"({"items":[null,null]})",
      R"({"items":[{},{}]})",
      R"({"items":[{"create":{}},{"create":{}}]})",
      R"({"items":[{"create":{"status":"201"}},{"create":{"status":201}}]})",
      R"({"items":[{"create":{"status":-1}},{"create":{"status":201}}]})",
      R"({"items":[{"create":{"status":99999}},{"create":{"status":201}}]})",
      R"({"items":[{"create":{"status":201},"index":{"status":201}},{"create":{"status":201}}]})",
      R"({"items":[{"create":{"status":201,"error":{"type":"x"}}},{"create":{"status":201}}]})",
      R"({"items":[{"create":{"status":201,"error":"x"}},{"create":{"status":201}}]})",
      std::string("{\"items\":[\xff"),
      std::string(5000, '['),
  }));
  INFO(body.substr(0, 100));
  const event::Outcome outcome = read(200, body, sent(2));
  CHECK(outcome.verdict == retry);
  CHECK(outcome.created == 0);
  CHECK(outcome.duplicate == 0);
  CHECK(outcome.items.empty());
  CHECK(outcome.code == "opensearch-reply-malformed");
}

TEST_CASE("fewer or more items than were sent settle nothing", "[bulk_reply]") {
  for (const std::uint32_t documents : {1U, 3U}) {
    const event::Outcome outcome = read(200, items({kCreated, kCreated}), sent(documents));
    CHECK(outcome.verdict == retry);
    CHECK(outcome.created == 0);
    CHECK(outcome.code == "opensearch-reply-items");
  }
}

TEST_CASE("every cut of an answer settles nothing", "[bulk_reply]") {
  const std::string whole = items({kCreated, kConflict});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const event::Outcome outcome = read(200, whole.substr(0, size), sent(2));
    CHECK(outcome.created + outcome.duplicate == 0);
    CHECK(outcome.verdict == retry);
  }
}

TEST_CASE("an error may be an object, a string, text or nothing", "[bulk_reply]") {
  CHECK(
      read(
          429,
          R"({"error":{"type":"circuit_breaking_exception","reason":"[parent] Data too large"},"status":429})",
          sent(5))
          .code == "opensearch-heap-full");
  CHECK(read(400, R"({"error":"no handler found for uri [/x]","status":400})", sent(5)).verdict ==
        blocked);
  CHECK(read(401, "Unauthorized", sent(5)).verdict == blocked);
  CHECK(read(413, "", sent(5)).verdict == split);
  CHECK(read(503, "OpenSearch Security not initialized.", sent(5)).verdict == retry);
  CHECK(read(502, "<html>" + std::string(1 << 20, 'x'), sent(5)).verdict == retry);
  CHECK(read(500, R"({"error":[1,2]})", sent(5)).verdict == retry);
  CHECK(read(404, R"({"error":{"type":"index_not_found_exception","reason":"no such index"}})",
             sent(5))
            .verdict == index_gone);
}

TEST_CASE("messages name status and type, and never quote a refused body", "[bulk_reply]") {
  const event::Outcome denied = read(
      403, R"({"error":{"type":"security_exception","reason":"no permissions for [x]"}})", sent(5));
  CHECK(denied.message == "answered 403 security_exception: the role lacks x");
  const event::Outcome bad =
      read(400, R"({"error":{"type":"json_parse_exception","reason":"near 'hunter2'"}})", sent(5));
  CHECK(bad.message == "answered 400 json_parse_exception");
  const std::string item =
      R"({"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"Preview of field's value: 'hunter2'"}}})";
  const event::Outcome refused = read(200, items({item}), sent(1));
  CHECK(refused.message.find("hunter2") == std::string::npos);
  CHECK(refused.items.at(0).reason.find("hunter2") !=
        std::string::npos);  // that is for the dead letter
  sinks::http::HttpResponse none;
  none.error = "Couldn't resolve host name";
  CHECK(sinks::opensearch::protocol::read_bulk_reply(none, sent(1), kWall).message ==
        "Couldn't resolve host name");
}

TEST_CASE("a missing permission is named, and nothing else that the server says of the user",
          "[bulk_reply]") {
  CHECK(sinks::opensearch::protocol::missing_permission(
            "no permissions for [indices:data/write/bulk[s]] and User [name=u, "
            "backend_roles=[], requestedTenant=null]") == "indices:data/write/bulk[s]");
  CHECK(sinks::opensearch::protocol::missing_permission(
            "no permissions for [a:b, c:d] and User [name=u]") == "a:b, c:d");
  CHECK(sinks::opensearch::protocol::missing_permission("something else").empty());
  CHECK(sinks::opensearch::protocol::missing_permission(
            "no permissions for [a:b\nforged=\"1\"] and User") == "a:b");
  CHECK(sinks::opensearch::protocol::missing_permission("no permissions for [" +
                                                        std::string(5000, 'x'))
            .size() == 200);
  CHECK(sinks::opensearch::protocol::brief_reason("no permissions for [a:b] and User [name=u]") ==
        "the role lacks a:b");
}

TEST_CASE("a reason in the log quotes no document", "[bulk_reply]") {
  CHECK(sinks::opensearch::protocol::brief_reason(
            "failed to parse field [x] of type [long] in document with id 'i'. Preview of "
            "field's value: 'hunter2'") ==
        "failed to parse field [x] of type [long] in document with id 'i'. ");
  CHECK(sinks::opensearch::protocol::brief_reason(
            "immense term in field=\"x\", prefix of the first immense term is: "
            "'[104, 117]'")
            .find("104") == std::string::npos);
  CHECK(sinks::opensearch::protocol::brief_reason(std::string(199, 'a') + "\u00e9 and more") ==
        std::string(199, 'a'));
}

TEST_CASE("why no answer came has its code, and what somebody must repair is blocked",
          "[bulk_reply]") {
  const auto fault = [](sinks::http::HttpFault f) {
    sinks::http::HttpResponse none;
    none.fault = f;
    none.error = "words";
    const event::Outcome outcome =
        sinks::opensearch::protocol::read_bulk_reply(none, sent(5), kWall);
    CHECK(outcome.code == sinks::opensearch::protocol::trouble_of(none));
    return std::pair(outcome.code, outcome.verdict);
  };
  const auto is = [](const char* code, event::Verdict verdict) {
    return std::pair(std::string(code), verdict);
  };
  CHECK(fault(sinks::http::HttpFault::none) == is("opensearch-network", retry));
  CHECK(fault(sinks::http::HttpFault::secret) == is("opensearch-secret-unreadable", blocked));
  CHECK(fault(sinks::http::HttpFault::name) == is("opensearch-host-unknown", retry));
  CHECK(fault(sinks::http::HttpFault::unreachable) == is("opensearch-unreachable", retry));
  CHECK(fault(sinks::http::HttpFault::tls_file) == is("opensearch-tls-file", blocked));
  CHECK(fault(sinks::http::HttpFault::tls_untrusted) == is("opensearch-tls-untrusted", blocked));
  CHECK(fault(sinks::http::HttpFault::tls_expired) == is("opensearch-tls-expired", blocked));
  CHECK(fault(sinks::http::HttpFault::tls_host_name) == is("opensearch-tls-host-name", blocked));
  CHECK(fault(sinks::http::HttpFault::tls_refused) == is("opensearch-tls-refused", blocked));
  CHECK(fault(sinks::http::HttpFault::tls) == is("opensearch-tls", blocked));
  CHECK(fault(sinks::http::HttpFault::cut) == is("opensearch-connection-lost", retry));
  using sinks::http::HttpFault;
  CHECK(fault(HttpFault::proxy_unreachable) == is("opensearch-proxy-unreachable", retry));
  CHECK(fault(HttpFault::proxy_target) == is("opensearch-proxy-target", retry));
  CHECK(fault(HttpFault::proxy_tls) == is("opensearch-proxy-tls", blocked));
  CHECK(fault(HttpFault::proxy_unauthorized) == is("opensearch-proxy-unauthorized", blocked));
  CHECK(fault(HttpFault::proxy_refused) == is("opensearch-proxy-refused", blocked));
  sinks::http::HttpResponse denied;
  denied.status = 401;
  CHECK(sinks::opensearch::protocol::trouble_of(denied) == "opensearch-unauthorized");
}

TEST_CASE("long error texts are cut at a character", "[bulk_reply]") {
  std::string reason;
  for (int i = 0; i < 1000; ++i) {
    reason += "\xe2\x82\xac";  // three bytes: 1024 falls inside one
  }
  const event::Outcome outcome = read(
      200, items({R"({"create":{"status":400,"error":{"type":"t","reason":")" + reason + "\"}}}"}),
      sent(1));
  CHECK(outcome.items.at(0).reason.size() == 1023);
}

TEST_CASE("Retry-After is seconds or a date, at most an hour", "[bulk_reply]") {
  const auto after = [](std::string value) {
    sinks::http::HttpResponse response = http(503, "");
    response.headers.emplace_back("retry-after", std::move(value));
    return sinks::opensearch::protocol::read_bulk_reply(response, sent(1), kWall)
        .retry_after.count();
  };
  CHECK(after("7") == 7000);
  CHECK(after("0") == 0);
  CHECK(after("-5") == 0);
  CHECK(after("99999999999999999999999") == 3'600'000);
  CHECK(after("86400") == 3'600'000);
  CHECK(after("Mon, 23 Nov 2026 06:03:41 GMT") == 30'000);
  CHECK(after("Mon, 23 Nov 2026 06:03:01 GMT") == 0);
  CHECK(after("soon") == 0);
  CHECK(after("") == 0);
  CHECK(read(503, "", sent(1)).retry_after.count() == 0);
}

TEST_CASE("a time-out counts as silence only once the connection was made", "[bulk_reply]") {
  sinks::http::HttpResponse response;
  response.timed_out = true;
  CHECK(sinks::opensearch::protocol::read_bulk_reply(response, sent(5), kWall).verdict == retry);
  response.connected = true;
  CHECK(sinks::opensearch::protocol::read_bulk_reply(response, sent(5), kWall).verdict == split);
}

TEST_CASE("an answer that all was created is read without parsing it, and only in its exact form",
          "[bulk_reply]") {
  const std::uint32_t documents = GENERATE(1U, 2U, 3U);
  std::string body = R"({"errors":false,"items":[)";
  for (std::uint32_t i = 0; i < documents; ++i) {
    body += (i == 0 ? "" : ",") + kCreated;
  }
  body += "]}";
  // A blank in front means the same, and is read item by item.
  const auto same = [&](const std::string& answer) {
    const event::Outcome short_way = read(200, answer, sent(documents));
    const event::Outcome long_way = read(200, " " + answer, sent(documents));
    return short_way.verdict == long_way.verdict && short_way.created == long_way.created &&
           short_way.duplicate == long_way.duplicate && short_way.code == long_way.code &&
           short_way.items.size() == long_way.items.size() &&
           short_way.http_status == long_way.http_status && short_way.message == long_way.message;
  };
  CHECK(same(body));
  CHECK(read(200, body, sent(documents)).created == documents);
  for (const std::uint32_t other : {documents - 1, documents + 1}) {
    CHECK(read(200, body, sent(other)).verdict == retry);
    CHECK(read(200, body, sent(other)).created == 0);
  }
  for (std::size_t at = 0; at < body.size(); ++at) {
    INFO("at " << at);
    REQUIRE(same(body.substr(0, at)));
    REQUIRE(same(body.substr(0, at) + body.substr(at + 1)));
    for (const char other : std::string_view("0459,}]{[\" ex")) {
      std::string changed = body;
      changed[at] = other;
      REQUIRE(same(changed));
    }
  }
}
