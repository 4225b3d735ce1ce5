#include "agent/delivery/settlement.h"

#include <algorithm>

namespace auditship::delivery {
namespace {

constexpr std::chrono::seconds kStoreEvery{1};

}  // namespace

Settlement::Settlement(buffer::SegmentLog& log, buffer::DestinationId destination,
                       DeliveryReporter& reporter)
    : log_(log),
      destination_(destination),
      reporter_(reporter),
      ack_(log.ack(destination)),
      settled_log_bytes_(log.last() == ack_.settled ? log.ledger().bytes : 0) {}

void Settlement::settle(const in_flight::InFlightBatch& done) {
  AUDITSHIP_CHECK(done.counts.settled() == done.documents,
                  "a settled frame accounts for each of its documents (B5)");
  ack_.settled = done.id;
  settled_log_bytes_ = std::max(settled_log_bytes_, done.log_bytes);
  ack_.ledger.created += done.counts.created;
  ack_.ledger.duplicate += done.counts.duplicate;
  ack_.ledger.dead_lettered += done.counts.dead_lettered;
  ack_.ledger.lost += done.counts.lost;
  ack_.targets.erase(done.id);
  dirty_ = true;
  check_sum(done);
}

// All documents put into frames so far are settled or lost: the ledger of the read side says how
// many those are.
void Settlement::check_sum(const in_flight::InFlightBatch& done) {
  if (done.made == 0 || done.made + off_by_ == ack_.ledger.accounted()) {
    return;
  }
  reporter_.report_unbalanced(done.id, done.made, ack_.ledger.accounted());
  off_by_ = ack_.ledger.accounted() - done.made;  // wraps as it has to
}

void Settlement::set_target(event::FrameId frame, const std::string& target) {
  ack_.targets[frame] = target;
  dirty_ = must_store_ = true;
}

void Settlement::doubt_up_to(event::FrameId last) {
  ack_.doubted = last;
  dirty_ = true;
}

void Settlement::note_bytes_before(std::uint64_t bytes) {
  settled_log_bytes_ = std::max(settled_log_bytes_, bytes);
}

bool Settlement::due(TimePoint now, bool nothing_in_flight) const {
  return (must_store_ || (dirty_ && (nothing_in_flight || now - stored_at_ >= kStoreEvery))) &&
         now >= retry_at_;
}

TimePoint Settlement::due_at() const { return std::max(stored_at_ + kStoreEvery, retry_at_); }

Status Settlement::store(TimePoint now) {
  if (auto s = log_.store(destination_, ack_); !s) {
    return s;
  }
  dirty_ = must_store_ = false;
  stored_at_ = now;
  return {};
}

Result<bool> Settlement::store_or_put_off(TimePoint now) {
  auto s = store(now);
  if (s) {
    return true;
  }
  if (s.error().code != Errc::no_space) {
    return s.error();
  }
  reporter_.report_full_disk(s.error(), now);
  retry_at_ = now + kStoreEvery;
  return false;
}

}  // namespace auditship::delivery
