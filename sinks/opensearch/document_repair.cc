#include "sinks/opensearch/document_repair.h"

#include <vector>

#include <simdjson.h>

#include "agent/base/encoding/json_writer.h"
#include "agent/base/text.h"

namespace auditship::sinks::opensearch {
namespace {

namespace ondemand = simdjson::ondemand;

// The field that an error of OpenSearch is about: …field [user.extra] of type…, …term in
// field="requestURI"…, …object mapping for [annotations]….
std::string_view field_in(std::string_view reason) {
  constexpr std::string_view kBefore[] = {"field [", "field=\"", "mapping for [", "field name [",
                                          "for name ["};
  for (const std::string_view before : kBefore) {
    const std::size_t at = reason.find(before);
    if (at == std::string_view::npos) {
      continue;
    }
    const std::string_view rest = reason.substr(at + before.size());
    const std::size_t end = rest.find(before.back() == '[' ? ']' : '"');
    if (end != std::string_view::npos && end > 0) {
      return rest.substr(0, end);
    }
  }
  return {};
}

bool within(std::string_view inner, std::string_view outer) {
  return inner.size() > outer.size() && inner.starts_with(outer) && inner[outer.size()] == '.';
}

// field is the member, or lies within it, or the member lies within field: where "user" cannot be
// an object, neither can the dotted "user.name" be taken.
bool concerns(std::string_view field, std::string_view member) {
  return field == member || within(field, member) || within(member, field);
}

struct Member {
  std::string_view key;    // as written, without quotes
  std::string_view value;  // as written
  ondemand::json_type type = ondemand::json_type::null;
  std::string text;  // of a string
};

bool read_value(ondemand::value value, Member& member) {
  if (value.type().get(member.type) != simdjson::SUCCESS) {
    return false;
  }
  std::string_view text;
  switch (member.type) {
    case ondemand::json_type::object:
    case ondemand::json_type::array: {
      ondemand::object object;
      ondemand::array array;
      const bool ok = member.type == ondemand::json_type::object
                          ? value.get_object().get(object) == simdjson::SUCCESS &&
                                object.raw_json().get(member.value) == simdjson::SUCCESS
                          : value.get_array().get(array) == simdjson::SUCCESS &&
                                array.raw_json().get(member.value) == simdjson::SUCCESS;
      return ok;
    }
    case ondemand::json_type::string:
      member.value = trim(value.raw_json_token());
      if (value.get_string().get(text) != simdjson::SUCCESS) {
        return false;
      }
      member.text = text.size() > kMaxRepairString ? std::string(text) : std::string();
      return true;
    default:
      member.value = trim(value.raw_json_token());
      return true;
  }
}

bool read_members(const simdjson::padded_string& document, std::vector<Member>& members) {
  simdjson::dom::parser
      checker;  // all of it is JSON, and not too deep: the lazy parser below does not look
  if (checker.parse(document).error() != simdjson::SUCCESS) {
    return false;
  }
  ondemand::parser parser;
  ondemand::document parsed;
  ondemand::object root;
  if (parser.iterate(document).get(parsed) != simdjson::SUCCESS ||
      parsed.get_object().get(root) != simdjson::SUCCESS) {
    return false;
  }
  for (auto found : root) {
    ondemand::field field;
    if (std::move(found).get(field) != simdjson::SUCCESS) {
      return false;
    }
    Member member;
    const char* key = field.key().raw();
    const char* end = key;
    while (*end != '"') {  // stands in a document that simdjson took apart: the quote is there
      end += *end == '\\' ? 2 : 1;
    }
    member.key = {key, static_cast<std::size_t>(end - key)};
    if (!read_value(field.value(), member)) {
      return false;
    }
    members.push_back(std::move(member));
  }
  return true;
}

bool is_tree(const Member& member) {
  return member.type == ondemand::json_type::object || member.type == ondemand::json_type::array;
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
  out += out.size() > 1 ? ",\"" : "\"";
  out += key;
  out += "\":";
  out += value;
}

std::string write(const std::vector<Member>& members, std::string_view field, bool field_known) {
  std::string out = "{";
  std::string moved = "{";
  bool changed = false;
  for (const Member& member : members) {
    if (member.key == "event.repaired" || member.key == "event.unindexed") {
      return {};
    }
    if (field_known ? concerns(field, member.key) && member.key != "@timestamp" : is_tree(member)) {
      append_member(moved, member.key, member.value);
      changed = true;
    } else if (!member.text.empty()) {
      std::string cut;
      append_json_string(
          cut, std::string_view(member.text).substr(0, utf8_prefix(member.text, kMaxRepairString)));
      append_member(out, member.key, cut);
      changed = true;
    } else {
      append_member(out, member.key, member.value);
    }
  }
  if (!changed) {
    return {};
  }
  append_member(out, "event.repaired", "true");
  if (moved.size() > 1) {
    moved += '}';
    std::string text;
    append_json_string(text, std::string_view(moved).substr(0, utf8_prefix(moved, kMaxUnindexed)));
    append_member(out, "event.unindexed", text);
  }
  out += '}';
  return out;
}

}  // namespace

std::optional<std::string> repair_document(std::string_view document,
                                           const event::ItemOutcome& why) {
  if (why.status != 400 || document.size() > kMaxRepairDocument) {
    return std::nullopt;
  }
  const simdjson::padded_string padded(document);
  std::vector<Member> members;
  if (!read_members(padded, members)) {
    return std::nullopt;
  }
  const std::string_view field = field_in(why.reason);
  bool known = false;
  for (const Member& member : members) {
    known = known || (!field.empty() && member.key != "@timestamp" && concerns(field, member.key));
  }
  std::string repaired = write(members, field, known);
  if (repaired.empty()) {
    return std::nullopt;
  }
  return repaired;
}

}  // namespace auditship::sinks::opensearch
