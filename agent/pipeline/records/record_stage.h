// RecordStage makes documents of lines: parse, derive, filter, encode, and count each record in the
// ledger.
//
//   stage.add(line, {*parser, deriver, now_ns, recent});   // for each line of a read
//   …put stage.encoded() into a batch…  stage.clear_encoded();
//
// Promises: each record of a line ends in exactly one place of the ledger; what is derived is never
// filtered; nothing is allocated for a record once the reused buffers have grown. The encoded
// documents lie in memory in the clear until they are taken: take them every few hundred kilobytes.
// Knows nothing of files and of the buffer. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agent/event/accounting.h"
#include "agent/event/document_encoder.h"
#include "agent/event/document_id.h"
#include "agent/event/event.h"
#include "agent/event/position.h"
#include "agent/filter/rule_set.h"
#include "agent/pipeline/records/input_counts.h"
#include "agent/pipeline/records/recent_events.h"
#include "agent/pipeline/records/unparsed_watch.h"
#include "parsers/deriver.h"
#include "parsers/parser.h"
#include "sinks/framing/item_framing.h"

namespace auditship::pipeline::records {

// Bulk lines of documents that are in no batch yet.
struct EncodedDocuments {
  std::string bulk;
  std::uint32_t count = 0;
  // Event time of the oldest of them; 0: none has a time.
  std::int64_t oldest_ns = 0;
  // Somebody waits for one of them: a login, or what a guard covers.
  bool in_a_hurry = false;
};

// What goes with a line. All of it is borrowed for the call.
struct LineContext {
  parsers::Parser& parser;
  // Of the same source; null: nothing is derived.
  parsers::Deriver* deriver = nullptr;
  // Wall clock at reading.
  std::int64_t now_ns = 0;
  // Where kept records are shown to people; null: nowhere.
  RecentEvents* recent = nullptr;
};

class RecordStage {
 public:
  RecordStage(const event::EncoderOptions& encoder,
              std::shared_ptr<const sinks::framing::ItemFraming> framing, filter::RuleSet rules);

  // For the lines that follow; their documents carry the hash of these rules.
  void set_rules(filter::RuleSet rules);
  [[nodiscard]] const filter::RuleSet& rules() const { return rules_; }

  // Makes documents of the line's records and counts them.
  void add(const event::RawLine& line, const LineContext& context);
  // A document that the agent makes about itself, as if it stood at this place of its source.
  void add_own(const event::Record& record, const event::RawLine& place);

  [[nodiscard]] const EncodedDocuments& encoded() const { return encoded_; }
  // They are in a batch now.
  void clear_encoded();

  // With everything up to the last line, also what is still encoded().
  [[nodiscard]] const event::ReadLedger& ledger() const { return ledger_; }
  // Sets the ledger to what the buffer has: lines that are in no frame are read again.
  void restore_ledger(const event::ReadLedger& ledger) { ledger_ = ledger; }
  void count_input(const InputCounts& counts);
  // The last line was read again because a frame that held it was damaged.
  void count_reread() { ++ledger_.reread; }
  // Records of this run that are of the format, but of no known form.
  [[nodiscard]] std::uint64_t unknown() const { return unknown_; }
  // Of records that are not of the format.
  [[nodiscard]] UnparsedWatch& unparsed() { return unparsed_; }
  [[nodiscard]] const UnparsedWatch& unparsed() const { return unparsed_; }

 private:
  void encode(const event::Record& record, const event::RawLine& line, const event::DocId& id,
              std::int64_t now_ns);
  void add_derived(const event::RawLine& line, std::int64_t now_ns);
  void count_form(const event::Record& record);
  void count_document(const event::Record& record);
  void count_dropped(const filter::FilterDecision& decision);

  // Owners: this and the settings of the stream.
  std::shared_ptr<const sinks::framing::ItemFraming> framing_;
  filter::RuleSet rules_;
  event::DocIds ids_;
  event::DocumentEncoder encoder_;
  event::ReadLedger ledger_;
  std::uint64_t unknown_ = 0;
  UnparsedWatch unparsed_;
  // Reused from line to line.
  event::Records records_;
  parsers::DerivedRecords derived_;
  EncodedDocuments encoded_;
};

}  // namespace auditship::pipeline::records
