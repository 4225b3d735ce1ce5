// DocId: the _id of a document, made of the place where its record stands and of the record's bytes.
//
//   26 characters of base64url = 8 bytes of prefix ‖ 6 bytes of sequence ‖ 5 bytes of SHA-256(record)
//
// OpenSearch stores an id that is base64url as the bytes that it stands for, so an id takes 19 bytes there, of which those
// of a log's next document mostly repeat. The first bit of the prefix is cleared: no id begins with `-`, which a
// command line would take for an option, or with a byte for which OpenSearch needs one more.
//
// Prefix and sequence are the record's RecordId, which its input gives it. Of a log file:
//
//   prefix    SHA-256(cluster, node, stream, path, SHA-256(first line)[, collision index])
//   sequence  the offset in the uncompressed file
//
// path is that of the live file, as the configuration or its pattern names it and as the host sees
// it; rotated generations keep it. So an id survives rename by rotation, gzip, copy, a move into a
// container and a lost checkpoint. A log that the configuration knows under another path, or under
// another stream, has other ids: what is read again there is shipped again. Ids of one file share a
// prefix and ascend.
//
// No byte that a client can choose makes two lines share an id.
//
// Within one generation of a file the offsets differ, and they are in the id as they are: nothing in
// a line can change that. Parts salvaged from one line begin at different offsets too.
//
// Between two files of one node, or between two streams that read one file, the paths or the names
// of the streams differ. They come from the configuration, not from a line, and are hashed with
// their length before them, so no part can pose as another: the same bytes in two files never have
// one id, whatever their first lines are. The same holds for two nodes and two clusters.
//
// Between generations of one file three things must agree at once: the digest of the first line
// (63 bits), the offset, and the line's digest (40 bits). Generations that begin with the same line are
// told apart by the collision index, as far as the history of generations goes
// (input/file/rotation/generation_history.h: at least the last 64). So the line's digest decides in two cases only: a file that
// was truncated, or restored from an older copy, and is read under the key of the one before it, and
// a first line that comes again, to the byte, after more generations than that which began otherwise: then most often
// in another index, and ids guard one index.
//
// By chance two lines at one offset then agree once in 2^40. On purpose: only who may truncate or
// replace log files brings that case about, and needs no collision to hide a line. Whoever only
// causes lines to be written would have to know beforehand the offset and the line that will stand
// there, with its time stamp and process number, and search 2^40 lines for one that an earlier
// generation then has at the same byte. Fewer than 40 bits would bring chance near: an
// agent that ships 10^9 lines a day from restored files would meet one such pair in three years.
// More would cost index: these bytes are the only ones of an id that do not compress.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "agent/base/encoding/sha256.h"
#include "agent/event/event.h"
#include "agent/event/position.h"

namespace auditship::event {

struct DocId {
  static constexpr std::size_t kSize = 26;
  std::array<char, kSize> text{};

  [[nodiscard]] std::string_view view() const { return {text.data(), text.size()}; }
  bool operator==(const DocId&) const = default;
};

// Whether text is one that DocIds could have made.
[[nodiscard]] bool is_document_id(std::string_view text);
// The sequence within an id's text; 0 when it is no id.
[[nodiscard]] std::uint64_t sequence_of(std::string_view id);

// Makes ids. Not thread-safe.
class DocIds {
 public:
  // The id of one record of line: place and bytes are those of the record where it was salvaged
  // from behind a torn piece (offset_in_line > 0), else those of the whole line. Where sequences do
  // not count bytes, a salvaged record has the sequence of its line, and its offset is hashed with
  // its bytes.
  [[nodiscard]] DocId of(const RawLine& line, const Record& record);
  // The id of a document that was derived about the line whose document id is origin:
  // prefix and sequence of it, then 5 bytes of SHA-256 over label and origin, length-prefixed. Labels keep apart several documents about one line, and these from any
  // line's: the digest of the line at that place is part of what is hashed.
  [[nodiscard]] DocId derived(std::string_view label, std::string_view origin);

 private:
  Sha256 sha_;
};

}  // namespace auditship::event
