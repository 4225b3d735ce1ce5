// The subcommands. Each reads its options from its struct and returns the exit code: 0 done, 1 failed,
// 2 wrong use. Results go to stdout, errors and the agent's own log to stderr.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/app/config.h"

namespace auditship {

inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

struct RunArguments {
  std::string config;
  bool once = false;
};
int run_command(const RunArguments& arguments);

struct ParseArguments {
  std::string stream, config, time_zone, reference_time;
  bool pretty = false;
  std::vector<std::string> files;  // empty: stdin
};
int parse_command(const ParseArguments& arguments);

struct CheckArguments {
  std::string config;
  bool online = false, effective = false;
};
int check_command(const CheckArguments& arguments);

// Loads the configuration for a command, and prints errors and warnings. nullopt: exit with kExitFailed.
std::optional<Config> config_for(Fs& fs, const std::string& path);

}  // namespace auditship
