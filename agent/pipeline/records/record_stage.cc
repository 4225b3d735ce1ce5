#include "agent/pipeline/records/record_stage.h"

#include <optional>
#include <string_view>
#include <utility>

#include "agent/base/result.h"

namespace auditship::pipeline::records {
namespace {

// More memory than this is not kept after a giant line.
constexpr std::size_t kKeptBulkBytes = 2 * 1024 * 1024;

// A document says its id where nothing beside it does.
event::EncoderOptions framed(event::EncoderOptions encoder,
                             const sinks::framing::ItemFraming* framing) {
  AUDITSHIP_CHECK(framing != nullptr, "the settings say how items are framed");
  encoder.id_place = framing->head_has_id() ? event::IdPlace::beside : event::IdPlace::member;
  return encoder;
}

}  // namespace

RecordStage::RecordStage(const event::EncoderOptions& encoder,
                         std::shared_ptr<const sinks::framing::ItemFraming> framing,
                         filter::RuleSet rules)
    : framing_(std::move(framing)),
      rules_(std::move(rules)),
      encoder_(framed(encoder, framing_.get())) {
  encoder_.set_rules_hash(rules_.hash_text());
}

void RecordStage::set_rules(filter::RuleSet rules) {
  rules_ = std::move(rules);
  encoder_.set_rules_hash(rules_.hash_text());
}

void RecordStage::add(const event::RawLine& line, const LineContext& context) {
  context.parser.parse(line, context.now_ns, records_);
  AUDITSHIP_CHECK(records_.size() > 0, "a parser makes at least one record of a line");
  ++ledger_.lines;
  ledger_.salvaged += records_.size() - 1;
  ledger_.cut += line.cut ? 1 : 0;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    event::Record& record = records_[i];
    count_form(record);
    std::optional<event::DocId> id;
    if (context.deriver != nullptr && context.deriver->applies_to(record)) {
      id = ids_.of(line, record);
      context.deriver->observe(record, id->view(), derived_);
    }
    const filter::FilterDecision decision = rules_.apply(record);
    if (decision.action == filter::Action::drop) {
      count_dropped(decision);
    } else {
      encode(record, line, id ? *id : ids_.of(line, record), context.now_ns);
      ++ledger_.documents;
      count_document(record);
      encoded_.in_a_hurry |= record.in_a_hurry || !decision.guard.empty();
      if (context.recent != nullptr) {
        context.recent->add(record, context.now_ns);
      }
    }
    add_derived(line, context.now_ns);
  }
}

void RecordStage::add_own(const event::Record& record, const event::RawLine& place) {
  encode(record, place, ids_.of(place, record), record.time_ns);
  ++ledger_.derived;
  count_document(record);
}

// Behind those that wait for the batch, framed as the sink wants items.
void RecordStage::encode(const event::Record& record, const event::RawLine& line,
                         const event::DocId& id, std::int64_t now_ns) {
  framing_->begin_item({id.view(), {}, event::time_of(record, now_ns)}, encoded_.bulk);
  encoder_.append(record, line, id, now_ns, encoded_.bulk);
  sinks::framing::ItemFraming::end_item(encoded_.bulk);
}

void RecordStage::clear_encoded() {
  if (encoded_.bulk.capacity() > kKeptBulkBytes) {
    encoded_.bulk = std::string();
  }
  encoded_.bulk.clear();
  encoded_.count = 0;
  encoded_.oldest_ns = 0;
  encoded_.in_a_hurry = false;
}

void RecordStage::count_input(const InputCounts& counts) {
  ledger_.bytes += counts.bytes;
  ledger_.empty_lines += counts.empty_lines;
  ledger_.gaps += counts.gaps;
  ledger_.gap_bytes += counts.gap_bytes;
}

// Whatever was derived from the record before: never filtered.
void RecordStage::add_derived(const event::RawLine& line, std::int64_t now_ns) {
  for (std::size_t i = 0; i < derived_.size(); ++i) {
    parsers::DerivedRecords::Item& item = derived_[i];
    // It stands where the record stands that it is about.
    event::RawLine place = line;
    place.id.sequence = event::sequence_of(item.origin);
    encode(item.record, place, ids_.derived(item.label, item.origin), now_ns);
    ++ledger_.derived;
    count_document(item.record);
  }
  derived_.clear();
}

void RecordStage::count_form(const event::Record& record) {
  if (record.kind == event::RecordKind::unparsed) {
    ++ledger_.unparsed;
    unparsed_.note(record);
  } else if (!record.kube.present && record.field("event.action").empty()) {
    ++unknown_;
  }
}

void RecordStage::count_document(const event::Record& record) {
  ++encoded_.count;
  if (record.time_known && (encoded_.oldest_ns == 0 || record.time_ns < encoded_.oldest_ns)) {
    encoded_.oldest_ns = record.time_ns;
  }
}

void RecordStage::count_dropped(const filter::FilterDecision& decision) {
  if (decision.why == filter::Why::sampled_out) {
    ++ledger_.sampled_out;
  } else {
    ++ledger_.filtered;
  }
  const std::string_view rule =
      decision.rule.empty() ? filter::why_name(decision.why) : decision.rule;
  for (auto& [name, hits] : ledger_.by_rule) {
    if (name == rule) {
      ++hits;
      return;
    }
  }
  ledger_.by_rule.emplace_back(rule, 1);
}

}  // namespace auditship::pipeline::records
