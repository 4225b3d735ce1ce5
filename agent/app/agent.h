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
#include "agent/delivery/dead_letter_store.h"
#include "agent/pipeline/pipeline_fwd.h"
#include "agent/pipeline/pipeline_settings.h"
#include "agent/pipeline/runtime_services.h"
#include "agent/rules/rule_watcher.h"
#include "parsers/parser_type.h"
#include "sinks/sink_type.h"

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
  class Box;

  Agent(config::Config config, pipeline::RuntimeServices services, Executor post, RunMode mode);
  Status prepare();
  Status add_stream(const config::StreamConfig& stream);
  [[nodiscard]] TimePoint renew_parsers(TimePoint now);
  void tell_absent();
  void look_at_rules();
  void load_rules(pipeline::Pipeline& pipeline, rules::RuleWatch& watch);

  config::Config config_;
  pipeline::RuntimeServices services_;
  Executor post_;
  RunMode mode_;
  Identity identity_;
  std::unique_ptr<sinks::SinkConnection> connection_;
  // One a stream; the streams' parsers rest on them.
  std::vector<std::unique_ptr<parsers::ParserFactory>> parsers_;
  std::vector<std::unique_ptr<delivery::DeadLetterBox>> boxes_;
  std::vector<std::unique_ptr<pipeline::Pipeline>> pipelines_;
  std::map<std::string, rules::RuleWatch> rule_files_;  // by stream
  TimePoint rules_at_{};                                // when to look at them
  bool told_absent_ = false;
};

}  // namespace auditship::app
