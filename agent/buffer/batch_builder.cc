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
  packer_->append(bulk_lines);
  documents_ += count;
  if (oldest_ns != 0) {
    oldest_ns_ = oldest_ns_ == 0 ? oldest_ns : std::min(oldest_ns_, oldest_ns);
  }
}

void BatchBuilder::move(event::SourceSpan span, TimePoint now) {
  if (empty()) {
    since_ = now;
  }
  span_bytes_ += bytes_of(span);
  for (event::SourceSpan& known : spans_) {
    if (known.source == span.source) {
      AUDITSHIP_CHECK(known.after.position == span.before, "spans of one source must join (B1)");
      span_bytes_ -= bytes_of(known);
      span_bytes_ += known.before.bytes.size();
      span_bytes_ -= span.before.bytes.size();
      known.after = std::move(span.after);
      return;
    }
  }
  spans_.push_back(std::move(span));
}

event::Batch BatchBuilder::close(const event::ReadLedger& ledger) {
  event::Batch batch;
  batch.spans = std::exchange(spans_, {});
  span_bytes_ = 0;
  batch.documents = std::exchange(documents_, 0);
  batch.raw_bytes = packer_->raw_bytes();
  batch.codec = packer_->codec();
  batch.framing = framing_;
  batch.body = batch.documents > 0 ? packer_->finish() : std::string();
  batch.ledger = ledger;
  batch.oldest_ns = std::exchange(oldest_ns_, 0);
  return batch;
}

}  // namespace auditship::buffer
