#include "sinks/opensearch/protocol/bulk_response.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>

#include <simdjson.h>

#include "agent/base/encoding/json_writer.h"

namespace auditship::sinks::opensearch::protocol {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t kMaxErrorBody = 64 << 10;  // more is no error message of OpenSearch
constexpr std::chrono::hours kMaxRetryAfter{1};

std::string_view text_of(const object& from, const char* key) {
  std::string_view text;
  return from[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::string cut(std::string_view text) {
  return std::string(text.substr(0, utf8_prefix(text, kMaxErrorText)));
}

Decision decide_whole(const http::HttpResponse& response, const ServerError& error,
                      const SentBulk& sent) {
  ServerAnswer answer;
  answer.status = response.status;
  answer.type = error.type;
  answer.reason = error.reason;
  answer.timed_out = response.timed_out && response.connected;
  answer.no_byte = response.no_byte;
  answer.fault = response.fault;
  return decide(answer, sent);
}

// The word for logs and metrics: a code of the table, with the sink's name before it.
std::string log_code(std::string_view code) { return "opensearch-" + std::string(code); }

event::Outcome whole(const http::HttpResponse& response, event::Verdict verdict,
                     std::string_view code, std::string message) {
  event::Outcome outcome;
  outcome.verdict = verdict;
  outcome.http_status = static_cast<std::uint16_t>(std::clamp(response.status, 0, 999));
  outcome.code = log_code(code);
  outcome.message = std::move(message);
  return outcome;
}

// Says what came without quoting the body of a 400, which may quote a document.
std::string describe(const http::HttpResponse& response, const ServerError& error) {
  if (response.status == 0) {
    return response.error.empty() ? "no answer" : cut(response.error);
  }
  std::string text = "answered " + std::to_string(response.status);
  if (!error.type.empty()) {
    text += ' ' + error.type;
  }
  if (!error.reason.empty() && response.status != 400) {
    const std::string lacks = missing_permission(error.reason);
    text += ": " + (lacks.empty() ? error.reason : "the role lacks " + lacks);
  }
  if (error.type.empty() && error.reason.empty() && !response.body.empty()) {
    text +=
        " with " + std::to_string(response.body.size()) + " bytes that are no error of OpenSearch";
  }
  return cut(text);
}

// Reads one element of items: {"create":{"status":201}} or {"create":{"status":400,"error":{…}}}.
// False when it has another shape.
bool read_item(const element& item, std::uint32_t position, const SentBulk& sent,
               event::Outcome& outcome) {
  object wrapper;
  if (item.get(wrapper) != simdjson::SUCCESS || wrapper.size() != 1) {
    return false;
  }
  object inner;
  std::uint64_t status = 0;
  if ((*wrapper.begin()).value.get(inner) != simdjson::SUCCESS ||
      inner["status"].get(status) != simdjson::SUCCESS || status < 100 || status > 599) {
    return false;
  }
  ServerAnswer answer;
  answer.scope = AnswerScope::item;
  answer.status = static_cast<int>(status);
  object error;
  const bool has_error = inner["error"].error() == simdjson::SUCCESS;
  if (inner["error"].get(error) == simdjson::SUCCESS) {
    answer.type = text_of(error, "type");
    answer.reason = text_of(error, "reason");
  } else {
    answer.reason = text_of(inner, "error");
  }
  const Decision decision = decide(answer, sent);
  if (decision.verdict == event::Verdict::created) {
    if (has_error) {
      return false;  // a success with an error is neither
    }
    ++outcome.created;
  } else if (decision.verdict == event::Verdict::duplicate) {
    ++outcome.duplicate;
  } else {
    event::ItemOutcome refused;
    refused.item = position;
    refused.verdict = decision.verdict;
    refused.status = static_cast<std::uint16_t>(status);
    refused.type = cut(answer.type);
    refused.reason = cut(answer.reason);
    refused.code = log_code(decision.code);
    refused.message = refused.type + ": " + brief_reason(refused.reason);
    refused.schema_mismatch = decision.code.starts_with("mapping-");
    if (outcome.code.empty()) {
      outcome.code = refused.code;
    }
    outcome.items.push_back(std::move(refused));
  }
  return true;
}

// Whether the answer says, byte for byte as OpenSearch writes it, that each of the documents was
// created: nearly all answers do, and reading each item as JSON costs more than it took to send it.
// "errors" alone proves nothing: each item and their number are looked at. Whatever differs in one
// byte is left to read_items().
bool is_all_created(std::string_view body, std::uint32_t documents) {
  constexpr std::string_view kBegin = R"({"errors":false,"items":[)";
  constexpr std::string_view kItem = R"({"create":{"status":201}},)";
  constexpr std::string_view kEnd = "]}";
  // No comma stands behind the last item.
  const std::size_t size = kBegin.size() + documents * kItem.size() - 1 + kEnd.size();
  if (documents == 0 || body.size() != size || !body.starts_with(kBegin) || !body.ends_with(kEnd)) {
    return false;
  }
  body.remove_prefix(kBegin.size());
  for (std::uint32_t i = 1; i < documents; ++i) {
    if (std::memcmp(body.data(), kItem.data(), kItem.size()) != 0) {
      return false;
    }
    body.remove_prefix(kItem.size());
  }
  return body.starts_with(kItem.substr(0, kItem.size() - 1));
}

event::Outcome read_items(const http::HttpResponse& response, const SentBulk& sent) {
  const auto malformed = [&response](std::string_view code, std::string message) {
    return whole(response, event::Verdict::retry, code, std::move(message));
  };
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(response.body).get(root) != simdjson::SUCCESS) {
    return malformed("reply-malformed", "the answer is not JSON, or was cut short");
  }
  simdjson::dom::array items;
  if (root["items"].get(items) != simdjson::SUCCESS) {
    return malformed("reply-malformed", "the answer has no list of items");
  }
  event::Outcome outcome;
  outcome.verdict = event::Verdict::created;
  outcome.http_status = static_cast<std::uint16_t>(response.status);
  std::uint32_t position = 0;
  for (const element item : items) {
    if (position == sent.documents) {
      return malformed("reply-items", "the answer has more items than were sent");
    }
    if (!read_item(item, position, sent, outcome)) {
      return malformed("reply-malformed", "an item of the answer has an unknown shape");
    }
    ++position;
  }
  if (position != sent.documents) {
    return malformed("reply-items", "the answer has " + std::to_string(position) + " items for " +
                                        std::to_string(sent.documents) + " documents");
  }
  if (!outcome.items.empty()) {
    outcome.message = std::to_string(outcome.items.size()) + " of " +
                      std::to_string(sent.documents) + " documents not taken, the first with " +
                      std::to_string(outcome.items.front().status) + ' ' +
                      outcome.items.front().type;
  }
  return outcome;
}

// "Sun, 06 Nov 1994 08:49:37 GMT" to seconds since the epoch; -1 when it is none.
std::int64_t http_date(const std::string& text) {
  std::tm tm{};
  const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &tm);
  return end != nullptr && *end == '\0' ? static_cast<std::int64_t>(timegm(&tm)) : -1;
}

}  // namespace

ServerError read_error(std::string_view body) {
  ServerError found;
  if (body.size() > kMaxErrorBody) {
    return found;
  }
  simdjson::dom::parser parser;
  element root;
  object error;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS) {
    return found;
  }
  if (root["error"].get(error) == simdjson::SUCCESS) {
    found.type = cut(text_of(error, "type"));
    found.reason = cut(text_of(error, "reason"));
  } else if (object top; root.get(top) == simdjson::SUCCESS) {
    found.reason = cut(text_of(top, "error"));
  }
  return found;
}

namespace {

// As of a bulk of one document.
Decision decide_answer(const http::HttpResponse& response) {
  const ServerError error = response.status == 0 ? ServerError{} : read_error(response.body);
  SentBulk sent;
  sent.documents = 1;
  sent.binding = IndexBinding::open;
  return decide_whole(response, error, sent);
}

}  // namespace

std::string trouble_of(const http::HttpResponse& response) {
  return log_code(decide_answer(response).code);
}

bool blocks(const http::HttpResponse& response) {
  return decide_answer(response).verdict == event::Verdict::blocked;
}

std::string missing_permission(std::string_view reason) {
  constexpr std::string_view kBefore = "no permissions for [";
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:/_-*[], ";
  const std::size_t at = reason.find(kBefore);
  if (at == std::string_view::npos) {
    return {};
  }
  reason = reason.substr(at + kBefore.size(), 200);
  std::size_t open = 1;  // brackets, as of "indices:data/write/bulk[s]"
  for (std::size_t i = 0; i < reason.size(); ++i) {
    open += reason[i] == '[' ? 1 : 0;
    open -= reason[i] == ']' ? 1 : 0;
    if (open == 0 || kAllowed.find(reason[i]) == std::string_view::npos) {
      return std::string(reason.substr(0, i));
    }
  }
  return std::string(reason);
}

std::string brief_reason(std::string_view reason) {
  constexpr std::size_t kMost = 200;
  if (std::string lacks = missing_permission(reason); !lacks.empty()) {
    return "the role lacks " + lacks;
  }
  for (const std::string_view quote :
       {"Preview of field's value", "prefix of the first immense term", "[truncated "}) {
    reason = reason.substr(0, reason.find(quote));
  }
  return std::string(reason.substr(0, utf8_prefix(reason, kMost)));
}

std::chrono::milliseconds read_retry_after(const http::HttpResponse& response,
                                           std::int64_t wall_ns) {
  for (const auto& [name, value] : response.headers) {
    if (name != "retry-after") {
      continue;
    }
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error == std::errc::result_out_of_range && value.front() != '-') {
      return kMaxRetryAfter;
    }
    if (error != std::errc() || end != value.data() + value.size()) {
      const std::int64_t date = http_date(value);
      seconds = date < 0 ? 0 : date - wall_ns / 1'000'000'000;
    }
    const std::int64_t most = std::chrono::seconds(kMaxRetryAfter).count();
    return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, most));
  }
  return std::chrono::milliseconds(0);
}

event::Outcome read_bulk_reply(const http::HttpResponse& response, const SentBulk& sent,
                               std::int64_t wall_ns) {
  event::Outcome outcome;
  if (response.status == 200 && is_all_created(response.body, sent.documents)) {
    outcome.verdict = event::Verdict::created;
    outcome.http_status = 200;
    outcome.created = sent.documents;
  } else if (response.status == 200) {
    outcome = read_items(response, sent);
  } else {
    const ServerError error = response.status == 0 ? ServerError{} : read_error(response.body);
    const Decision decision = decide_whole(response, error, sent);
    outcome = whole(response, decision.verdict, decision.code, describe(response, error));
  }
  outcome.retry_after = read_retry_after(response, wall_ns);
  return outcome;
}

}  // namespace auditship::sinks::opensearch::protocol
