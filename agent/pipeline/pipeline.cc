#include "agent/pipeline/pipeline.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace auditship::pipeline {
namespace {

// Between two looks whether a full buffer has room again. Delivery wakes us before.
constexpr std::chrono::milliseconds kFullPollEvery{500};

}  // namespace

Pipeline::Pipeline(RuntimeServices services, PipelineSettings settings,
                   std::unique_ptr<input::SourceDiscovery> input, filter::RuleSet rules,
                   MakeParser make_parser, MakeSink make_sink,
                   delivery::dead_letters::DeadLetterWriter& dead_letters, delivery::Repair repair)
    : services_(std::move(services)),
      settings_(std::move(settings)),
      input_(std::move(input)),
      stage_(settings_.encoder, settings_.delivery.framing, std::move(rules)),
      reader_(services_, settings_, *input_, make_parser),
      output_(services_, settings_, std::move(make_sink), dead_letters, std::move(repair)),
      appender_(services_, settings_, stage_, output_,
                {[this] { return reader_.unread_bytes(); },
                 [this](const std::string& source) { return reader_.state_of(source); }}),
      reread_(services_, settings_, *input_, std::move(make_parser), reader_, stage_, appender_,
              output_),
      recorder_(services_, settings_, stage_, appender_, output_),
      looks_(services_.clock) {}

Status Pipeline::open() {
  if (output_.is_open()) {
    return {};
  }
  if (auto s = output_.open(); !s) {
    return s;
  }
  stage_.restore_ledger(output_.log().ledger());
  appender_.refresh_limit();
  return reread_.doubt_unreadable_positions();
}

TimePoint Pipeline::step(TimePoint now) {
  if (!output_.is_open()) {
    if (now < output_.reopen_at()) {
      return output_.reopen_at();
    }
    if (auto s = open(); !s) {
      close(s.error(), now);
      return output_.reopen_at();
    }
  }
  bool more = false;
  if (reading_) {
    recorder_.record(now);
    if (reader_.rescan_due(now)) {
      appender_.measure(now);
      reader_.rescan(now, output_.log().table());
    }
    more = read_some(now);
  }
  stage_.unparsed().step(now, stage_.ledger().lines, stage_.ledger().unparsed, services_.log,
                         settings_.name);
  Status status = put_into_buffer(now);
  Result<TimePoint> next = now;
  if (status) {
    next = output_.delivery().step(now);
    status = next ? Status() : Status(next.error());
  }
  if (!status) {
    close(status.error(), now);
    return output_.reopen_at();
  }
  output_.succeeded();
  return more ? now : next_step(*next, now);
}

TimePoint Pipeline::next_step(TimePoint delivery_next, TimePoint now) const {
  TimePoint at = delivery_next;
  if (appender_.waiting() || appender_.full()) {
    at = std::min<TimePoint>(at, now + kFullPollEvery);
  } else if (reading_) {
    at = std::min(at, std::max(reader_.poll_at(), now));
  }
  return appender_.empty() ? at : std::min(at, appender_.due_at());
}

// The disk failed us: forget all that is not on it, and recover from it later.
void Pipeline::close(const Error& why, TimePoint now) {
  output_.close(why, now);
  reader_.forget();
  appender_.discard();
  reread_.reset();
  recorder_.rules_changed();
}

// Puts into the buffer what is due, and makes it durable.
Status Pipeline::put_into_buffer(TimePoint now) {
  const bool nothing_more = !reading_ || (settings_.once && reader_.at_end());
  Status status = appender_.append_due(now, nothing_more ? BatchEnd::at_once : BatchEnd::when_due);
  if (status) {
    status = reread_.step(now);
  }
  return status ? output_.log().sync() : status;
}

// Reads from each source in turn until nothing is new or the step has done enough. True: call again
// at once.
bool Pipeline::read_some(TimePoint now) {
  if (!reader_.poll_due(now)) {
    return false;
  }
  std::size_t done = 0;
  while (done < kStepBytes) {
    if (!appender_.waiting()) {
      appender_.update_full();
    }
    if (appender_.waiting() || appender_.full()) {
      look_around();
      return false;  // B6; delivery wakes us
    }
    bool any = false;
    for (std::size_t i = 0; i < reader_.size() && !appender_.waiting(); ++i) {
      any = read_source(reader_.next_in_turn(), now) || any;
      if (appender_.batch_is_full() && !appender_.close()) {
        return true;  // step() sees the broken log at its sync
      }
      done += SourceReader::kReadBytes;
    }
    if (!any) {
      reader_.nothing_new(now);
      return false;
    }
    reader_.found_news();
  }
  return true;
}

// Reading waits, rotation does not: what is new is taken hold of, and what vanished is counted.
void Pipeline::look_around() {
  if (!looks_.begin(reader_.size())) {
    return;
  }
  while (looks_.next()) {
    SourceReader::Source& source = reader_.next_in_turn();
    source.log->look_around();
    stage_.count_input(SourceReader::take_counts(source));
  }
}

// One read of one source: its lines go through the stage into the batch, and to the compressor
// while they are still in the processor's cache. True: there may be more.
bool Pipeline::read_source(SourceReader::Source& source, TimePoint now) {
  const std::vector<event::RawLine>* lines = reader_.read(source);
  if (lines == nullptr) {
    return false;
  }
  records::LineContext context{*source.parser, source.deriver.get(), services_.clock.wall_ns(),
                               nullptr};
  std::size_t behind = lines->size();
  for (const event::RawLine& line : *lines) {
    context.recent = recent_events_.wants(--behind, now) ? &recent_events_ : nullptr;
    stage_.add(line, context);
    if (stage_.encoded().bulk.size() >= kPackBytes) {
      appender_.pack(now);
    }
  }
  appender_.pack(now);
  stage_.count_input(SourceReader::take_counts(source));
  std::optional<event::SourceSpan> span = SourceReader::take_span(source);
  if (!span) {
    AUDITSHIP_CHECK(lines->empty(), "a line read moves its source");
    return false;
  }
  appender_.move(std::move(*span), now, source.deriver ? source.deriver->state_bytes() : 0);
  return true;
}

void Pipeline::set_rules(filter::RuleSet rules) {
  stage_.set_rules(std::move(rules));
  recorder_.rules_changed();
}

void Pipeline::flush() {
  if (!output_.is_open()) {
    return;
  }
  Status status = appender_.append_all();
  if (status) {
    status = output_.log().sync();
  }
  if (status) {
    status = output_.delivery().flush();
  }
  if (!status) {
    services_.log.error(
        "stream-flush",
        "the last batch could not be saved; its lines are read again at the next start",
        {{"stream", settings_.name}, {"error", status.error().message}});
  }
}

bool Pipeline::delivered() const {
  return output_.is_open() && appender_.empty() && !appender_.waiting() &&
         output_.delivery().idle();
}

PipelineStats Pipeline::stats() const {
  PipelineStats stats;
  stats.read = stage_.ledger();
  stats.unknown = stage_.unknown();
  stats.unparsed_share = stage_.unparsed().share();
  stats.unparsed_example = stage_.unparsed().example();
  reader_.add_to(stats);
  appender_.add_to(stats);
  output_.add_to(stats);
  if (stats.open) {
    const std::uint64_t made = stats.read.documents + stats.read.derived;
    const std::uint64_t gone = stats.delivered.accounted();
    stats.buffered_documents = made > gone ? made - gone : 0;
  }
  measure_lag(stats);
  return stats;
}

PipelineStats Pipeline::survey(std::vector<SourceStatus>& logs) {
  PipelineStats stats = this->stats();
  reader_.survey(logs, stats);
  measure_lag(stats);
  return stats;
}

// What is not read yet was written after the reader was at the end of all files last; what is read
// and not settled is as old as its oldest document.
void Pipeline::measure_lag(PipelineStats& stats) const {
  std::int64_t since = appender_.oldest_ns();
  std::uint64_t settled = 0;
  if (stats.open) {
    const delivery::Delivery& delivery = output_.delivery();
    settled = delivery.settled_log_bytes();
    if (const std::int64_t other = delivery.oldest_ns(); other != 0) {
      since = since == 0 ? other : std::min(since, other);
    }
  }
  const std::uint64_t unsettled =
      stats.open && stats.read.bytes > settled ? stats.read.bytes - settled : 0;
  stats.lag_bytes = stats.unread_bytes + unsettled;
  const std::int64_t at_end = reader_.at_end_ns();
  if (stats.unread_bytes > stats.waiting_bytes && at_end != 0 && (since == 0 || at_end < since)) {
    since = at_end;
  }
  const std::int64_t now = services_.clock.wall_ns();
  stats.lag_seconds = since != 0 && now > since ? static_cast<double>(now - since) / 1e9 : 0;
}

}  // namespace auditship::pipeline
