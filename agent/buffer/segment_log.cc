#include "agent/buffer/segment_log.h"

#include <algorithm>
#include <utility>

namespace auditship::buffer {

Result<std::unique_ptr<SegmentLog>> SegmentLog::open(Fs& fs, Logger& log,
                                                     SegmentLogOptions options) {
  auto recovered = recover(fs, log, options);
  if (!recovered) {
    return recovered.error();
  }
  return std::unique_ptr<SegmentLog>(new SegmentLog(std::move(options), std::move(*recovered)));
}

SegmentLog::SegmentLog(SegmentLogOptions options, Recovered recovered)
    : max_bytes_(options.max_bytes),
      destinations_(std::move(options.destinations)),
      lock_(std::move(recovered.lock)),
      ack_(std::move(recovered.ack)),
      writer_(std::move(recovered.writer)),
      readers_(std::move(recovered.readers)),
      recovery_damage_(recovered.damage) {}

Result<event::FrameId> SegmentLog::append(const event::Batch& batch, Capacity capacity) {
  if (writer_->broken()) {
    return Error{Errc::io, "the buffer failed before"};
  }
  AUDITSHIP_CHECK(joins(table(), batch), "a batch must begin where its sources stand (B1)");
  const std::string front = encode_frame_front(last() + 1, batch);
  if (capacity == Capacity::enforced && bytes() + front.size() + batch.body.size() > max_bytes_ &&
      last() > settled()) {
    return Error{Errc::no_space, "buffer is full"};  // never refused when empty: one frame must fit
  }
  auto id = writer_->append(front, batch, settled());
  release_settled();
  return id;
}

Status SegmentLog::sync() { return writer_->sync(); }

Result<std::optional<StoredFrame>> SegmentLog::next(DestinationId destination) {
  return readers_[destination]->next();
}

const AckState& SegmentLog::ack(DestinationId destination) const {
  return ack_.states().find(destinations_[destination])->second;
}

Status SegmentLog::store(DestinationId destination, const AckState& ack) {
  AUDITSHIP_CHECK(ack.settled <= synced(), "only synced frames can be settled");
  AckStates states = ack_.states();
  states[destinations_[destination]] = ack;
  if (auto s = ack_.store(states); !s) {
    return s;
  }
  writer_->remove_settled(settled());
  release_settled();
  return {};
}

Status SegmentLog::remove_destination(std::string_view name) {
  AUDITSHIP_CHECK(
      std::find(destinations_.begin(), destinations_.end(), name) == destinations_.end(),
      "a destination in use cannot be removed");
  AckStates states = ack_.states();
  const auto known = states.find(name);
  if (known == states.end()) {
    return Error{Errc::not_found, "the buffer has no destination " + std::string(name)};
  }
  states.erase(known);
  if (auto s = ack_.store(states); !s) {
    return s;
  }
  writer_->remove_settled(settled());
  release_settled();
  return {};
}

// Lets go of segments that were removed.
void SegmentLog::release_settled() {
  for (const auto& reader : readers_) {
    reader->release_removed();
  }
}

DamageStats SegmentLog::damage() const {
  DamageStats stats{recovery_damage_};
  std::uint64_t skipped = 0;
  for (const auto& reader : readers_) {
    stats.lost_frames = std::max(stats.lost_frames, reader->damage().lost_frames);
    stats.lost_documents = std::max(stats.lost_documents, reader->damage().lost_documents);
    skipped = std::max(skipped, reader->damage().skipped_bytes);
  }
  stats.skipped_bytes += skipped;
  return stats;
}

}  // namespace auditship::buffer
