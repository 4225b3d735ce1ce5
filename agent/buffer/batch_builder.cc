#include "agent/buffer/batch_builder.h"

#include <algorithm>
#include <utility>

#include "agent/base/result.h"

namespace auditship::buffer {

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
  state_bytes_ += span.after.state.size();
  for (event::SourceSpan& known : spans_) {
    if (known.source == span.source) {
      AUDITSHIP_CHECK(known.after.pos == span.before, "spans of one source must join (B1)");
      state_bytes_ -= known.after.state.size();
      auto finished = std::move(known.after.finished);
      finished.insert(finished.end(), span.after.finished.begin(), span.after.finished.end());
      known.after = std::move(span.after);
      known.after.finished = std::move(finished);
      return;
    }
  }
  spans_.push_back(std::move(span));
}

event::Batch BatchBuilder::close(const event::ReadLedger& ledger) {
  event::Batch batch;
  batch.spans = std::exchange(spans_, {});
  state_bytes_ = 0;
  batch.documents = std::exchange(documents_, 0);
  batch.raw_bytes = packer_->raw_bytes();
  batch.codec = packer_->codec();
  batch.body = batch.documents > 0 ? packer_->finish() : std::string();
  batch.ledger = ledger;
  batch.oldest_ns = std::exchange(oldest_ns_, 0);
  return batch;
}

}  // namespace auditship::buffer
