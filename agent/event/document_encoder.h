// DocumentEncoder writes a Record as a document: one line of JSON, without its newline.
//
//   DocumentEncoder encoder(options);
//   encoder.append(record, line, id, now_ns, body);
//
// The document: _id where nothing beside it carries the id, @timestamp, the common members (cluster.name
// node.name, those of the record's origin such as log.file.path, agent.version, and agent.rules.hash where there
// are filter rules), the origin's sequence member such as log.offset, then record.json, record.fields, the
// bodies and tags. All names that we add are dotted. Lean documents have the stored fields only; full
// ones have aliases and copied fields, too (event::FieldRole). Neither record.json nor record.fields may name any of
// those common members, orchestrator.cluster.name or tags: no key is written twice. Bodies become JSON text. One that is cut
// gets NAME_cut (true) and NAME_length (bytes before cutting). Output is one line of valid UTF-8
// however hostile the bytes. No allocation per field. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/event/document_form.h"
#include "agent/event/document_id.h"
#include "agent/event/event.h"
#include "agent/event/position.h"

namespace auditship::event {

// Where a document's id stands.
enum class IdPlace : std::uint8_t {
  beside,  // what carries the document says it
  member,  // `_id` is the first member
};

struct EncoderOptions {
  // stream: of the ids only.
  std::string cluster, node, stream;
  bool orchestrated = false;  // of a cluster: orchestrator.cluster.name says which, as ECS has it
  std::string agent_version;
  std::string rules_hash;  // of the filter rules that let a document through; empty: there are none
  DocumentForm form = DocumentForm::lean;
  IdPlace id_place = IdPlace::beside;
  std::size_t body_max_bytes =
      256 << 10;  // of requestObject, responseObject; search breaks at 1,000,000 characters
};

// When the event was; now_ns where the record has no time of its own.
[[nodiscard]] inline std::int64_t time_of(const Record& record, std::int64_t now_ns) {
  return record.time_known ? record.time_ns : now_ns;
}

class DocumentEncoder {
 public:
  explicit DocumentEncoder(EncoderOptions options);

  // For the documents that follow. 64 hex digits, or empty.
  void set_rules_hash(std::string hash);

  // Appends the document to out. now_ns: wall clock, used where the record has no time of its own.
  void append(const Record& record, const RawLine& line, const DocId& id, std::int64_t now_ns,
              std::string& out);

 private:
  // The constant members of one source.
  struct Constants {
    // Of which source.
    std::string name;
    std::vector<std::pair<std::string, std::string>> origin;
    std::string sequence_member;
    // Each as `"name":"value",`.
    std::string all;
    // Before the sequence: `"name":`; empty: it is not shown.
    std::string sequence_name;
  };
  const Constants& constants(const RecordOrigin* origin);
  [[nodiscard]] Constants make_constants(const RecordOrigin& origin) const;

  // Sources; then begins anew.
  static constexpr std::size_t kMaxCached = 256;
  EncoderOptions options_;
  std::vector<Constants> constants_;
  std::size_t last_ = 0;
};

}  // namespace auditship::event
