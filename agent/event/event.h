// Record: the typed view of one event between parser, filter and encoder.
//
// The parser fills it, the filter reads `attributes` and may take bodies away, the encoder writes
// it. A document is: the encoder's common members, then `json` (members copied or written by the
// parser), then `fields` as their roles say, then the bodies, so `json` and `fields` must not name a key twice. Views
// point into the RawLine or into the record's own arena: a Record is valid until the next parse.
// Reused between lines so that no field allocates. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace auditship::event {

enum class RecordKind : std::uint8_t {
  event,     // understood by the parser of its format
  unparsed,  // not of the format: shipped marked, with its raw text
};

enum class FieldType : std::uint8_t {
  string,   // escaped and repaired by the encoder
  literal,  // already JSON: number, true, false, array or object
};

// Where a field is beside in the record, which rules and summaries read (docs/fields.md). In the order in which less and less
// is written: a document holds each fact once.
enum class FieldRole : std::uint8_t {
  stored,     // in every document
  alias,      // another name of a stored fact; the mapping answers it. Full documents have it
  copied,     // collected from stored fields by the mapping. Full documents have it
  restated,   // other stored fields of this document say all of it. Full documents have it
  unwritten,  // in no document: a name by which rules find what stands under another one
};

// A member that the parser adds, with a dotted ECS name: {"event.action", "ssh-login"}.
struct Field {
  std::string_view name;  // static storage
  std::string_view value;
  FieldType type = FieldType::string;
  FieldRole role = FieldRole::stored;
};

// What rules of the audit.k8s.io Policy shape look at. Empty views mean absent (as in Kubernetes).
// Whoever sets any member sets `present`.
struct KubeAttributes {
  bool present = false;         // the record is a Kubernetes audit event
  bool has_user = false;        // false: username, groups and uid all empty (a 401)
  bool has_object_ref = false;  // a resource request
  std::string_view stage, level, audit_id;
  std::string_view
      received;  // requestReceivedTimestamp as written: the server's word, alike in all stages
  std::string_view verb, user, uid;
  std::vector<std::string_view> groups;
  std::string_view impersonated_user;
  std::string_view ns, api_group, api_version, resource, subresource, name;
  std::string_view path;  // requestURI up to '?', percent-decoded once
  std::string_view user_agent;
  std::string_view source_ip;  // the TCP peer, or the hop that trusted_proxies allows
  // Annotation authorization.k8s.io/decision; "forbid", too, where another server's decision was to refuse.
  std::string_view decision;
  std::int32_t code = 0;  // responseStatus.code, 0 = absent
  std::vector<std::pair<std::string_view, std::string_view>> annotations;  // key, unescaped value
};

// A body as the server wrote it: a raw slice of the line, any JSON. The encoder turns it into text.
struct Body {
  std::string_view raw;               // empty = absent
  std::uint64_t original_length = 0;  // bytes of the slice before anything was cut or removed
  bool cut = false;
};

class Record {
 public:
  RecordKind kind = RecordKind::event;
  std::uint64_t offset_in_line = 0;  // > 0 for an event salvaged from behind a torn piece
  std::string_view raw;              // the bytes of this record within the line
  std::int64_t time_ns = 0;          // event time, UTC, ns since the epoch
  std::string_view
      time_text;            // RFC 3339 UTC text equal to time_ns, if the line had one; else empty
  bool time_known = false;  // false: the encoder takes the read time and adds a tag
  bool in_a_hurry = false;  // somebody may be waiting for it: a login
  std::string json;         // finished members, comma-separated, no braces: "a":1,"b":{…}
  std::vector<Field> fields;
  std::vector<std::string_view> tags;  // e.g. "timestamp-unparsed", "no-header": static storage
  KubeAttributes kube;
  Body request, response;

  void clear() {
    kind = RecordKind::event;
    offset_in_line = 0;
    raw = {};
    time_ns = 0;
    time_text = {};
    time_known = false;
    in_a_hurry = false;
    json.clear();
    fields.clear();
    tags.clear();
    if (kube.present) {  // nothing is set in it otherwise
      auto groups = std::move(kube.groups);
      auto annotations = std::move(kube.annotations);
      groups.clear();
      annotations.clear();
      kube = KubeAttributes{};
      kube.groups = std::move(groups);
      kube.annotations = std::move(annotations);
    }
    request = response = Body{};
    arena_used_ = 0;
    if (!large_.empty()) {
      large_.clear();
    }
  }

  void add(std::string_view name, std::string_view value, FieldType type = FieldType::string,
           FieldRole role = FieldRole::stored) {
    Field& field = fields.emplace_back();  // in place: a copy waits for what was just written
    field.name = name;
    field.value = value;
    field.type = type;
    field.role = role;
  }

  // Text under another name than the stored one.
  void add_alias(std::string_view name, std::string_view value) {
    add(name, value, FieldType::string, FieldRole::alias);
  }

  // The value of a field added by the parser, or an empty view. Linear: for rules and tests.
  [[nodiscard]] std::string_view field(std::string_view name) const {
    for (const Field& f : fields) {
      if (f.name == name) {
        return f.value;
      }
    }
    return {};
  }

  // Copies text into the record, so that a view of it stays valid as long as the record does.
  std::string_view keep(std::string_view text) {
    char* at = room(text.size());
    text.copy(at, text.size());
    return {at, text.size()};
  }

  // As keep(), of several texts one behind the other.
  std::string_view keep_joined(std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (const std::string_view part : parts) {
      size += part.size();
    }
    char* const begin = room(size);
    char* at = begin;
    for (const std::string_view part : parts) {
      at += part.copy(at, part.size());
    }
    return {begin, size};
  }

 private:
  // Bytes that live as long as what the record holds.
  char* room(std::size_t size) {
    if (size > kArenaBytes - arena_used_) {
      return large_.emplace_back(size, '\0').data();
    }
    if (!arena_) {
      arena_ = std::make_unique<char[]>(kArenaBytes);
    }
    char* at = arena_.get() + arena_used_;
    arena_used_ += size;
    return at;
  }

  static constexpr std::size_t kArenaBytes = 16 * 1024;
  std::unique_ptr<char[]> arena_;
  std::size_t arena_used_ = 0;
  std::deque<std::string> large_;
};

// The records of one line: usually one, more where events were salvaged from a torn line.
class Records {
 public:
  void clear() { size_ = 0; }
  Record& add() {
    if (size_ == records_.size()) {
      records_.emplace_back();
    }
    Record& record = records_[size_++];
    record.clear();
    return record;
  }
  void drop_last() { --size_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  Record& operator[](std::size_t i) { return records_[i]; }
  const Record& operator[](std::size_t i) const { return records_[i]; }

 private:
  std::deque<Record> records_;
  std::size_t size_ = 0;
};

}  // namespace auditship::event
