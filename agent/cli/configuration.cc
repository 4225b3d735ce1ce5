// What commands take from the configuration.
#include <cstdio>
#include <string>

#include "agent/app/registered_types.h"
#include "agent/cli/commands.h"
#include "agent/platform/system_clock.h"

namespace auditship::cli {

std::optional<config::Config> config_for(Fs& fs, const std::string& path) {
  auto config =
      config::load_config(fs, app::registered_types(), path, platform::system_environment);
  if (!config) {
    // For the journal, each line with the priority of an error.
    const char* priority = platform::system_environment("JOURNAL_STREAM") ? "<3>" : "";
    std::string text = config.error().message;
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
      text.insert(at + 1, priority);
    }
    std::fprintf(stderr, "%sauditship: %s\n", priority, text.c_str());
    return std::nullopt;
  }
  return std::move(*config);
}

Result<std::unique_ptr<sinks::SinkClient>> sink_client_of(Fs& fs, Logger& log,
                                                          const config::Config& config) {
  const sinks::SinkType& type = config.sink().type();
  if (type.connect_client == nullptr) {
    return Error{Errc::invalid, "sink.type is " + std::string(type.name) +
                                    ", and that cannot be asked for documents"};
  }
  return type.connect_client(config.sink(), fs, log);
}

Result<std::unique_ptr<input::LogFiles>> log_files_of(Fs& fs, const config::Config& config,
                                                      const config::StreamConfig& stream) {
  auto files = stream.input->log_files(fs, config.host_root);
  if (files == nullptr) {
    return Error{Errc::invalid, "stream " + stream.name + " reads no files: its input is " +
                                    std::string(stream.input->type().name)};
  }
  return files;
}

std::optional<config::StreamConfig> stream_named(const std::string& name,
                                                 const config::Config& config) {
  std::string names;
  for (const config::StreamConfig& stream : config.streams) {
    if (stream.name == name) {
      return stream;
    }
    names += " " + stream.name;
  }
  std::fprintf(stderr, "auditship: --stream: no stream is named %s; there are:%s\n", name.c_str(),
               names.c_str());
  return std::nullopt;
}

}  // namespace auditship::cli
