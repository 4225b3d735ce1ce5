// The subcommands. Each reads its options from its struct and returns the exit code: 0 done, 1
// failed, 2 wrong use. Results go to stdout, errors and the agent log to stderr.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/config.h"
#include "agent/input/log_files.h"
#include "agent/logging/agent_log.h"
#include "sinks/sink_commands.h"

namespace auditship::cli {

inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr const char* kInstalledConfig = "/etc/auditship/auditship.yaml";

struct RunArguments {
  std::string config;
  bool once = false;
};
int run_command(const RunArguments& arguments);

struct ParseArguments {
  std::string stream, config, time_zone, reference_time;
  bool pretty = false, full = false;
  std::vector<std::string> files;  // empty: stdin
};
int parse_command(const ParseArguments& arguments);

struct CheckArguments {
  std::string config = kInstalledConfig;
  bool online = false, effective = false;
};
int check_command(const CheckArguments& arguments);

struct KeysArguments {
  std::string config = kInstalledConfig;
  bool json = false;
};
int keys_command(const KeysArguments& arguments);

struct StatusArguments {
  std::string config, data_dir;
  bool json = false, watch = false;
};
int status_command(const StatusArguments& arguments);

struct BufferArguments {
  std::string action;                    // ls, show, verify
  std::string config, data_dir, stream;  // stream empty: all
  std::uint64_t frame = 0;
};
int buffer_command(const BufferArguments& arguments);

struct DeadLetterArguments {
  std::string action;  // ls, show, replay
  std::string config, data_dir, stream,
      reason;  // reason: part of the error's type or reason; empty: all
};
int dead_letter_command(const DeadLetterArguments& arguments);

struct ReconcileArguments {
  std::string config = kInstalledConfig, stream;
  // The path that the agent read the files under; empty: found by the stream's paths.
  std::string path;
  std::vector<std::string> files;
};
int reconcile_command(const ReconcileArguments& arguments);

struct ExplainArguments {
  std::string stream, config, rules, other;  // rules: instead of the configured; other: of --diff
  bool json = false, decisions = false;
  std::vector<std::string> files;  // - is standard input
};
int explain_command(const ExplainArguments& arguments);

struct SetupArguments {
  std::string config = kInstalledConfig;
  std::string conf_dir, only, username, password_file;  // only empty: all parts
  bool dry_run = false, rollover = false;
};
int setup_command(const SetupArguments& arguments);

// Where the agent of a data directory answers.
[[nodiscard]] std::string status_socket(const std::string& data_dir);
// --data-dir, else that of the configuration, else the default. nullopt: exit with kExitFailed; it
// is said why.
std::optional<std::string> data_dir_for(Fs& fs, const std::string& config,
                                        const std::string& data_dir);

// What log.level and log.format mean here. journal_stream: JOURNAL_STREAM of the environment, which
// names stderr's device and inode where that is the journal. auto is text for the journal and for a
// terminal, json elsewhere.
[[nodiscard]] logging::LogOptions log_options(const std::string& level, const std::string& format,
                                              const std::optional<std::string>& journal_stream);

// Loads the configuration for a command, and prints errors and warnings. nullopt: exit with
// kExitFailed.
std::optional<config::Config> config_for(Fs& fs, const std::string& path);

// What asks the sink of the configuration, for a command that waits for answers. Errors: invalid, it
// answers no questions; what the connection needs.
[[nodiscard]] Result<std::unique_ptr<sinks::SinkClient>> sink_client_of(
    Fs& fs, Logger& log, const config::Config& config);

// The logs of a stream as files, for a command that is given some. Errors: invalid, they are none.
[[nodiscard]] Result<std::unique_ptr<input::LogFiles>> log_files_of(
    Fs& fs, const config::Config& config, const config::StreamConfig& stream);

// The stream that a command is about. nullopt after printing which there are: exit with kExitUsage.
std::optional<config::StreamConfig> stream_named(const std::string& name,
                                                 const config::Config& config);

}  // namespace auditship::cli
