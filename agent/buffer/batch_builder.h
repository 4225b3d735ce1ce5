// BatchBuilder gathers documents and positions and compresses as they come. Close by size, count or
// age. How old a batch gets goes by what is in it: many quiet nodes with a bulk a second each would cost a cluster more
// than all their documents, so a batch of few documents waits for more, unless one of them is in a hurry.
//
//   builder.add_documents(bulk_lines, 1, event_time, now);
//   builder.move(span);
//   if (builder.due(now)) log.append(builder.close(ledger));
//
// Holds only compressed bytes, never the batch in the clear. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/compression/codec.h"
#include "agent/base/compression/packer.h"
#include "agent/event/batch.h"

namespace auditship::buffer {

struct BatchLimits {
  std::uint64_t max_bytes = 5u << 20;  // before compression
  std::uint32_t max_documents = 10000;
  // How long a batch of BatchBuilder::kManyDocuments is open, and one of fewer. Not above max_age.
  std::chrono::milliseconds min_age{1000};
  std::chrono::milliseconds max_age{30000};
  // Whether a document in a hurry closes its batch, once in min_age.
  bool prompt = true;
};

class BatchBuilder {
 public:
  // Positions and states of sources that fill a frame. What one more source needs fits behind it
  // (kMaxMetaBytes).
  static constexpr std::size_t kFullSpanBytes = 2u << 20;
  // From here on a bulk costs a cluster little beside its documents.
  static constexpr std::uint32_t kManyDocuments = 30;

  // framing: how the sink wants items to stand in a body (sinks/framing); kept with the batch.
  BatchBuilder(Codec codec, BatchLimits limits, std::string_view framing = {})
      : packer_(std::make_unique<Packer>(codec)), limits_(limits), framing_(framing) {}

  void add_documents(std::string_view bulk_lines, std::uint32_t count, std::int64_t oldest_ns,
                     TimePoint now);
  // A document added just now is in a hurry.
  void hurry() { in_a_hurry_ = limits_.prompt; }
  // A source moved. Spans of one source must join; they are merged. state_bytes: how much its state
  // takes at the most, where the span has none yet and whoever closes the batch puts it there.
  void move(event::SourceSpan span, TimePoint now, std::size_t state_bytes = 0);

  [[nodiscard]] bool empty() const { return documents_ == 0 && spans_.empty(); }
  [[nodiscard]] bool full() const {
    return packer_->raw_bytes() >= limits_.max_bytes || documents_ >= limits_.max_documents ||
           span_bytes_ >= kFullSpanBytes;
  }
  [[nodiscard]] bool due(TimePoint now) const { return full() || (!empty() && now >= due_at()); }
  // When due() becomes true by age. Only when !empty().
  [[nodiscard]] TimePoint due_at() const;
  [[nodiscard]] std::uint32_t documents() const { return documents_; }
  [[nodiscard]] std::uint64_t raw_bytes() const { return packer_->raw_bytes(); }
  // Event time of the oldest document so far; 0: none.
  [[nodiscard]] std::int64_t oldest_ns() const { return oldest_ns_; }

  // The batch so far; the builder is empty afterwards.
  [[nodiscard]] event::Batch close(const event::ReadLedger& ledger);

 private:
  std::unique_ptr<Packer> packer_;
  BatchLimits limits_;
  std::string framing_;
  std::vector<event::SourceSpan> spans_;
  // Where the span of a source stands among them, and what it takes.
  struct Place {
    std::size_t index = 0;
    std::size_t bytes = 0;
  };
  std::unordered_map<std::string, Place> places_;
  std::size_t span_bytes_ = 0;
  std::uint32_t documents_ = 0;
  std::int64_t oldest_ns_ = 0;
  // Of this batch, the first and the last addition; of the one before, the last.
  TimePoint since_{}, last_{}, before_{};
  bool in_a_hurry_ = false;
};

}  // namespace auditship::buffer
