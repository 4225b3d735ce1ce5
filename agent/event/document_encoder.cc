#include "agent/event/document_encoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "agent/base/encoding/json_writer.h"

namespace auditship::event {

namespace {

constexpr std::string_view kUnparsedTime = "timestamp-unparsed";

// In the order of kCommonMembers.
enum Member : std::size_t {
  kTimestamp,
  kCluster,
  kNode,
  kTag,
  kAgentName,
  kAgentVersion,
  kAgentId,
  kEventId,
  kTags,
  kOrchestrator,
  kRulesHash
};
constexpr std::uint32_t bit(std::size_t member) { return 1U << member; }
constexpr std::uint32_t kConstantBits = bit(kCluster) | bit(kNode) | bit(kTag) | bit(kAgentName) |
                                        bit(kAgentVersion) | bit(kAgentId) | bit(kOrchestrator) |
                                        bit(kRulesHash);

// One bit a length of name.
constexpr std::uint32_t kCommonSizes = [] {
  std::uint32_t sizes = 0;
  for (const std::string_view name : kCommonMembers) {
    sizes |= 1U << name.size();
  }
  return sizes;
}();

constexpr std::uint32_t kSecondLetters = [] {
  std::uint32_t letters = 0;
  for (const std::string_view name : kCommonMembers) {
    letters |= 1U << (static_cast<unsigned char>(name[1]) & 31U);
  }
  return letters;
}();

// Which common members the parser has written itself.
std::uint32_t overridden(const std::vector<Field>& fields) {
  std::uint32_t bits = 0;
  for (const Field& field : fields) {
    const std::size_t size = field.name.size();
    // Cheap first: no common member has that length, or the second letter that this one has.
    if (size > 31 || ((kCommonSizes >> size) & 1) == 0 ||
        ((kSecondLetters >> (static_cast<unsigned char>(field.name[1]) & 31U)) & 1) == 0) {
      continue;
    }
    for (std::size_t i = 0; i < kCommonMembers.size(); ++i) {
      if (kCommonMembers[i].size() == size && kCommonMembers[i] == field.name) {
        bits |= bit(i);
      }
    }
  }
  return bits;
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

// Writes short fields from `field` on into room made for all of them at once. Stops before one that
// is long, or whose value needs escapes, and returns it.
const Field* append_short_fields(std::string& out, const Field* field, const Field* end) {
  constexpr std::size_t kAround = 8;  // "":"", or "":null,
  std::size_t room = 0;
  for (const Field* each = field; each != end && is_short(*each); ++each) {
    room += each->name.size() + each->value.size() + kAround;
  }
  const std::size_t before = out.size();
  out.resize(before + room);
  char* at = out.data() + before;
  for (; field != end && is_short(*field); ++field) {
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

void append_fields(std::string& out, const std::vector<Field>& fields) {
  const Field* field = fields.data();
  const Field* const end = field + fields.size();
  while ((field = append_short_fields(out, field, end)) != end) {
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
  std::string tag = options_.stream;
  if (!origin.name.empty() && origin.name.front() != '/') {
    tag += '.';
  }
  for (const char c : origin.name) {
    tag += c == '/' ? '.' : c;
  }
  const auto write = [](std::string& text, std::string_view name, std::string_view value) {
    append_name(text, name);
    append_json_string(text, value);
    text += ',';
  };
  const auto set = [&](Member member, std::string_view value) {
    if (!value.empty()) {
      write(made.members[member], kCommonMembers[member], value);
      made.all += made.members[member];
    }
  };
  set(kCluster, options_.cluster);
  set(kNode, options_.node);
  set(kTag, tag);
  for (const auto& [name, value] : origin.members) {
    write(made.origin_members, name, value);
  }
  made.all += made.origin_members;
  set(kAgentName, options_.agent_name);
  set(kAgentVersion, options_.agent_version);
  set(kAgentId, options_.agent_id);
  if (options_.orchestrated) {
    set(kOrchestrator, options_.cluster);
  }
  set(kRulesHash, options_.rules_hash);
  if (!origin.sequence_member.empty()) {
    append_name(made.sequence_name, origin.sequence_member);
  }
  return made;
}

// Without those whose place a member of the record takes.
void DocumentEncoder::append_constants(const Constants& constant, std::uint32_t taken,
                                       std::string& out) {
  if ((taken & kConstantBits) == 0) {
    out += constant.all;
    return;
  }
  for (std::size_t i = 0; i < constant.members.size(); ++i) {
    if ((taken & bit(i)) == 0) {
      out += constant.members[i];
    }
    if (i == kTag) {
      out += constant.origin_members;
    }
  }
}

void DocumentEncoder::append(const Record& record, const RawLine& line, const DocId& id,
                             std::int64_t now_ns, std::string& out) {
  const std::uint32_t taken = overridden(record.fields);
  out += '{';
  if ((taken & bit(kTimestamp)) == 0) {
    out += "\"@timestamp\":\"";
    if (record.time_known && !record.time_text.empty()) {
      append_json_escaped(out, record.time_text);
    } else {
      append_rfc3339(out, time_of(record, now_ns));
    }
    out += "\",";
  }
  const Constants& constant = constants(line.origin);
  append_constants(constant, taken, out);
  if (!constant.sequence_name.empty()) {
    out += constant.sequence_name;
    append_json_uint(
        out, line.id.sequence + (line.origin->sequence_counts_bytes ? record.offset_in_line : 0));
    out += ',';
  }
  if ((taken & bit(kEventId)) == 0) {
    out += "\"event.id\":\"";
    out += id.view();
    out += "\",";
  }
  if (!record.json.empty()) {
    out += record.json;
    out += ',';
  }
  append_fields(out, record.fields);
  append_body(out, "requestObject", record.request, options_.body_max_bytes);
  append_body(out, "responseObject", record.response, options_.body_max_bytes);
  if ((taken & bit(kTags)) == 0) {
    append_tags(out, record);
  }
  out.back() = '}';  // every member ended with a comma, and there is at least @timestamp
}

}  // namespace auditship::event
