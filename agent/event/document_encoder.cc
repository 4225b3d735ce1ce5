#include "agent/event/document_encoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "agent/base/encoding/json_writer.h"

namespace auditship::event {

namespace {

constexpr std::string_view kUnparsedTime = "timestamp-unparsed";

// The last role that is written.
constexpr FieldRole last_role(DocumentForm form) {
  return form == DocumentForm::full ? FieldRole::restated : FieldRole::stored;
}

void append_name(std::string& out, std::string_view name) {
  out += '"';
  out += name;  // static storage: ours or the parser's, never from a line
  out += "\":";
}

constexpr std::size_t kShort = 256;  // bytes of name and value of a field that is written in place

bool is_short(const Field& field) { return field.name.size() + field.value.size() <= kShort; }

// Copies short text without a call: in blocks of a fixed size, the last of which overlaps.
template <std::size_t kBlock>
char* put_blocks(char* to, const char* from, std::size_t size) {
  for (std::size_t at = 0; at + kBlock < size; at += kBlock) {
    std::memcpy(to + at, from + at, kBlock);
  }
  std::memcpy(to + size - kBlock, from + size - kBlock, kBlock);
  return to + size;
}

char* put(char* to, std::string_view text) {
  const std::size_t size = text.size();
  if (size >= 16) {
    return put_blocks<16>(to, text.data(), size);
  }
  if (size >= 8) {
    return put_blocks<8>(to, text.data(), size);
  }
  if (size >= 4) {
    return put_blocks<4>(to, text.data(), size);
  }
  return to + text.copy(to, size);
}

void append_long_field(std::string& out, const Field& field) {
  append_name(out, field.name);
  if (field.type == FieldType::string) {
    append_json_string(out, field.value);
  } else {
    out += field.value;
  }
  out += ',';
}

// Writes short fields from `field` on into room made for all of them at once, without those of a role behind `last`. Stops
// before one that is long, or whose value needs escapes, and returns it.
const Field* append_short_fields(std::string& out, const Field* field, const Field* end,
                                 FieldRole last) {
  constexpr std::size_t kAround = 8;  // "":"", or "":null,
  std::size_t room = 0;
  for (const Field* each = field; each != end; ++each) {
    if (each->role > last) {
      continue;
    }
    if (!is_short(*each)) {
      break;
    }
    room += each->name.size() + each->value.size() + kAround;
  }
  const std::size_t before = out.size();
  out.resize(before + room);
  char* at = out.data() + before;
  for (; field != end; ++field) {
    if (field->role > last) {
      continue;
    }
    if (!is_short(*field)) {
      break;
    }
    char* to = at;
    *to++ = '"';
    to = put(to, field->name);
    *to++ = '"';
    *to++ = ':';
    if (field->type == FieldType::string) {
      *to++ = '"';
      to = copy_json_clean(to, field->value);
      if (to == nullptr) {
        break;
      }
      *to++ = '"';
    } else {
      to = put(to, field->value.empty() ? std::string_view("null") : field->value);
    }
    *to++ = ',';
    at = to;
  }
  out.resize(static_cast<std::size_t>(at - out.data()));
  return field;
}

void append_fields(std::string& out, const std::vector<Field>& fields, FieldRole last) {
  const Field* field = fields.data();
  const Field* const end = field + fields.size();
  while ((field = append_short_fields(out, field, end, last)) != end) {
    append_long_field(out, *field++);
  }
}

void append_body(std::string& out, std::string_view name, const Body& body, std::size_t max_bytes) {
  bool cut = body.cut;
  if (!body.raw.empty()) {
    append_name(out, name);
    cut |= append_json_string_cut(out, body.raw, max_bytes) < body.raw.size();
    out += ',';
  }
  if (!cut) {
    return;
  }
  out += '"';
  out += name;
  out += "_cut\":true,\"";
  out += name;
  out += "_length\":";
  append_json_uint(out, std::max<std::uint64_t>(body.original_length, body.raw.size()));
  out += ',';
}

void append_tags(std::string& out, const Record& record) {
  const bool add_unparsed = !record.time_known && std::find(record.tags.begin(), record.tags.end(),
                                                            kUnparsedTime) == record.tags.end();
  if (record.tags.empty() && !add_unparsed) {
    return;
  }
  out += "\"tags\":[";
  for (const std::string_view tag : record.tags) {
    append_json_string(out, tag);
    out += ',';
  }
  if (add_unparsed) {
    append_json_string(out, kUnparsedTime);
    out += ',';
  }
  out.back() = ']';
  out += ',';
}

}  // namespace

DocumentEncoder::DocumentEncoder(EncoderOptions options) : options_(std::move(options)) {}

void DocumentEncoder::set_rules_hash(std::string hash) {
  options_.rules_hash = std::move(hash);
  constants_.clear();
}

const DocumentEncoder::Constants& DocumentEncoder::constants(const RecordOrigin* origin) {
  static const RecordOrigin kNone;
  const RecordOrigin& from = origin != nullptr ? *origin : kNone;
  const auto is_of = [&](const Constants& made) {
    return made.name == from.name && made.origin == from.members &&
           made.sequence_member == from.sequence_member;
  };
  if (last_ < constants_.size() && is_of(constants_[last_])) {
    return constants_[last_];
  }
  for (last_ = 0; last_ < constants_.size(); ++last_) {
    if (is_of(constants_[last_])) {
      return constants_[last_];
    }
  }
  if (constants_.size() >= kMaxCached) {
    constants_.clear();
  }
  last_ = constants_.size();
  constants_.push_back(make_constants(from));
  return constants_[last_];
}

DocumentEncoder::Constants DocumentEncoder::make_constants(const RecordOrigin& origin) const {
  Constants made;
  made.name = origin.name;
  made.origin = origin.members;
  made.sequence_member = origin.sequence_member;
  const auto write = [](std::string& text, std::string_view name, std::string_view value) {
    append_name(text, name);
    append_json_string(text, value);
    text += ',';
  };
  const auto set = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) {
      write(made.all, name, value);
    }
  };
  set("cluster.name", options_.cluster);
  set("node.name", options_.node);
  for (const auto& [name, value] : origin.members) {
    write(made.all, name, value);
  }
  set("agent.version", options_.agent_version);
  set("agent.rules.hash", options_.rules_hash);
  if (options_.orchestrated && options_.form == DocumentForm::full) {
    set("orchestrator.cluster.name", options_.cluster);
  }
  if (!origin.sequence_member.empty()) {
    append_name(made.sequence_name, origin.sequence_member);
  }
  return made;
}

void DocumentEncoder::append(const Record& record, const RawLine& line, const DocId& id,
                             std::int64_t now_ns, std::string& out) {
  out += '{';
  if (options_.id_place == IdPlace::member) {
    out += "\"_id\":\"";
    out += id.view();
    out += "\",";
  }
  out += "\"@timestamp\":\"";
  if (record.time_known && !record.time_text.empty()) {
    append_json_escaped(out, record.time_text);
  } else {
    append_rfc3339(out, time_of(record, now_ns));
  }
  out += "\",";
  const Constants& constant = constants(line.origin);
  out += constant.all;
  if (!constant.sequence_name.empty()) {
    out += constant.sequence_name;
    append_json_uint(
        out, line.id.sequence + (line.origin->sequence_counts_bytes ? record.offset_in_line : 0));
    out += ',';
  }
  if (!record.json.empty()) {
    out += record.json;
    out += ',';
  }
  append_fields(out, record.fields, last_role(options_.form));
  append_body(out, "requestObject", record.request, options_.body_max_bytes);
  append_body(out, "responseObject", record.response, options_.body_max_bytes);
  append_tags(out, record);
  out.back() = '}';  // every member ended with a comma, and there is at least @timestamp
}

}  // namespace auditship::event
