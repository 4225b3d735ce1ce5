#include "agent/pipeline/batch_appender.h"

#include <algorithm>
#include <utility>

namespace auditship::pipeline {

BatchAppender::BatchAppender(const RuntimeServices& services, const PipelineSettings& settings,
                             records::RecordStage& stage, BufferedDelivery& output,
                             Questions questions)
    : services_(services),
      settings_(settings),
      stage_(stage),
      output_(output),
      questions_(std::move(questions)),
      builder_(new_batch(settings)) {}

buffer::BatchBuilder BatchAppender::new_batch(const PipelineSettings& settings) {
  return {settings.codec, settings.batch, settings.delivery.framing->name()};
}

void BatchAppender::pack(TimePoint now) {
  const records::EncodedDocuments& encoded = stage_.encoded();
  if (encoded.count > 0) {
    builder_.add_documents(encoded.bulk, encoded.count, encoded.oldest_ns, now);
    raw_bytes_ += encoded.bulk.size();
    if (encoded.in_a_hurry) {
      builder_.hurry();
    }
  }
  stage_.clear_encoded();
}

void BatchAppender::move(event::SourceSpan span, TimePoint now, std::size_t state_bytes) {
  builder_.move(std::move(span), now, state_bytes);
}

Status BatchAppender::close(buffer::Capacity capacity) {
  AUDITSHIP_CHECK(stage_.ledger().balanced(),
                  "lines + salvaged = filtered + sampled out + documents");
  pending_ = builder_.close(stage_.ledger());
  // Once a frame and not once a read, as a state can be long. No source was read since it moved, so
  // the state is that of the position (B1).
  for (event::SourceSpan& span : pending_->spans) {
    if (auto state = questions_.state_of(span.source)) {
      span.after.state = std::move(*state);
    }
  }
  packed_bytes_ += pending_->body.size();
  return append_pending(capacity);
}

Status BatchAppender::append_all(buffer::Capacity capacity) {
  if (pending_) {
    return append_pending(capacity);
  }
  return builder_.empty() ? Status() : close(capacity);
}

Status BatchAppender::append_due(TimePoint now, BatchEnd end) {
  if (pending_ || builder_.due(now) || end == BatchEnd::at_once) {
    return append_all();
  }
  return {};
}

Status BatchAppender::append_pending(buffer::Capacity capacity) {
  auto id = output_.log().append(*pending_, capacity);
  if (id) {
    pending_.reset();
    return {};
  }
  if (id.error().code == Errc::no_space) {
    set_full(true);
    return {};
  }
  return id.error();
}

void BatchAppender::discard() {
  pending_.reset();
  builder_ = new_batch(settings_);
}

// An empty buffer takes a batch of any size: else one that is larger than the limit waited for ever.
bool BatchAppender::has_room() const {
  const buffer::SegmentLog& log = output_.log();
  const std::uint64_t reserve = std::min(settings_.batch.max_bytes, log.max_bytes() / 4);
  return log.bytes() + reserve < log.max_bytes() || log.last() == output_.delivery().ack().settled;
}

void BatchAppender::update_full() { set_full(!has_room()); }

void BatchAppender::set_full(bool full) {
  if (full == full_) {
    return;
  }
  full_ = full;
  full_since_ns_ = full ? services_.clock.wall_ns() : 0;
  if (full) {
    services_.log.warn("buffer-full",
                       "the buffer has no room; reading stops until documents are delivered, the "
                       "log files keep what comes",
                       {{"stream", settings_.name},
                        {"bytes", output_.log().bytes()},
                        {"limit", output_.log().max_bytes()},
                        {"unread", questions_.unread_bytes()}});
  } else {
    services_.log.info("buffer-room", "the buffer has room again; reading goes on",
                       {{"stream", settings_.name}});
  }
}

void BatchAppender::refresh_limit() {
  if (!settings_.buffer_max_percent) {
    return;
  }
  buffer::SegmentLog& log = output_.log();
  if (auto free = services_.fs.free_bytes(settings_.buffer.directory)) {
    log.set_max_bytes((*free + log.bytes()) / 100 * *settings_.buffer_max_percent);
  }
}

void BatchAppender::measure(TimePoint now) {
  refresh_limit();
  fill_rate_.add(now, output_.log().bytes());
}

std::int64_t BatchAppender::oldest_ns() const {
  const std::int64_t open = builder_.oldest_ns();
  if (!pending_ || pending_->oldest_ns == 0) {
    return open;
  }
  return open == 0 ? pending_->oldest_ns : std::min(pending_->oldest_ns, open);
}

void BatchAppender::add_to(PipelineStats& stats) const {
  stats.raw_bytes = raw_bytes_;
  stats.packed_bytes = packed_bytes_;
  stats.full = full_;
  stats.full_since_ns = full_since_ns_;
  if (output_.is_open()) {
    stats.buffer_full_seconds = full_ ? 0.0 : fill_rate_.seconds_until(output_.log().max_bytes());
  }
}

}  // namespace auditship::pipeline
