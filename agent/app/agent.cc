#include "agent/app/agent.h"

#include <algorithm>

#include "agent/app/stream_settings.h"
#include "agent/base/encoding/json_writer.h"
#include "agent/base/executor.h"
#include "agent/input/joined/joined_input.h"
#include "agent/pipeline/pipeline.h"
#include "agent/platform/system_clock.h"

namespace auditship::app {
namespace {

constexpr std::chrono::seconds kLookAtRules{2};
constexpr std::chrono::seconds kStepAtLeastEvery{60};

std::string hex_of(const buffer::BufferId& id) {
  std::string text;
  append_hex(text, id.data(), id.size());
  return text;
}

}  // namespace

Agent::Agent(config::Config config, pipeline::RuntimeServices services, Executor post, RunMode mode)
    : config_(std::move(config)),
      services_(std::move(services)),
      post_(std::move(post)),
      mode_(mode) {}

Agent::~Agent() {
  if (connection_) {
    connection_->stop();  // before the streams: no callback comes any more
  }
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
  auto identity =
      load_identity(services_.fs, config_.data_dir, wanted_node_name(config_), services_.log);
  if (!identity) {
    return identity.error();
  }
  identity_ = std::move(*identity);
  auto connection = config_.sink().connect(
      sinks::SinkServices{services_.fs, services_.clock, services_.rng, services_.log, post_});
  if (!connection) {
    return connection.error();
  }
  connection_ = std::move(*connection);
  for (const config::StreamConfig& stream : config_.streams) {
    if (auto s = add_stream(stream); !s) {
      return s.error().in("stream " + stream.name);
    }
  }
  return {};
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
  auto factory = stream.parser->make_factory(parsers::ParserServices{services_.fs, &services_.log});
  if (!factory) {
    return factory.error();
  }
  parsers_.push_back(std::move(*factory));
  const parsers::ParserFactory& shared = *parsers_.back();
  pipeline::PipelineSettings settings =
      stream_settings(config_, stream, identity_, services_.rng, mode_);
  if (shared.derives()) {
    settings.make_deriver = [&shared] { return shared.make_deriver(); };
  }
  delivery::dead_letters::DeadLetterStoreOptions letters;
  letters.directory = join_path(join_path(config_.data_dir, stream.name), "dead-letter");
  auto opened = delivery::dead_letters::DeadLetterStore::open(services_.fs, std::move(letters));
  if (!opened) {
    return opened.error();
  }
  dead_letters_.push_back(std::make_unique<delivery::dead_letters::DeadLetterStoreWriter>(
      std::move(*opened), services_.clock));
  const auto make_sink = [this, name = stream.name,
                          target = stream.target](const buffer::BufferId& buffer) {
    return connection_->open(sinks::SinkStream{name, target, hex_of(buffer)});
  };
  const sinks::DocumentRepair repair = config_.sink().type().repair;
  auto input = stream.input->make_discovery(
      input::InputServices{services_.fs, services_.clock, services_.log},
      input::InputStream{settings.id_scope(), config_.host_root,
                         settings.once ? input::RunEnd::at_end : input::RunEnd::never});
  if (!input) {
    return input.error();
  }
  const input::joined::JoinOptions join{
      stream.input->record_max_bytes(),
      settings.once ? input::joined::kPatienceOfOneRun : input::joined::kPatience};
  auto made = std::make_unique<pipeline::Pipeline>(
      services_, settings,
      std::make_unique<input::joined::JoinedInput>(std::move(*input), services_.clock, join),
      std::move(rules), [&shared] { return shared.make_parser(); }, make_sink,
      *dead_letters_.back(), repair == nullptr ? delivery::Repair() : delivery::Repair(repair));
  if (auto s = made->open(); !s) {
    return s;
  }
  pipelines_.push_back(std::move(made));
  return {};
}

TimePoint Agent::step(TimePoint now) {
  TimePoint next = renew_parsers(now);
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

// Says when to look again.
TimePoint Agent::renew_parsers(TimePoint now) {
  TimePoint next = now + kStepAtLeastEvery;
  for (const auto& factory : parsers_) {
    if (const auto again = factory->renew(now)) {
      next = std::min(next, *again);
    }
  }
  return next;
}

// Not an error: workers have no audit log, a fresh Debian 12 no auth.log.
void Agent::tell_absent() {
  for (std::size_t i = 0; i < pipelines_.size(); ++i) {
    const pipeline::Pipeline& pipeline = *pipelines_[i];
    if (pipeline.stats().present > 0) {
      continue;
    }
    const std::vector<std::string> places = config_.streams[i].input->places();
    services_.log.info("input-absent",
                       "none of the stream's log files is there now; they are watched for",
                       {{"stream", pipeline.settings().name},
                        {"paths", places.size()},
                        {"first", places.empty() ? "" : places.front()}});
    for (const input::HiddenPlace& each : pipeline.input().hidden_places()) {
      services_.log.warn(
          "input-masked", "a log file is where this process is shown nothing",
          {{"stream", pipeline.settings().name}, {"file", each.place}, {"hidden", each.hidden_by}});
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
  for (const auto& factory : parsers_) {
    factory->reload();
  }
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
    const auto some = pipeline->input().watch_directories();
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace auditship::app
