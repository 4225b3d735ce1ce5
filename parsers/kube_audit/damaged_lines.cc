#include "parsers/kube_audit/damaged_lines.h"

#include <algorithm>
#include <charconv>

#include "agent/base/net/ip_address.h"
#include "agent/base/text.h"
#include "parsers/json/json_scan.h"
#include "parsers/kube_audit/text_conversions.h"

namespace auditship::parsers::kube_audit {
namespace {

// The bytes of head up to the end of its last whole member.
std::string_view whole_members(std::string_view head) {
  json::JsonScan scan(head);
  json::JsonValue key;
  json::JsonValue value;
  std::size_t end = 0;
  if (!scan.open_object()) {
    return {};
  }
  while (scan.next_key(key) && scan.value(value)) {
    // A number at the very end may be the beginning of a longer one.
    if (scan.position() == head.size() && value.kind == json::JsonKind::number) {
      break;
    }
    end = scan.position();
  }
  return head.substr(0, end);
}

// True when text is the members of an object after the first, with its closing brace: ,"a":1}
bool is_rest_of_object(std::string_view text) {
  if (text.size() < 2 || text.front() != ',') {
    return false;
  }
  std::string whole = "{";
  whole.append(text.substr(1));
  json::JsonScan scan(whole);
  json::JsonValue value;
  return scan.value(value) && scan.at_end();
}

// A Go-quoted string at the start of text: "…" with backslash escapes. Returns the bytes it spans.
std::size_t take_quoted(std::string_view text, std::string& out) {
  out.clear();
  if (text.empty() || text.front() != '"') {
    return 0;
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      return i + 1;
    }
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
    }
    out.push_back(text[i]);
  }
  return 0;
}

// Of a word of the line: the name that is stored, as that of an event's own tree, and that of ECS.
struct LegacyName {
  std::string_view word, stored, alias;
};

void legacy_field(std::string_view name, const std::string& value, const Redactor& redactor,
                  std::size_t max_bytes, event::Record& record) {
  static constexpr std::array<LegacyName, 7> kNames = {{
      {"id", "auditID", "event.id"},
      {"method", "event.action", {}},
      {"user", "user.username", "user.name"},
      {"as", "impersonatedUser.username", "user.effective.name"},
      {"user-agent", "userAgent", "user_agent.original"},
      {"ip", "sourceIPs", {}},
      {"uri", "requestURI", "url.original"},
  }};
  if (value.empty() || (value.front() == '<' && value.back() == '>')) {
    // Such as <none>, <self>, <lookup> and <deferred>.
    return;
  }
  std::string shown = value;
  if (name == "uri") {
    shown.clear();
    redactor.append_uri(shown, value);
  }
  for (const LegacyName& known : kNames) {
    if (known.word == name) {
      const std::string_view text = limited(record.keep(shown), max_bytes, record);
      record.add(known.stored, text);
      if (!known.alias.empty()) {
        record.add_alias(known.alias, text);
      }
    }
  }
  if (name == "ip" && is_ip_address(value)) {
    const std::string_view address = record.keep(value);
    record.add("source.ip", address);
    record.add_alias("source.address", address);
  } else if (name == "response" && value.size() == 3 &&
             value.find_first_not_of("0123456789") == std::string::npos && value.front() != '0') {
    const std::string_view code = record.keep(value);
    record.add("responseStatus.code", code, event::FieldType::literal);
    record.add("http.response.status_code", code, event::FieldType::literal,
               event::FieldRole::alias);
    record.add("event.outcome", value.front() >= '4' ? "failure" : "success");
  }
}

// As the mapping fills it. list: empty where there is nothing.
void add_related(std::string_view name, const std::string& list, event::Record& record) {
  if (!list.empty()) {
    record.add(name, record.keep(list), event::FieldType::literal, event::FieldRole::copied);
  }
}

}  // namespace

bool join_cut_event(std::string_view head, std::string_view tail, std::string& out) {
  if (head.substr(0, kEventMark.size()) != kEventMark) {
    return false;
  }
  const std::string_view front = whole_members(head);
  if (front.empty()) {
    return false;
  }
  out.assign(front);
  constexpr std::string_view kTrailing = R"(,"requestReceivedTimestamp":")";
  // Quotes inside strings are escaped, so a hit is structure. One inside a body cannot be followed
  // by the rest of the event alone. Newest first; a few tries are enough.
  std::size_t at = tail.rfind(kTrailing);
  for (int tries = 0; at != std::string_view::npos && tries < 4; ++tries) {
    if (is_rest_of_object(tail.substr(at))) {
      out.append(tail.substr(at));
      return true;
    }
    at = at == 0 ? std::string_view::npos : tail.rfind(kTrailing, at - 1);
  }
  out.push_back('}');
  return true;
}

namespace {

std::string_view without_bodies(std::string_view piece) {
  std::size_t end = piece.size();
  for (const std::string_view name : {"requestObject", "responseObject"}) {
    for (std::size_t at = piece.find(name); at < end; at = piece.find(name, at + 1)) {
      // The quotes are escaped, once or several times, where the event is a string in other JSON.
      const std::size_t quote = piece.find_first_not_of('\\', at + name.size());
      const bool opens = at > 0 && piece[at - 1] == '"';
      if (opens && quote != std::string_view::npos && piece[quote] == '"') {
        end = piece.substr(0, at - 1).find_last_not_of('\\') + 1;
        break;
      }
    }
  }
  return piece.substr(0, end);
}

// The place behind blanks and the backslashes of JSON within JSON.
std::size_t behind_escapes(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of("\\ \t", at), text.size());
}

// Whether a quoted text with a JSON value behind its colon stands there: "a":"b", "a": 1, \"a\":{. Not prose, as in
// Get "https://h:443/": dial tcp.
bool has_member(std::string_view text) {
  for (std::size_t at = text.find("\":"); at != std::string_view::npos;
       at = text.find("\":", at + 1)) {
    const std::string_view value = text.substr(behind_escapes(text, at + 2));
    const bool begins =
        !value.empty() &&
        (std::string_view("\"{[-").find(value[0]) != std::string_view::npos || is_digit(value[0]));
    if (begins || value.starts_with("true") || value.starts_with("false") ||
        value.starts_with("null")) {
      return true;
    }
  }
  return false;
}

bool is_json(std::string_view text) {
  json::JsonScan scan(text);
  json::JsonValue value;
  return scan.value(value) && scan.at_end();
}

// A Secret, or a list of them, at any depth: its data may stand in front of its kind.
bool is_secret(std::string_view json) {
  constexpr std::string_view kKind = "kind";
  for (std::size_t at = json.find(kKind); at != std::string_view::npos;
       at = json.find(kKind, at + 1)) {
    const std::size_t value = json.find_first_not_of("\\\": \t", at + kKind.size());
    if (value != std::string_view::npos && json.substr(value).starts_with("Secret")) {
      return true;
    }
  }
  return false;
}

// Without the first word that is longer than those of prose, and all behind it: it may be the middle of a secret.
std::string_view without_long_words(std::string_view text) {
  constexpr std::size_t kLongest = 256;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at == text.size() || text[at] == ' ' || text[at] == '\t') {
      if (at - begin > kLongest) {
        return text.substr(0, begin);
      }
      begin = at + 1;
    }
  }
  return text;
}

}  // namespace

std::string_view shown_of_no_event(std::string_view text) {
  const std::string_view shown = without_bodies(text);
  if (text.starts_with(kEventMark) || kEventMark.starts_with(text)) {
    return shown;
  }
  if (is_json(text)) {
    return is_secret(text) ? std::string_view() : shown;
  }
  if (!has_member(text)) {
    return without_long_words(shown);
  }
  // Where a piece begins within a value, nothing tells.
  const std::string_view front = text.substr(0, text.find_first_of("\"{\\"));
  return is_line_header(front) ? front : std::string_view();
}

bool is_middle_of_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first != std::string_view::npos && text[first] != '{' && text[first] != '[' &&
         text.ends_with('}') && has_member(text) && text.find(kEventMark) == std::string_view::npos;
}

bool is_line_header(std::string_view text) {
  constexpr std::size_t kLongest = 256;
  return text.size() <= kLongest && text.ends_with(": ") &&
         text.find_first_of("{}\"\\") == std::string_view::npos;
}

bool read_legacy_line(std::string_view line, const Redactor& redactor, std::size_t max_string_bytes,
                      event::Record& record) {
  const std::size_t space = line.substr(0, 40).find(' ');
  constexpr std::string_view kAudit = " AUDIT: ";
  bool utc = false;
  if (space == std::string_view::npos || line.substr(space, kAudit.size()) != kAudit ||
      !parse_rfc3339(line.substr(0, space), record.time_ns, utc)) {
    return false;
  }
  record.time_known = true;
  record.time_text = utc ? line.substr(0, space) : std::string_view{};
  std::string_view rest = line.substr(space + kAudit.size());
  std::string value;
  std::array<std::string_view, 16> seen;
  std::size_t count = 0;
  while (count < seen.size()) {
    const std::size_t equal = rest.find('=');
    // Also where there is none (npos).
    if (equal > 32) {
      break;
    }
    const std::string_view name = rest.substr(0, equal);
    rest.remove_prefix(equal + 1);
    const std::size_t used = take_quoted(rest, value);
    if (used == 0 || std::find(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(count),
                               name) != seen.begin() + static_cast<std::ptrdiff_t>(count)) {
      break;
    }
    seen[count++] = name;
    legacy_field(name, value, redactor, max_string_bytes, record);
    rest.remove_prefix(std::min(used + 1, rest.size()));
  }
  constexpr std::size_t kCutAlready = std::string_view::npos;
  add_related(
      "related.user",
      list_each_once({record.field("user.username"), record.field("impersonatedUser.username")},
                     kCutAlready),
      record);
  add_related("related.ip", list_each_once({record.field("sourceIPs")}, kCutAlready), record);
  return true;
}

}  // namespace auditship::parsers::kube_audit
