// DeadLetterWriter: the port to where documents go that the target refused for their content.
//
// Delivery settles a document only after write() returned without an error. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/result.h"
#include "agent/delivery/dead_letters/dead_letter_store.h"
#include "agent/event/batch.h"

namespace auditship::delivery::dead_letters {

// A document that the target refused for its content, as it was before any repair.
struct RejectedDocument {
  event::FrameId frame = 0;
  std::string index, id, document;
  // What the target said.
  std::uint16_t status = 0;
  std::string type, reason;
};

class DeadLetterWriter {
 public:
  DeadLetterWriter() = default;
  DeadLetterWriter(const DeadLetterWriter&) = delete;
  DeadLetterWriter& operator=(const DeadLetterWriter&) = delete;
  virtual ~DeadLetterWriter() = default;

  // Returns only when all of them are on disk. Errors: no_space, io; then none counts as written,
  // though some may be there twice after the next try.
  virtual Status write(const std::vector<RejectedDocument>& documents) = 0;
};

// Writes to a store, which it owns, with the time of the wall clock. clock must outlive it.
class DeadLetterStoreWriter final : public DeadLetterWriter {
 public:
  DeadLetterStoreWriter(std::unique_ptr<DeadLetterStore> store, const Clock& clock)
      : store_(std::move(store)), clock_(clock) {}

  Status write(const std::vector<RejectedDocument>& documents) override;

 private:
  std::unique_ptr<DeadLetterStore> store_;
  const Clock& clock_;
};

}  // namespace auditship::delivery::dead_letters
