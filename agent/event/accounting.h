// The ledger: what became of every byte and record of a stream. Kept in the buffer's frames (read
// side) and in its ack slots (delivery side), so that it survives restarts.
//
// Two sums hold at every frame boundary:
//   bytes    consumed + gaps = known size, per file (checked by the input stage)
//   records  lines + salvaged = filtered + sampled_out + documents
//            documents + derived = created + duplicate + dead_lettered + unattributed + lost
//                                    + before_added + buffered, for each destination
// Plain values, copied freely.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace auditship::event {

// Cumulative since the data directory was made. Records unless bytes are said.
struct ReadLedger {
  std::uint64_t lines = 0;        // non-empty lines read
  std::uint64_t empty_lines = 0;  // not records: nothing in them
  std::uint64_t bytes = 0;        // consumed, newlines included, in uncompressed files
  std::uint64_t salvaged = 0;     // events found behind a torn piece of the same line
  std::uint64_t filtered = 0;     // dropped by a rule
  std::uint64_t sampled_out = 0;  // dropped by a sample rule
  std::uint64_t documents = 0;    // kept, and put into a frame
  std::uint64_t derived = 0;      // documents that the agent itself made
  std::uint64_t unparsed = 0;     // of documents + filtered: lines not of the format
  std::uint64_t cut = 0;          // lines over the limit
  std::uint64_t gaps = 0;         // times that bytes vanished before they were read
  std::uint64_t gap_bytes = 0;    // how many, where that is known
  std::uint64_t reread = 0;       // of lines: read again because a frame that held them was damaged
  std::vector<std::pair<std::string, std::uint64_t>> by_rule;  // filtered, per rule name

  [[nodiscard]] bool balanced() const {
    return lines + salvaged == filtered + sampled_out + documents;
  }
};

struct DeliveryLedger {
  std::uint64_t created = 0;        // the server made the document now
  std::uint64_t duplicate = 0;      // it already had it (409)
  std::uint64_t dead_lettered = 0;  // refused for its content; lies synced in the dead-letter file
  std::uint64_t unattributed = 0;   // settled, but both slots that said how were damaged
  std::uint64_t lost = 0;  // in frames damaged before they were settled; their lines are read again
  // In frames that were gone before the stream got this destination: never meant for it.
  std::uint64_t before_added = 0;

  [[nodiscard]] std::uint64_t settled() const {
    return created + duplicate + dead_lettered + unattributed;
  }
  // What of all documents ever put into frames is done with.
  [[nodiscard]] std::uint64_t accounted() const { return settled() + lost + before_added; }
};

}  // namespace auditship::event
