#include "agent/app/agent.h"

#include <algorithm>

#include "agent/base/executor.h"
#include "agent/base/glob.h"
#include "agent/base/json_writer.h"
#include "agent/base/version.h"
#include "agent/pipeline/pipeline.h"
#include "agent/platform/system_clock.h"
#include "parsers/auth_log/ssh_sessions/session_tracker.h"
#include "sinks/file/file_sink.h"
#include "sinks/framing/bulk_framing.h"
#include "sinks/http/curl_http.h"
#include "sinks/opensearch/blocking_client.h"
#include "sinks/opensearch/document_repair.h"
#include "sinks/opensearch/opensearch_sink.h"

namespace auditship::app {
namespace {

constexpr std::chrono::seconds kLookAtRules{2};
constexpr std::chrono::seconds kLookForKeysEvery{10};

std::string hex_of(const buffer::BufferId& id) {
  std::string text;
  append_hex(text, id.data(), id.size());
  return text;
}

Codec codec_of(const config::Config& config) {
  if (config.sink == config::SinkType::file) {
    return Codec::zstd;  // on our own disk only; cheapest
  }
  return config.opensearch.compression == "zstd"   ? Codec::zstd
         : config.opensearch.compression == "none" ? Codec::none
                                                   : Codec::gzip;
}

}  // namespace

Agent::Agent(config::Config config, pipeline::RuntimeServices services, Executor post, RunMode mode)
    : config_(std::move(config)),
      services_(std::move(services)),
      post_(std::move(post)),
      mode_(mode) {}

Agent::~Agent() {
  http_.reset();  // before the pipelines: no callback comes any more
}

Result<std::unique_ptr<Agent>> Agent::start(config::Config config,
                                            pipeline::RuntimeServices services, Executor post,
                                            RunMode mode) {
  std::unique_ptr<Agent> agent(
      new Agent(std::move(config), std::move(services), std::move(post), mode));
  if (auto s = agent->prepare(); !s) {
    return s.error();
  }
  return agent;
}

Status Agent::prepare() {
  auto identity = load_identity(services_.fs, config_.data_dir, wanted_node_name(config_),
                                services_.rng, services_.log);
  if (!identity) {
    return identity.error();
  }
  identity_ = std::move(*identity);
  if (config_.sink == config::SinkType::opensearch) {
    if (auto s = start_http(); !s) {
      return s;
    }
  }
  if (auto s = load_book(Told::yes); !s) {
    return s;
  }
  for (const config::StreamConfig& stream : config_.streams) {
    if (auto s = add_stream(stream); !s) {
      return s.error().in("stream " + stream.name);
    }
  }
  return {};
}

Status Agent::start_http() {
  auto http =
      sinks::http::CurlHttp::create(sinks::opensearch::curl_options(config_.opensearch), post_);
  if (!http) {
    return http.error();
  }
  http_ = std::move(*http);
  return {};
}

// Reads the files that say whose key is whose. A key of two owners and the like is said once: at
// the start the configuration has done so.
Status Agent::load_book(Told told) {
  if (config_.ssh_key_owners.empty()) {
    return {};
  }
  const std::uint64_t signature =
      parsers::auth_log::key_owners::key_owners_signature(services_.fs, config_.ssh_key_owners);
  auto loaded =
      parsers::auth_log::key_owners::load_key_owners(services_.fs, config_.ssh_key_owners);
  book_signature_ = signature;
  if (!loaded) {
    return loaded.error();
  }
  if (told == Told::no) {
    for (const std::string& warning : loaded->warnings) {
      services_.log.warn("administrators", warning);
    }
  }
  services_.log.info("administrators-loaded", "owners of SSH keys were read",
                     {{"keys", loaded->places.size()}});
  book_->replace(std::move(loaded->table));
  return {};
}

// A broken file leaves the owners as they were known.
void Agent::renew_book(TimePoint now) {
  if (config_.ssh_key_owners.empty() || now < book_at_) {
    return;
  }
  book_at_ = now + kLookForKeysEvery;
  if (parsers::auth_log::key_owners::key_owners_signature(services_.fs, config_.ssh_key_owners) ==
      book_signature_) {
    return;
  }
  if (auto s = load_book(Told::no); !s) {
    services_.log.error("administrators-broken",
                        "a changed file cannot be used; the owners of keys stay as they were",
                        {{"error", s.error().message}});
  }
}

pipeline::PipelineSettings Agent::settings_of(const config::StreamConfig& stream) const {
  pipeline::PipelineSettings s;
  s.name = stream.name;
  s.paths = stream.paths;
  s.rules_file = stream.filters;
  if (stream.parser == config::ParserType::auth_log) {
    const parsers::auth_log::ssh_sessions::SessionTrackerOptions sessions{
        config_.session_start_documents};
    s.make_deriver = [sessions] {
      return std::make_unique<parsers::auth_log::ssh_sessions::SessionTracker>(sessions);
    };
  }
  s.file_source.line_max_bytes = config_.line_max_bytes;
  s.file_source.cut_tail_bytes =
      std::min<std::uint64_t>(s.file_source.cut_tail_bytes, config_.line_max_bytes / 2);
  s.file_source.backfill_ns =
      config_.backfill
          ? std::optional<std::int64_t>(std::chrono::nanoseconds(*config_.backfill).count())
          : std::nullopt;
  s.file_source.final_pass = mode_ == RunMode::once;
  s.once = mode_ == RunMode::once;
  s.batch.max_bytes = config_.batch_max_bytes;
  s.batch.max_documents = config_.batch_max_documents;
  s.batch.max_age = config_.batch_max_age;
  s.codec = codec_of(config_);
  s.buffer.directory = join_path(join_path(config_.data_dir, stream.name), "buffer");
  s.buffer.max_bytes = stream.buffer_max_bytes;
  s.buffer_max_percent = stream.buffer_max_percent;
  for (std::size_t half = 0; half < 2; ++half) {
    std::uint64_t word = services_.rng.next();
    for (std::size_t i = 0; i < 8; ++i, word >>= 8) {
      s.buffer.new_id[half * 8 + i] = static_cast<std::uint8_t>(word);
    }
  }
  s.encoder.cluster = config_.cluster_name;
  s.encoder.node = identity_.node;
  s.encoder.stream = stream.name;
  s.encoder.orchestrated = stream.parser == config::ParserType::kube_audit;
  s.encoder.agent_version = kVersion;
  s.encoder.body_max_bytes = config_.body_max_bytes;
  s.encoder.agent_id = identity_.agent_id;
  const bool dated = config_.sink == config::SinkType::opensearch &&
                     config_.opensearch.style == config::TargetStyle::dated;
  if (dated) {
    s.encoder.dated_prefix = stream.target;
  }
  s.delivery.stream = stream.name;
  s.delivery.framing = std::make_shared<sinks::framing::BulkFraming>(s.encoder.dated_prefix);
  s.delivery.settle_late = 2 * config_.opensearch.timeout;
  return s;
}

Result<std::unique_ptr<sinks::Sink>> Agent::sink_of(const config::StreamConfig& stream,
                                                    const buffer::BufferId& buffer) {
  if (config_.sink == config::SinkType::file) {
    sinks::file::FileSinkOptions options;
    options.directory = join_path(config_.file_sink.directory, stream.name);
    options.name = stream.name;
    options.buffer_id = hex_of(buffer);
    options.max_file_bytes = config_.file_sink.max_file_bytes;
    options.zstd = config_.file_sink.zstd;
    auto sink = sinks::file::FileSink::open(services_.fs, services_.log, post_, std::move(options));
    if (!sink) {
      return sink.error();
    }
    return std::unique_ptr<sinks::Sink>(std::move(*sink));
  }
  return std::unique_ptr<sinks::Sink>(std::make_unique<sinks::opensearch::OpenSearchSink>(
      sinks::opensearch::opensearch_options(config_, stream),
      sinks::opensearch::credential_source(services_.fs, config_.opensearch), *http_,
      services_.clock, services_.rng, services_.log, post_));
}

Status Agent::add_stream(const config::StreamConfig& stream) {
  filter::RuleSet rules;
  if (!stream.filters.empty()) {
    rules::RuleWatcher watch(services_.fs, stream.filters);
    auto file = watch.load();
    if (!file) {
      return file.error();
    }
    rules = std::move(file->rules);
    rule_files_.emplace(stream.name, std::move(watch));
  }
  auto make_parser = make_parser_factory(services_.fs, config_, stream.parser, book_);
  if (!make_parser) {
    return make_parser.error();
  }
  const pipeline::PipelineSettings settings = settings_of(stream);
  delivery::dead_letters::DeadLetterStoreOptions letters;
  letters.directory = join_path(join_path(config_.data_dir, stream.name), "dead-letter");
  auto opened = delivery::dead_letters::DeadLetterStore::open(services_.fs, std::move(letters));
  if (!opened) {
    return opened.error();
  }
  dead_letters_.push_back(std::make_unique<delivery::dead_letters::DeadLetterStoreWriter>(
      std::move(*opened), services_.clock));
  const auto make_sink = [this, stream](const buffer::BufferId& buffer) {
    return sink_of(stream, buffer);
  };
  auto made = std::make_unique<pipeline::Pipeline>(
      services_, settings, std::move(rules), std::move(*make_parser), make_sink,
      *dead_letters_.back(), delivery::Repair(sinks::opensearch::repair_document));
  if (auto s = made->open(); !s) {
    return s;
  }
  pipelines_.push_back(std::move(made));
  return {};
}

TimePoint Agent::step(TimePoint now) {
  renew_book(now);
  TimePoint next =
      now + (config_.ssh_key_owners.empty() ? std::chrono::seconds(60) : kLookForKeysEvery);
  for (const auto& pipeline : pipelines_) {
    next = std::min(next, pipeline->step(now));
  }
  if (mode_ == RunMode::follow) {
    if (now >= rules_at_) {
      look_at_rules();
      rules_at_ = now + kLookAtRules;
    }
    next = std::min(next, rules_at_);
  }
  if (!told_absent_) {
    told_absent_ = true;
    tell_absent();
  }
  return next;
}

// Not an error: workers have no audit log, a fresh Debian 12 no auth.log.
void Agent::tell_absent() {
  for (const auto& pipeline : pipelines_) {
    if (pipeline->stats().present > 0) {
      continue;
    }
    const auto& paths = pipeline->settings().paths;
    services_.log.info("input-absent",
                       "none of the stream's log files is there now; they are watched for",
                       {{"stream", pipeline->settings().name},
                        {"paths", paths.size()},
                        {"first", paths.empty() ? "" : paths.front()}});
    for (const std::string& path : paths) {
      const std::string hidden = hidden_part(services_.fs, before_wildcard(path));
      if (!hidden.empty()) {
        services_.log.warn(
            "input-hidden", "a log file is where this process is shown nothing",
            {{"stream", pipeline->settings().name}, {"file", path}, {"hidden", hidden}});
      }
    }
  }
}

void Agent::stop_reading() {
  for (const auto& pipeline : pipelines_) {
    pipeline->stop_reading();
  }
}

void Agent::flush() {
  for (const auto& pipeline : pipelines_) {
    pipeline->flush();
  }
}

void Agent::notify_change() {
  for (const auto& pipeline : pipelines_) {
    pipeline->notify_change();
  }
}

void Agent::reload() {
  book_signature_ = 0;
  book_at_ = TimePoint{};
  for (const auto& pipeline : pipelines_) {
    const auto watch = rule_files_.find(pipeline->settings().name);
    if (watch != rule_files_.end()) {
      load_rules(*pipeline, watch->second);
    }
  }
}

void Agent::look_at_rules() {
  for (const auto& pipeline : pipelines_) {
    const auto watch = rule_files_.find(pipeline->settings().name);
    if (watch != rule_files_.end() && watch->second.changed()) {
      load_rules(*pipeline, watch->second);
    }
  }
}

void Agent::load_rules(pipeline::Pipeline& pipeline, rules::RuleWatcher& watch) {
  auto loaded = watch.load();
  const rules::RulesView& view = watch.view();
  if (!loaded) {
    services_.log.error("rules-broken", "the changed rule file is refused; the rules in force stay",
                        {{"stream", pipeline.settings().name},
                         {"error", loaded.error().message},
                         {"rules", view.hash}});
    return;
  }
  pipeline.set_rules(std::move(loaded->rules));
  services_.log.info(
      "rules-loaded", "the rule file was read again",
      {{"stream", pipeline.settings().name}, {"file", view.file}, {"rules", view.hash}});
}

rules::RulesView Agent::rules_of(const std::string& stream) const {
  const auto watch = rule_files_.find(stream);
  return watch == rule_files_.end() ? rules::RulesView() : watch->second.view();
}

bool Agent::finished() const {
  return std::all_of(pipelines_.begin(), pipelines_.end(),
                     [](const auto& s) { return s->finished(); });
}

bool Agent::delivered() const {
  return std::all_of(pipelines_.begin(), pipelines_.end(),
                     [](const auto& s) { return s->delivered(); });
}

std::vector<std::string> Agent::watch_directories() const {
  std::vector<std::string> all;
  for (const auto& pipeline : pipelines_) {
    const auto some = pipeline->watch_directories();
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace auditship::app
