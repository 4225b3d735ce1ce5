#include "tests/support/sim_world.h"

#include <algorithm>

#include "agent/input/file/file_input.h"
#include "agent/input/joined/joined_input.h"
#include "agent/pipeline/pipeline.h"
#include "sinks/framing/bulk_framing.h"
#include "tests/support/sim_parts.h"

namespace auditship::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr const char* kData = "/data/app";
constexpr const char* kAlias = "app";

std::string index_name(std::uint64_t n) {
  std::string digits = std::to_string(1'000'000 + n);
  return std::string(kAlias) + "-" + digits.substr(1);
}

}  // namespace

SimWorld::SimWorld(std::uint64_t seed, SimPlan plan)
    : seed_(seed),
      plan_(plan),
      rng_(seed * 3 + 1),
      server_rng_(seed * 5 + 2),
      agent_rng_(seed * 7 + 3),
      fs_(clock_),
      agent_fs_(std::make_unique<LooseFs>(fs_, plan.broken == Broken::sync_ignored)),
      server_(clock_, server_rng_),
      writer_(fs_, clock_, kLog) {
  (void)fs_.make_dirs("/var/log");
  server_.create_alias(kAlias, index_name(indices_));
  if (rng_.one_in(4)) {
    server_.rates.item_400 = 100'000;
  }
  if (rng_.one_in(4)) {
    buffer_bytes_ = 6000 + rng_.below(10'000);
  }
  if (rng_.one_in(8)) {
    server_.unmappable = "unmappable";
  }
  style_ = rng_.below(4);
  codec_ = rng_.one_in(2) ? Codec::none : rng_.one_in(2) ? Codec::gzip : Codec::zstd;
  delay_compress_ = rng_.one_in(2);
  const bool reuse = rng_.one_in(3);  // only with a birth time: without it, a new file with an old
                                      // inode looks like the old one
  fs_.set_reuse_inodes(reuse);
  fs_.set_tell_generation(reuse || rng_.one_in(2));
  start_agent();
}

SimWorld::~SimWorld() {
  link_.reset();
  stream_.reset();
}

pipeline::PipelineSettings SimWorld::settings() const {
  pipeline::PipelineSettings s;
  s.name = "app";
  s.make_deriver = [] { return std::make_unique<SimDeriver>(); };
  s.batch.max_documents = 7;
  s.batch.max_age = seconds(1);
  s.batch.max_bytes = 4000;
  s.codec = Codec::none;  // compression is tested elsewhere, and slow here
  s.buffer.directory = join_path(kData, "buffer");
  s.buffer.max_bytes = buffer_bytes_;
  s.buffer.segment_bytes = 3000;
  s.buffer.new_id.fill(5);
  s.encoder.cluster = "c";
  s.encoder.node = "n";
  s.encoder.stream = "app";
  s.delivery.stream = "app";
  s.delivery.framing = std::make_shared<sinks::framing::BulkFraming>();
  return s;
}

// As the agent makes it, with the parts of records joined.
std::unique_ptr<input::SourceDiscovery> SimWorld::make_input() {
  input::joined::JoinOptions options{1 << 20};
  if (plan_.parts) {
    // The runtime goes on in the end: no part is given out alone.
    options.patience = std::chrono::hours(1000);
  }
  return std::make_unique<input::joined::JoinedInput>(make_plain_input(), clock_, options);
}

std::unique_ptr<input::SourceDiscovery> SimWorld::make_plain_input() {
  if (plan_.log != SimPlan::Log::file) {
    return std::make_unique<MemoryJournalInput>(journal_, settings().id_scope());
  }
  input::file::FileInputOptions files;
  files.paths = {kLog};
  files.source.scope = settings().id_scope();
  files.source.backfill_ns = std::nullopt;
  return std::make_unique<input::file::FileInput>(*agent_fs_, clock_, log_, files);
}

void SimWorld::start_agent() {
  dead_ = false;
  link_ = server_.connect();
  dead_letters_ = std::make_unique<DeadLetters>(*agent_fs_, clock_, join_path(kData, "dead-letter"),
                                                plan_.broken == Broken::dead_letters_unsynced);
  const auto make_sink = [this](const buffer::BufferId&) -> Result<std::unique_ptr<sinks::Sink>> {
    sinks::opensearch::OpenSearchOptions options;
    options.hosts = {"http://one:9200", "http://two:9200"};
    options.target = kAlias;
    options.timeout = seconds(60);
    auto real = std::make_unique<sinks::opensearch::OpenSearchSink>(
        options, sinks::opensearch::CredentialSource(), *link_, clock_, agent_rng_, log_,
        [this](std::function<void()> task) { tasks_.push_back(std::move(task)); });
    return std::unique_ptr<sinks::Sink>(
        std::make_unique<FaultySink>(std::move(real), plan_.broken));
  };
  stream_ = std::make_unique<pipeline::Pipeline>(
      pipeline::RuntimeServices{*agent_fs_, clock_, agent_rng_, log_,
                                [this] { step_at_ = TimePoint{}; }},
      settings(), make_input(), sim_rules(rules_), [] { return std::make_unique<SimParser>(); },
      make_sink, *dead_letters_, delivery::Repair());
  step_at_ = TimePoint{};
}

void SimWorld::stop_agent() {
  link_.reset();
  stream_.reset();
  dead_letters_.reset();
  tasks_.clear();
}

void SimWorld::crash() {
  stop_agent();
  if (rng_.one_in(2)) {
    note("power cut");
    fs_.power_cut(rng_);
  } else {
    note("kill");
    fs_.restart();
  }
  if (plan_.broken == Broken::ack_rolled_back && fs_.exists(join_path(kData, "buffer/ack"))) {
    fs_.put(join_path(kData, "buffer/ack"), agent_fs_->first_ack);
  }
  start_agent();
}

void SimWorld::note(const std::string& what) {
  log_.info("event", "", {{"what", what}});
  events_.push_back("t=" + std::to_string(clock_.now().time_since_epoch().count() / 1'000'000) +
                    "ms " + what);
}

// Lets time pass: posted tasks, the server, the agent, in the order in which they are due.
void SimWorld::run_for(Duration time) {
  const TimePoint end = clock_.now() + time;
  for (int steps = 0; steps < 20'000; ++steps) {
    while (!tasks_.empty()) {
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
    server_.run_due();
    if (!tasks_.empty()) {
      continue;
    }
    const TimePoint now = clock_.now();
    if (step_at_ <= now) {
      step_at_ = TimePoint::max();
      const TimePoint next = stream_->step(now);
      step_at_ = std::min(step_at_, next);
      if (stream_->stats().delivery.ledger_violations > 0 || !stream_->stats().read.balanced()) {
        violation_ = "the ledger does not add up";
      }
      continue;
    }
    TimePoint next = std::min(step_at_, end);
    if (const auto due = server_.next_due()) {
      next = std::min(next, *due);
    }
    if (next > now) {
      clock_.advance(next - now);
    }
    if (clock_.now() >= end && step_at_ > end) {
      return;
    }
  }
  violation_ = "the agent does not come to rest";
}

// --- what happens
// ------------------------------------------------------------------------------------

void SimWorld::trouble_disk() {
  const std::uint64_t at = fs_.calls() + 1 + rng_.below(60);
  switch (rng_.below(5)) {
    case 0:
      note("EIO soon");
      fs_.fail_call(at, {Error{Errc::io, "Input/output error"}, rng_.one_in(2)});
      break;
    case 1:
      note("ENOSPC soon");
      fs_.fail_call(at, {Error{Errc::no_space, "No space left on device"}, rng_.one_in(2)});
      break;
    case 2:
      note("disk full");
      fs_.set_capacity(fs_.used_bytes() + rng_.below(400));
      break;
    case 3:
      note("disk has room");
      fs_.set_capacity(~std::uint64_t{0});
      break;
    default:
      note("crash at a call");
      fs_.crash_at(at);
      run_for(milliseconds(rng_.below(5000)));
      crash();
      break;
  }
}

void SimWorld::trouble_server() {
  constexpr Fault kFaults[] = {Fault::refused,          Fault::reset_before, Fault::lost_answer,
                               Fault::late_execution,   Fault::hang,         Fault::busy_429,
                               Fault::unavailable_503,  Fault::error_500,    Fault::proxy_page_502,
                               Fault::unauthorized_401, Fault::malformed,    Fault::truncated,
                               Fault::short_reply};
  switch (rng_.below(8)) {
    case 0:
    case 1:
    case 2: {
      const Fault fault = kFaults[rng_.below(std::size(kFaults))];
      note("server fault " + std::to_string(static_cast<int>(fault)));
      server_.fail_next(fault, static_cast<unsigned>(1 + rng_.below(3)));
      break;
    }
    case 3:
      server_.down = !server_.down;
      note(server_.down ? "server down" : "server up");
      break;
    case 4:
      note("server moody");
      server_.rates.item_429 = rng_.one_in(2) ? 300'000 : 0;
      server_.rates.item_503 = rng_.one_in(2) ? 100'000 : 0;
      server_.rates.request[kFaults[rng_.below(std::size(kFaults))]] =
          static_cast<std::uint32_t>(rng_.below(400'000));
      break;
    case 5: {
      const std::string name = index_name(indices_);
      if (rng_.one_in(2)) {
        note("index " + name + " blocked");
        server_.index(name).write_block = true;
      } else {
        note("index " + name + " closed");
        server_.index(name).closed = true;
        blocked_.push_back(name);
      }
      break;
    }
    default:
      server_.rollover(kAlias, index_name(++indices_));
      note("rollover to " + index_name(indices_));
      break;
  }
}

void SimWorld::flip_buffer_bit() {
  const auto names = fs_.list(join_path(kData, "buffer"));
  if (!names || names->empty()) {
    return;
  }
  const std::string path =
      join_path(join_path(kData, "buffer"), (*names)[rng_.below(names->size())]);
  const std::size_t size = fs_.get(path).size();
  if (size > 0) {
    const std::uint64_t at = rng_.below(size);
    note("bit flip in " + path + " at " + std::to_string(at));
    fs_.flip_bit(path, at, static_cast<unsigned>(rng_.below(8)));
  }
}

void SimWorld::event() {
  const std::uint64_t kind = rng_.below(21);
  if (kind < 7) {
    write_lines();
  } else if (kind < 9) {
    rotate();
  } else if (kind < 11) {
    trouble_disk();
  } else if (kind < 15) {
    trouble_server();
  } else if (kind < 17) {
    crash();
  } else if (kind == 17) {
    // Forward only: a rotated file of which nothing but the first line was read is told by its
    // time.
    note("clock jumps");
    clock_.jump_wall(static_cast<std::int64_t>(rng_.below(7'200'000'000'000)));
  } else if (kind == 18 && plan_.bit_flips) {
    flip_buffer_bit();
  } else if (kind == 18 && plan_.hasty_rotation) {
    outage_with_rotations();
  } else if (kind == 20) {
    trouble_listing();
  } else {
    rules_ = static_cast<std::uint8_t>(1 + rng_.below(3));
    note("rules " + std::to_string(rules_));
    stream_->set_rules(sim_rules(rules_));
  }
  run_for(rng_.one_in(4) ? Duration(seconds(rng_.below(120)))
                         : Duration(milliseconds(rng_.below(2500))));
}

// --- the end
// -----------------------------------------------------------------------------------------

void SimWorld::make_peace() {
  note("peace");
  if (!piece_.empty()) {
    writer_.line_end(piece_ + " end");
    piece_.clear();
  }
  end_parts();
  fs_.clear_faults();
  fs_.set_capacity(~std::uint64_t{0});
  server_.down = false;
  const std::uint32_t content = server_.rates.item_400;
  server_.rates = FaultRates{};
  server_.rates.item_400 = content;
  for (const std::string& name : blocked_) {
    server_.index(name).closed = false;
  }
  if (server_.index(index_name(indices_)).write_block) {
    server_.rollover(kAlias, index_name(++indices_));
  }
}

bool SimWorld::run_until_calm() {
  for (int i = 0; i < 400; ++i) {
    run_for(seconds(10));
    const pipeline::PipelineStats v = stream_->stats();
    const bool calm =
        v.open && stream_->delivered() && v.buffered_documents == 0 && v.unread_bytes == 0;
    if (!violation_.empty() || (calm && i > 2)) {
      return true;
    }
  }
  return false;
}

std::string SimWorld::live() {
  for (std::size_t i = 0; i < plan_.events && violation_.empty(); ++i) {
    event();
  }
  if (violation_.empty()) {
    make_peace();
    if (!run_until_calm()) {
      const pipeline::PipelineStats v = stream_->stats();
      return "not everything is delivered after an hour of peace: open " + std::to_string(v.open) +
             " buffered " + std::to_string(v.buffered_documents) + " unread " +
             std::to_string(v.unread_bytes) + " delivered " + std::to_string(stream_->delivered()) +
             ", " + v.delivery.last_failure;
    }
  }
  // Late executions of requests that were given up have their last chance to do harm.
  if (violation_.empty()) {
    run_for(seconds(200));
  }
  return violation_.empty() ? verdict() : violation_;
}

}  // namespace auditship::test
