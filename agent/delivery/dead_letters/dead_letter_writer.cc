#include "agent/delivery/dead_letters/dead_letter_writer.h"

namespace auditship::delivery::dead_letters {

Status DeadLetterStoreWriter::write(const std::vector<RejectedDocument>& documents) {
  std::vector<DeadLetterEntry> entries;
  entries.reserve(documents.size());
  const std::int64_t now = clock_.wall_ns();
  for (const RejectedDocument& rejected : documents) {
    entries.push_back(DeadLetterEntry{rejected.document, rejected.index, rejected.id,
                                      rejected.status, rejected.type, rejected.reason, now, now});
  }
  return store_->add(entries);
}

}  // namespace auditship::delivery::dead_letters
