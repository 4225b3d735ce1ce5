// Agent: the configured streams, their sinks and parsers, joined. The only place that knows all
// stages.
//
//   auto agent = Agent::start(config, env, post, mode);
//   loop.run([&](TimePoint now) { return agent->step(now); }, …);
//
// Loop thread only. What env refers to, and post's loop, must outlive it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/app/config.h"
#include "agent/app/identity.h"
#include "agent/app/rule_watch.h"
#include "agent/app/stream.h"
#include "sinks/dead_letter.h"
#include "sinks/http.h"
#include "sinks/sink.h"

namespace auditship {

enum class RunMode { follow, once };

class Agent {
 public:
  // Opens every buffer: recovery. Errors say what to do about them.
  static Result<std::unique_ptr<Agent>> start(Config config, Env env, Post post, RunMode mode);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  TimePoint step(TimePoint now);
  void stop_reading();
  void flush();
  void hint();
  // Reads the rule files again; step() does it by itself for those that changed. A broken one keeps
  // the old rules and says why.
  void reload();

  [[nodiscard]] bool finished() const;  // of RunMode::once
  [[nodiscard]] bool delivered() const;
  [[nodiscard]] std::vector<std::string> watch_directories() const;
  [[nodiscard]] const std::vector<std::unique_ptr<Stream>>& streams() const { return streams_; }
  // Of a stream's rule file.
  [[nodiscard]] RulesView rules_of(const std::string& stream) const;
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] const Identity& identity() const { return identity_; }

 private:
  class Box;

  Agent(Config config, Env env, Post post, RunMode mode);
  Status prepare();
  Status add_stream(const StreamConfig& stream);
  [[nodiscard]] StreamSettings settings_of(const StreamConfig& stream) const;
  Result<MakeParser> parser_of(const StreamConfig& stream) const;
  Result<std::unique_ptr<Sink>> sink_of(const StreamConfig& stream, const BufferId& buffer);
  Status start_http();
  enum class Told { yes, no };
  Status load_book(Told told);
  void renew_book(TimePoint now);
  void tell_absent();
  void look_at_rules();
  void load_rules(Stream& stream, RuleWatch& watch);

  Config config_;
  Env env_;
  Post post_;
  RunMode mode_;
  Identity identity_;
  std::unique_ptr<HttpTransport> http_;
  std::vector<std::unique_ptr<DeadLetterBox>> boxes_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::map<std::string, RuleWatch> rule_files_;  // by stream
  TimePoint rules_at_{};                         // when to look at them
  // Owners: this, which puts new tables in, and the parsers.
  std::shared_ptr<AdministratorBook> book_ = std::make_shared<AdministratorBook>();
  std::uint64_t book_signature_ = 0;
  TimePoint book_at_{};
  bool told_absent_ = false;
};

// The bytes of the zone file that config.time_zone names. Errors: not_found, io.
[[nodiscard]] Result<std::string> read_zone_file(Fs& fs, const std::string& name);
// A factory of parsers for this kind of stream. Without a book, the administrators of the
// configuration are read once. Errors: as read_zone_file and load_administrators; invalid.
[[nodiscard]] Result<MakeParser> make_parser_factory(
    Fs& fs, const Config& config, ParserType type,
    std::shared_ptr<const AdministratorBook> book = nullptr);
// The node name by configuration, NODE_NAME or the host; never empty.
[[nodiscard]] std::string wanted_node_name(const Config& config);

}  // namespace auditship
