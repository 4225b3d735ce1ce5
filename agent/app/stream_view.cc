// What a Stream tells of itself.
#include <algorithm>

#include "agent/app/stream.h"

namespace auditship {

StreamView Stream::view() const {
  StreamView v;
  v.read = ledger_;
  v.sources = sources_.size();
  for (const auto& [name, source] : sources_) {
    const TailStats& stats = source.tail->stats();
    v.unread_bytes += stats.unread_bytes;
    v.waiting_bytes += stats.unterminated_bytes;
    v.left_out_files += stats.left_out_files;
    v.left_out_bytes += stats.left_out_bytes;
    v.present += stats.present ? 1 : 0;
    v.failing += source.failing ? 1 : 0;
  }
  v.raw_bytes = raw_bytes_;
  v.packed_bytes = packed_bytes_;
  v.full = full_;
  v.full_since_ns = full_since_ns_;
  if (log_) {
    v.open = true;
    v.delivered = delivery_->ack().ledger;
    v.lost_documents = v.delivered.lost;
    v.delivery = delivery_->stats();
    v.damage = log_->damage();
    v.buffered_bytes = log_->bytes();
    v.buffer_max_bytes = log_->max_bytes();
    const std::uint64_t made = ledger_.documents + ledger_.derived;
    const std::uint64_t gone = v.delivered.accounted();
    v.buffered_documents = made > gone ? made - gone : 0;
  }
  return v;
}

}  // namespace auditship
