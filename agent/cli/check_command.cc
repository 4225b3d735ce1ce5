#include <cstdio>

#include "agent/cli/commands.h"
#include "agent/input/input_type.h"
#include "agent/logging/agent_log.h"
#include "agent/platform/posix_filesystem.h"
#include "agent/platform/system_clock.h"
#include "agent/rules/rule_file.h"

namespace auditship::cli {
namespace {

void tell_inputs(Fs& fs, Logger& log, const config::StreamConfig& stream) {
  const platform::SystemClock clock;
  for (const std::string& line : stream.input->check_logs(input::InputServices{fs, clock, log})) {
    std::printf("%s: %s\n", stream.name.c_str(), line.c_str());
  }
}

// Runs the tests that the rule files of the streams bring. False when one fails.
bool test_rules(Fs& fs, const config::Config& config) {
  bool good = true;
  for (const config::StreamConfig& stream : config.streams) {
    if (stream.filters.empty()) {
      continue;
    }
    auto file = rules::load_rule_file(fs, stream.filters);
    if (!file) {
      continue;  // load_config has refused it already
    }
    for (const std::string& warning : file->warnings) {
      std::fprintf(stderr, "warning: %s\n", warning.c_str());
    }
    for (const std::string& failure : rules::run_rule_tests(*file)) {
      std::fprintf(stderr, "%s\n", failure.c_str());
      good = false;
    }
  }
  return good;
}

// False when an answer of the sink is bad.
bool ask_sink(Fs& fs, const config::Config& config, Logger& log) {
  const sinks::OnlineCheck check = config.sink().type().check_online;
  if (check == nullptr) {
    return true;
  }
  std::vector<sinks::SinkStream> streams;
  for (const config::StreamConfig& stream : config.streams) {
    streams.push_back(sinks::SinkStream{stream.name, stream.target, {}});
  }
  return check(config.sink(), fs, log, streams,
               [](const std::string& line) { std::printf("%s\n", line.c_str()); });
}

}  // namespace

int check_command(const CheckArguments& arguments) {
  platform::PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  logging::AgentLog log(LogLevel::warn, logging::LogFormat::text);
  for (const std::string& warning : config->warnings) {
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  }
  if (arguments.effective) {
    std::fputs(config::render_effective(*config).c_str(), stdout);
  }
  bool good = test_rules(fs, *config) && config->missing.empty();
  for (const std::string& missing : config->missing) {
    std::fprintf(stderr, "auditship: %s: %s\n", arguments.config.c_str(), missing.c_str());
  }
  for (const config::StreamConfig& stream : config->streams) {
    if (auto factory = stream.parser->make_factory(parsers::ParserServices{fs}); !factory) {
      std::fprintf(stderr, "auditship: %s\n", factory.error().message.c_str());
      good = false;
    }
    tell_inputs(fs, log, stream);
  }
  if (arguments.online) {
    good = ask_sink(fs, *config, log) && good;
  }
  std::printf("%s: %s\n", arguments.config.c_str(), good ? "valid" : "has errors");
  return good ? 0 : kExitFailed;
}

}  // namespace auditship::cli
