// Agent: the configured streams, their sinks and parsers, joined. The only place that knows all
// stages.
//
//   auto agent = Agent::start(config, services, post, mode);
//   loop.run([&](TimePoint now) { return agent->step(now); }, …);
//
// Loop thread only. What services refers to, and post's loop, must outlive it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/app/identity.h"
#include "agent/base/executor.h"
#include "agent/config/config.h"
#include "agent/delivery/dead_letters/dead_letter_writer.h"
#include "agent/pipeline/pipeline_fwd.h"
#include "agent/pipeline/pipeline_settings.h"
#include "agent/pipeline/runtime_services.h"
#include "agent/rules/rule_watcher.h"
#include "sinks/http/http_transport.h"
#include "sinks/sink.h"

namespace auditship::app {

enum class RunMode { follow, once };

class Agent {
 public:
  // Opens every buffer: recovery. Errors say what to do about them.
  static Result<std::unique_ptr<Agent>> start(config::Config config,
                                              pipeline::RuntimeServices services, Executor post,
                                              RunMode mode);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  TimePoint step(TimePoint now);
  void stop_reading();
  void flush();
  void notify_change();
  // Reads the rule files again; step() does it by itself for those that changed. A broken one keeps
  // the old rules and says why.
  void reload();

  [[nodiscard]] bool finished() const;  // of RunMode::once
  [[nodiscard]] bool delivered() const;
  [[nodiscard]] std::vector<std::string> watch_directories() const;
  [[nodiscard]] const std::vector<std::unique_ptr<pipeline::Pipeline>>& pipelines() const {
    return pipelines_;
  }
  // Of a stream's rule file.
  [[nodiscard]] rules::RulesView rules_of(const std::string& stream) const;
  [[nodiscard]] const config::Config& config() const { return config_; }
  [[nodiscard]] const Identity& identity() const { return identity_; }

 private:
  Agent(config::Config config, pipeline::RuntimeServices services, Executor post, RunMode mode);
  Status prepare();
  Status add_stream(const config::StreamConfig& stream);
  [[nodiscard]] pipeline::PipelineSettings settings_of(const config::StreamConfig& stream) const;
  Result<pipeline::MakeParser> parser_of(const config::StreamConfig& stream) const;
  Result<std::unique_ptr<sinks::Sink>> sink_of(const config::StreamConfig& stream,
                                               const buffer::BufferId& buffer);
  Status start_http();
  enum class Told { yes, no };
  Status load_book(Told told);
  void renew_book(TimePoint now);
  void tell_absent();
  void look_at_rules();
  void load_rules(pipeline::Pipeline& pipeline, rules::RuleWatcher& watch);

  config::Config config_;
  pipeline::RuntimeServices services_;
  Executor post_;
  RunMode mode_;
  Identity identity_;
  std::unique_ptr<sinks::http::HttpTransport> http_;
  std::vector<std::unique_ptr<delivery::dead_letters::DeadLetterWriter>> dead_letters_;
  std::vector<std::unique_ptr<pipeline::Pipeline>> pipelines_;
  std::map<std::string, rules::RuleWatcher> rule_files_;  // by stream
  TimePoint rules_at_{};                                  // when to look at them
  // Owners: this, which puts new tables in, and the parsers.
  std::shared_ptr<parsers::auth_log::key_owners::KeyOwnerTable> book_ =
      std::make_shared<parsers::auth_log::key_owners::KeyOwnerTable>();
  std::uint64_t book_signature_ = 0;
  TimePoint book_at_{};
  bool told_absent_ = false;
};

// The bytes of the zone file that config.time_zone names. Errors: not_found, io.
[[nodiscard]] Result<std::string> read_zone_file(Fs& fs, const std::string& name);
// A factory of parsers for this kind of stream. Without a book, the key owners of the
// configuration are read once. Errors: as read_zone_file and load_key_owners; invalid.
[[nodiscard]] Result<pipeline::MakeParser> make_parser_factory(
    Fs& fs, const config::Config& config, config::ParserType type,
    std::shared_ptr<const parsers::auth_log::key_owners::KeyOwnerTable> book = nullptr);
// The node name by configuration, NODE_NAME or the host; never empty.
[[nodiscard]] std::string wanted_node_name(const config::Config& config);

}  // namespace auditship::app
