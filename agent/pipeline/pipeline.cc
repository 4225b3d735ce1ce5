#include "agent/pipeline/pipeline.h"

#include <algorithm>

#include "agent/base/json_writer.h"

namespace auditship::pipeline {
namespace {

constexpr int kLooks = 5;  // of a run to the end, before what cannot be read is left
constexpr std::chrono::milliseconds kLookAgain{100};

}  // namespace

Stream::Stream(Env env, StreamSettings settings, filter::RuleSet rules, MakeParser make_parser,
               MakeSink make_sink, delivery::DeadLetterBox& dead_letters, delivery::Repair repair)
    : env_(std::move(env)),
      settings_(std::move(settings)),
      rules_(std::move(rules)),
      make_parser_(std::move(make_parser)),
      make_sink_(std::move(make_sink)),
      dead_letters_(dead_letters),
      repair_(std::move(repair)),
      source_set_(env_.fs, env_.log, settings_.paths),
      ids_(settings_.encoder.cluster, settings_.encoder.node),
      encoder_(settings_.encoder),
      builder_(settings_.codec, settings_.batch) {
  encoder_.set_rules_hash(rules_.hash_text());
}

Stream::~Stream() = default;

Status Stream::open() {
  if (log_) {
    return {};
  }
  auto log = buffer::SegmentLog::open(env_.fs, env_.log, settings_.buffer);
  if (!log) {
    return log.error();
  }
  if (!sink_ || sink_buffer_ != (*log)->id()) {
    auto sink = make_sink_((*log)->id());
    if (!sink) {
      return sink.error();
    }
    if (sink_) {
      old_sinks_.push_back(std::move(sink_));
    }
    sink_ = std::move(*sink);
    sink_buffer_ = (*log)->id();
  }
  log_ = std::move(*log);
  ledger_ = log_->ledger();
  problem_.clear();
  measure_limit();
  delivery_ =
      std::make_unique<delivery::Delivery>(*log_, *sink_, dead_letters_, repair_, env_.clock,
                                           env_.rng, env_.log, env_.wake, settings_.delivery);
  return doubt_unreadable_positions();
}

// A source whose position cannot be read is read from its beginning. So the ids of what comes are
// looked up before it is sent.
Status Stream::doubt_unreadable_positions() {
  const bool readable =
      std::all_of(log_->table().begin(), log_->table().end(), [](const auto& source) {
        return source.first == kRulesSource || input::file::decode_checkpoint(source.second).ok();
      });
  return readable ? Status() : delivery_->doubt_all();
}

TimePoint Stream::step(TimePoint now) {
  if (!log_) {
    if (now < reopen_at_) {
      return reopen_at_;
    }
    if (auto s = open(); !s) {
      close_all(s.error(), now);
      return reopen_at_;
    }
  }
  bool more = false;
  if (reading_) {
    record_rules(now);
    rescan(now);
    more = read_some(now);
  }
  Status status = append_all(now);
  Result<TimePoint> next = now;
  if (status) {
    next = delivery_->step(now);
    status = next ? Status() : Status(next.error());
  }
  if (!status) {
    close_all(status.error(), now);
    return reopen_at_;
  }
  reopen_failures_ = 0;
  if (more) {
    return now;
  }
  TimePoint at = *next;
  if (pending_ || full_) {
    at = std::min<TimePoint>(at, now + std::chrono::milliseconds(500));
  } else if (reading_) {
    at = std::min(at, std::max(poll_at_, now));
  }
  if (!builder_.empty()) {
    at = std::min(at, builder_.due_at());
  }
  return at;
}

// Puts into the buffer what is due, and makes it durable.
Status Stream::append_all(TimePoint now) {
  Status status;
  if (pending_) {
    status = append_pending();
  } else if (builder_.due(now) ||
             (!builder_.empty() && (!reading_ || (settings_.once && at_end_)))) {
    status = close_batch();
  }
  if (status && now >= repair_at_) {
    status = reread_lost_ranges();
    repair_at_ = now + std::chrono::seconds(1);
  }
  if (status) {
    status = end_doubt();
  }
  return status ? log_->sync() : status;
}

void Stream::rescan(TimePoint now) {
  if (now < rescan_at_) {
    return;
  }
  rescan_at_ = now + settings_.rescan_every;
  measure_limit();
  growth_.add(now, log_->bytes());
  for (const std::string& name : source_set_.scan()) {
    Source& source = sources_[name];
    if (source.tail) {
      continue;
    }
    input::file::FileSourceOptions options = settings_.tail;
    options.path = name;
    std::optional<input::file::FileCheckpoint> resume;
    if (const auto known = log_->table().find(name); known != log_->table().end()) {
      source.stored = known->second.position;
      resume = place_of(name, known->second);
      source.position = resume ? resume->pos : event::SourcePos{};
    }
    source.tail = std::make_unique<input::file::FileSource>(env_.fs, env_.clock, env_.log,
                                                            std::move(options), std::move(resume));
    source.parser = make_parser_();
    if (settings_.make_deriver) {
      source.deriver = settings_.make_deriver();
      const auto known = log_->table().find(name);
      if (known != log_->table().end() && !source.deriver->restore(known->second.state)) {
        env_.log.warn("state-dropped",
                      "what was known of sessions under way cannot be read and is forgotten",
                      {{"stream", settings_.name}, {"file", name}});
      }
    }
  }
}

// nullopt: the bytes are not of this release, so reading begins at the beginning.
std::optional<input::file::FileCheckpoint> Stream::place_of(const std::string& name,
                                                            const event::Checkpoint& stored) const {
  auto place = input::file::decode_checkpoint(stored);
  if (!place) {
    env_.log.error("position-unreadable",
                   "the stored position of a log file cannot be read; the file is read from its "
                   "beginning, and documents that are there already are left out",
                   {{"stream", settings_.name}, {"file", name}, {"error", place.error().message}});
    return std::nullopt;
  }
  return std::move(*place);
}

bool Stream::has_room() const {
  const std::uint64_t reserve = std::min(settings_.batch.max_bytes, log_->max_bytes() / 4);
  return log_->bytes() + reserve < log_->max_bytes() || log_->last() == delivery_->ack().settled;
}

// Reads from each source in turn until nothing is new or the step has done enough. True: call again
// at once.
bool Stream::read_some(TimePoint now) {
  if (now < poll_at_) {
    return false;
  }
  std::size_t done = 0;
  while (done < kStepBytes) {
    if (pending_) {
      return false;
    }
    tell_full(!has_room());
    if (full_) {
      return false;  // B6; delivery wakes us
    }
    bool any = false;
    auto at = sources_.upper_bound(last_source_);
    for (std::size_t i = 0; i < sources_.size() && !pending_; ++i, ++at) {
      if (at == sources_.end()) {
        at = sources_.begin();
      }
      any = read_source(at->first, at->second, now) || any;
      last_source_ = at->first;
      if (builder_.full() && !close_batch()) {
        return true;  // step() sees the broken log at its sync
      }
      done += kReadBytes;
    }
    if (!any) {
      wait_for_news(now);
      return false;
    }
    at_end_ = false;
    looks_ = 0;
  }
  return true;
}

void Stream::wait_for_news(TimePoint now) {
  const bool more = unread();
  if (settings_.once && more && ++looks_ < kLooks) {
    poll_at_ = now + kLookAgain;  // files are being renamed just now, or the disk failed once
    return;
  }
  at_end_ = true;
  if (!more) {
    at_end_ns_ = env_.clock.wall_ns();
  }
  poll_at_ = now + settings_.poll_every;
}

// One read of one source: its lines go through parser, filter and encoder into the batch. True:
// there may be more.
bool Stream::read_source(const std::string& name, Source& source, TimePoint now) {
  auto count = source.tail->read(lines_, kReadBytes);
  if (!count) {
    if (!source.failing) {
      env_.log.warn("input-error", "a log file cannot be read; it is tried again",
                    {{"stream", settings_.name}, {"file", name}, {"error", count.error().message}});
    }
    source.failing = true;
    return false;
  }
  source.failing = false;
  tell_present(name, source);
  const std::int64_t now_ns = env_.clock.wall_ns();
  std::size_t behind = lines_.size();
  for (const event::RawLine& line : lines_) {
    showing_ = events_.wants(--behind, now);
    take(line, source, now_ns);
    if (bulk_.size() >= kPackBytes) {
      pack(now);
    }
  }
  pack(now);
  count_moved(source);
  if (source.tail->position() == source.position) {
    AUDITSHIP_CHECK(lines_.empty(), "a line read moves its source");
    return false;
  }
  event::SourceSpan span;
  span.source = name;
  span.before = source.stored;
  span.after = input::file::encode_checkpoint(source.tail->checkpoint());
  if (source.deriver) {
    span.after.state = source.deriver->state();
  }
  source.position = source.tail->position();
  source.stored = span.after.position;
  builder_.move(std::move(span), now);
  return true;
}

// Hands the encoded documents to the compressor while they are still in the processor's cache.
void Stream::pack(TimePoint now) {
  if (bulk_documents_ > 0) {
    builder_.add_documents(bulk_, bulk_documents_, bulk_oldest_ns_, now);
    raw_bytes_ += bulk_.size();
  }
  if (bulk_.capacity() > 8 * kReadBytes) {
    bulk_ = std::string();  // after a giant line
  }
  clear_bulk();
}

void Stream::clear_bulk() {
  bulk_.clear();
  bulk_documents_ = 0;
  bulk_oldest_ns_ = 0;
}

void Stream::take(const event::RawLine& line, Source& source, std::int64_t now_ns) {
  source.parser->parse(line, now_ns, records_);
  AUDITSHIP_CHECK(records_.size() > 0, "a parser makes at least one record of a line");
  ++ledger_.lines;
  ledger_.salvaged += records_.size() - 1;
  ledger_.cut += line.cut ? 1 : 0;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    event::Record& record = records_[i];
    count_form(record);
    std::optional<event::DocId> id;
    if (source.deriver && source.deriver->applies_to(record)) {
      id = ids_.of(line, record);
      source.deriver->observe(record, id->view(), derived_);
    }
    const filter::FilterDecision decision = rules_.apply(record);
    if (decision.action == filter::Action::drop) {
      count_dropped(decision, record);
    } else {
      encoder_.append(record, line, id ? *id : ids_.of(line, record), now_ns, bulk_);
      ++ledger_.documents;
      count_document(record);
      if (showing_) {
        events_.add(record, now_ns);
      }
    }
    take_derived(line, now_ns);
  }
}

void Stream::count_form(const event::Record& record) {
  if (record.kind == event::RecordKind::unparsed) {
    ++ledger_.unparsed;
  } else if (!record.kube.present && record.field("event.action").empty()) {
    ++unknown_;
  }
}

// Whatever was derived from the record before: never filtered.
void Stream::take_derived(const event::RawLine& line, std::int64_t now_ns) {
  for (std::size_t i = 0; i < derived_.size(); ++i) {
    parsers::DerivedRecords::Item& item = derived_[i];
    std::string offset;
    append_json_uint(offset, event::offset_of(item.origin));
    item.record.add("log.offset", offset, event::FieldType::literal);
    encoder_.append(item.record, line, ids_.derived(item.label, item.origin), now_ns, bulk_);
    ++ledger_.derived;
    count_document(item.record);
  }
  derived_.clear();
}

void Stream::count_document(const event::Record& record) {
  ++bulk_documents_;
  if (record.time_known && (bulk_oldest_ns_ == 0 || record.time_ns < bulk_oldest_ns_)) {
    bulk_oldest_ns_ = record.time_ns;
  }
}

void Stream::count_dropped(const filter::FilterDecision& decision, const event::Record&) {
  if (decision.why == filter::Why::sampled_out) {
    ++ledger_.sampled_out;
  } else {
    ++ledger_.filtered;
  }
  const std::string_view rule =
      decision.rule.empty() ? filter::why_name(decision.why) : decision.rule;
  for (auto& [name, hits] : ledger_.by_rule) {
    if (name == rule) {
      ++hits;
      return;
    }
  }
  ledger_.by_rule.emplace_back(rule, 1);
}

// Takes over what the FileSource counted since the last time.
void Stream::count_moved(Source& source) {
  const input::file::FileSourceStats& stats = source.tail->stats();
  ledger_.bytes += stats.bytes - source.counted.bytes;
  ledger_.empty_lines += stats.empty_lines - source.counted.empty_lines;
  ledger_.gaps += stats.gaps - source.counted.gaps;
  ledger_.gap_bytes += stats.gap_bytes - source.counted.gap_bytes;
  source.counted = stats;
}

Status Stream::close_batch(buffer::Room room) {
  AUDITSHIP_CHECK(ledger_.balanced(), "lines + salvaged = filtered + sampled out + documents");
  pending_ = builder_.close(ledger_);
  packed_bytes_ += pending_->body.size();
  return append_pending(room);
}

// Puts the closed batch into the buffer. No room is not an error: it waits, and reading with it.
Status Stream::append_pending(buffer::Room room) {
  auto id = log_->append(*pending_, room);
  if (id) {
    pending_.reset();
    return {};
  }
  if (id.error().code == Errc::no_space) {
    tell_full(true);
    return {};
  }
  return id.error();
}

void Stream::stop_reading() { reading_ = false; }

void Stream::flush() {
  if (!log_) {
    return;
  }
  Status status = pending_ ? append_pending() : builder_.empty() ? Status() : close_batch();
  if (status) {
    status = log_->sync();
  }
  if (status) {
    status = delivery_->flush();
  }
  if (!status) {
    env_.log.error("stream-flush",
                   "the last batch could not be saved; its lines are read again at the next start",
                   {{"stream", settings_.name}, {"error", status.error().message}});
  }
}

bool Stream::delivered() const {
  return log_ && builder_.empty() && !pending_ && delivery_->idle();
}

bool Stream::finished() const { return at_end_ && delivered(); }

}  // namespace auditship::pipeline
