// The part of a Stream that puts on record which filter rules are in force. See
// docs/architecture.md, "Rules on record".
#include "agent/base/binary_io.h"
#include "agent/base/json_writer.h"
#include "agent/pipeline/pipeline.h"

namespace auditship::pipeline {

std::uint64_t rule_change_number(const event::Cursor& position) {
  WireReader in(position.bytes);
  return position.empty() ? 0 : in.u64();
}

void Stream::set_rules(filter::RuleSet rules) {
  rules_ = std::move(rules);
  encoder_.set_rules_hash(rules_.hash_text());
  rules_recorded_ = false;
}

// The rules are a source with a line for each change, so the frame that has the document of a
// change also has the state that it leads to: neither is there without the other. The first rules
// of a buffer are a state, no change.
void Stream::record_rules(TimePoint now) {
  if (rules_recorded_ || pending_) {
    return;
  }
  if (!builder_.empty() && (!close_batch() || pending_)) {
    return;  // no room, or the disk failed: at a later step
  }
  rules_recorded_ = true;
  const auto known = log_->table().find(std::string(kRulesSource));
  event::SourceSpan span;
  span.source = kRulesSource;
  std::string before;
  if (known != log_->table().end()) {
    span.before = known->second.position;
    before = known->second.state;
  }
  const std::uint64_t change = rule_change_number(span.before);
  const std::string after = rules_.hash_text();
  if (before == after) {
    return;
  }
  Sha256 sha;
  sha.update_prefixed(kRulesSource);
  sha.update_prefixed({reinterpret_cast<const char*>(log_->id().data()), log_->id().size()});
  const event::FileKey key{sha.finish(), 0};
  put_u64(span.after.position.bytes, change + 1);
  span.after.state = after;
  if (known != log_->table().end()) {
    event::RawLine place;
    place.begin = event::SourcePos{key, change};
    place.end = event::SourcePos{key, change + 1};
    place.text = after;
    place.length = after.size();
    add_rules_document(place, before);
    pack(now);
  }
  builder_.move(std::move(span), now);
}

void Stream::add_rules_document(const event::RawLine& place, const std::string& before) {
  event::Record record;
  record.raw = place.text;
  record.time_known = true;
  record.time_ns = env_.clock.wall_ns();
  const auto name_of = [](std::string_view hash) {
    return hash.empty() ? std::string("none") : std::string(hash.substr(0, 12));
  };
  std::string count;
  append_json_uint(count, rules_.size());
  const std::string message = "filter rules of stream " + settings_.name + " changed from " +
                              name_of(before) + " to " + name_of(place.text);
  record.add("event.kind", "event");
  record.add("event.category", R"(["configuration"])", event::FieldType::literal);
  record.add("event.type", R"(["change"])", event::FieldType::literal);
  record.add("event.action", "rules-changed");
  record.add("event.outcome", "success");
  record.add("message", message);
  if (!before.empty()) {
    record.add("agent.rules.previous_hash", before);
  }
  if (!settings_.rules_file.empty()) {
    record.add("agent.rules.file", settings_.rules_file);
  }
  record.add("agent.rules.count", count, event::FieldType::literal);
  encoder_.append(record, place, ids_.of(place, record), record.time_ns, bulk_);
  ++ledger_.derived;
  count_document(record);
}

}  // namespace auditship::pipeline
