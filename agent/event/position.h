// A record on its way from the input to the parser: RawLine, and where it stands in its log.
//
// How far a log was read is known to its input alone (checkpoint.h): a record has only its id, which
// no two records of one log share. So nothing is allocated for the place of a record. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/encoding/sha256.h"
#include "agent/event/record_id.h"

namespace auditship::event {

// What is known of the log that a record comes from: for parsers, and for the members of a document
// that say where it is from. Lives as long as the source does; changes only between reads.
struct RecordOrigin {
  // The name of the source. Of a log file: its path, rotated or not, as the host sees it.
  std::string name;
  // What documents say of it, in this order: {"log.file.path", …}. Parsers write no member of these
  // names.
  std::vector<std::pair<std::string, std::string>> members;
  // The member of a document that shows RecordId::sequence, "log.offset"; empty: none does.
  std::string sequence_member;
  // RecordId::sequence counts bytes: a part of a record has the sequence of its first byte.
  bool sequence_counts_bytes = false;
  // Nothing in it was written later, ns since the epoch; nullopt: it is still being written.
  std::optional<std::int64_t> written_until_ns;
};

// One record as it stands in its log; of a text log a line without its newline. What it points to
// is borrowed until the next read.
//
// A record over the limit is cut: text holds its first bytes, tail its last ones (they do not
// overlap), length its true length, and digest the SHA-256 over all of it.
struct RawLine {
  RecordId id;
  std::string_view text;
  std::string_view tail;
  // Bytes, without the newline.
  std::uint64_t length = 0;
  // Bytes that it takes in its log, with its newline.
  std::uint64_t size_in_log = 0;
  bool cut = false;
  // The last line of a file that was rotated away without a newline.
  bool unterminated = false;
  // Only when cut.
  std::optional<Digest> digest;
  // Null: nothing is known.
  const RecordOrigin* origin = nullptr;
};

}  // namespace auditship::event
