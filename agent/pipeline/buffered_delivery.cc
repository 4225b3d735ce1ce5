#include "agent/pipeline/buffered_delivery.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace auditship::pipeline {
namespace {

constexpr std::chrono::milliseconds kReopenFirst{500};
constexpr std::uint32_t kMostDoublings = 6;

}  // namespace

BufferedDelivery::BufferedDelivery(const RuntimeServices& services,
                                   const PipelineSettings& settings, MakeSink make_sink,
                                   delivery::dead_letters::DeadLetterWriter& dead_letters,
                                   delivery::Repair repair)
    : services_(services),
      settings_(settings),
      make_sink_(std::move(make_sink)),
      dead_letters_(dead_letters),
      repair_(std::move(repair)) {}

Status BufferedDelivery::open() {
  auto log = buffer::SegmentLog::open(services_.fs, services_.log, settings_.buffer);
  if (!log) {
    return log.error();
  }
  if (auto s = prepare_sink((*log)->id()); !s) {
    return s;
  }
  log_ = std::move(*log);
  problem_.clear();
  delivery_ = std::make_unique<delivery::Delivery>(*log_, *sink_, dead_letters_, repair_,
                                                   services_.clock, services_.rng, services_.log,
                                                   services_.wake, settings_.delivery);
  if (auto s = delivery_->prepare(); !s) {
    delivery_.reset();
    log_.reset();
    problem_ = s.error().message;
    return s;
  }
  return {};
}

Status BufferedDelivery::prepare_sink(const buffer::BufferId& buffer) {
  if (sink_ && sink_buffer_ == buffer) {
    return {};
  }
  auto sink = make_sink_(buffer);
  if (!sink) {
    return sink.error();
  }
  if (sink_) {
    old_sinks_.push_back(std::move(sink_));
  }
  sink_ = std::move(*sink);
  sink_buffer_ = buffer;
  return {};
}

void BufferedDelivery::close(const Error& why, TimePoint now) {
  services_.log.error("stream-reopen", "the buffer failed; it is closed and recovered",
                      {{"stream", settings_.name}, {"error", why.message}});
  delivery_.reset();
  log_.reset();
  problem_ = why.message;
  reopen_failures_ = std::min(reopen_failures_ + 1, kMostDoublings);
  reopen_at_ = now + kReopenFirst * (1u << reopen_failures_);
}

buffer::SegmentLog& BufferedDelivery::log() const {
  AUDITSHIP_CHECK(log_ != nullptr, "the buffer is used only while it is open");
  return *log_;
}

delivery::Delivery& BufferedDelivery::delivery() const {
  AUDITSHIP_CHECK(delivery_ != nullptr, "delivery is used only while the buffer is open");
  return *delivery_;
}

void BufferedDelivery::add_to(PipelineStats& stats) const {
  stats.problem = problem_;
  stats.open = is_open();
  if (!stats.open) {
    return;
  }
  stats.delivered = delivery_->ack().ledger;
  stats.lost_documents = stats.delivered.lost;
  stats.delivery = delivery_->stats();
  stats.damage = log_->damage();
  stats.buffered_bytes = log_->bytes();
  stats.buffer_max_bytes = log_->max_bytes();
  stats.batches = log_->last();
  stats.settled_batches = delivery_->ack().settled;
}

}  // namespace auditship::pipeline
