#include "agent/buffer/batch_builder.h"

#include <algorithm>
#include <utility>

#include "agent/base/result.h"

namespace auditship::buffer {
namespace {

std::size_t bytes_of(const event::SourceSpan& span) {
  return span.source.size() + span.before.bytes.size() + span.after.position.bytes.size() +
         span.after.input_state.size() + span.after.state.size();
}

}  // namespace

void BatchBuilder::add_documents(std::string_view bulk_lines, std::uint32_t count,
                                 std::int64_t oldest_ns, TimePoint now) {
  if (empty()) {
    since_ = now;
  }
  last_ = now;
  packer_->append(bulk_lines);
  documents_ += count;
  if (oldest_ns != 0) {
    oldest_ns_ = oldest_ns_ == 0 ? oldest_ns : std::min(oldest_ns_, oldest_ns);
  }
}

void BatchBuilder::move(event::SourceSpan span, TimePoint now, std::size_t state_bytes) {
  if (empty()) {
    since_ = now;
  }
  last_ = now;
  const auto [known, is_new] = places_.try_emplace(span.source, Place{spans_.size(), 0});
  Place& place = known->second;
  if (!is_new) {
    event::SourceSpan& before = spans_[place.index];
    AUDITSHIP_CHECK(before.after.position == span.before, "spans of one source must join (B1)");
    span.before = std::move(before.before);
  }
  span_bytes_ -= place.bytes;
  place.bytes = bytes_of(span) + state_bytes;
  span_bytes_ += place.bytes;
  if (is_new) {
    spans_.push_back(std::move(span));
  } else {
    spans_[place.index] = std::move(span);
  }
}

TimePoint BatchBuilder::due_at() const {
  const Duration least = std::min(limits_.min_age, limits_.max_age);
  const TimePoint at = since_ + (documents_ >= kManyDocuments ? least : Duration(limits_.max_age));
  return in_a_hurry_ ? std::min(at, std::max(since_, before_ + least)) : at;
}

event::Batch BatchBuilder::close(const event::ReadLedger& ledger) {
  event::Batch batch;
  batch.spans = std::exchange(spans_, {});
  places_.clear();
  span_bytes_ = 0;
  batch.documents = std::exchange(documents_, 0);
  batch.raw_bytes = packer_->raw_bytes();
  batch.codec = packer_->codec();
  batch.framing = framing_;
  batch.body = batch.documents > 0 ? packer_->finish() : std::string();
  batch.ledger = ledger;
  batch.oldest_ns = std::exchange(oldest_ns_, 0);
  before_ = last_;
  in_a_hurry_ = false;
  return batch;
}

}  // namespace auditship::buffer
