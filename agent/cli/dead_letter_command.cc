// `auditship dead-letter`: documents that the server refused for their content. ls and show also
// while an agent runs; replay needs it stopped, because it takes letters out.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "agent/base/encoding/json_writer.h"
#include "agent/cli/commands.h"
#include "agent/delivery/dead_letters/dead_letter_replay.h"
#include "agent/delivery/dead_letters/dead_letter_store.h"
#include "agent/logging/agent_log.h"
#include "agent/platform/posix_filesystem.h"

namespace auditship::cli {

namespace dead_letters = delivery::dead_letters;

namespace {

std::string directory_for(const std::string& data_dir, const std::string& stream) {
  return join_path(join_path(data_dir, stream), "dead-letter");
}

std::vector<std::string> streams_in(Fs& fs, const std::string& data_dir, const std::string& only) {
  std::vector<std::string> streams;
  if (auto names = fs.list(data_dir); names) {
    for (const std::string& name : *names) {
      auto there = fs.stat(directory_for(data_dir, name));
      if (there && there->is_directory && (only.empty() || only == name)) {
        streams.push_back(name);
      }
    }
  }
  std::sort(streams.begin(), streams.end());
  return streams;
}

bool wanted(const dead_letters::DeadLetterEntry& entry, const std::string& reason) {
  return reason.empty() || entry.type.find(reason) != std::string::npos ||
         entry.reason.find(reason) != std::string::npos;
}

int list_entries(Fs& fs, const std::string& data_dir, const DeadLetterArguments& arguments) {
  bool good = true;
  for (const std::string& stream : streams_in(fs, data_dir, arguments.stream)) {
    std::map<std::string, std::uint64_t> by_error;
    std::uint64_t entries = 0;
    auto scan = dead_letters::read_dead_letters(
        fs, directory_for(data_dir, stream), [&](const dead_letters::DeadLetterEntry& entry) {
          if (wanted(entry, arguments.reason)) {
            std::string clean;
            append_json_escaped(clean, std::to_string(entry.status) + " " + entry.type + ": " +
                                           entry.reason.substr(0, 120));
            ++by_error[clean];
            ++entries;
          }
          return true;
        });
    if (!scan) {
      std::fprintf(stderr, "auditship: %s: %s\n", stream.c_str(), scan.error().message.c_str());
      good = false;
      continue;
    }
    std::printf("%s: %llu letters%s\n", stream.c_str(), static_cast<unsigned long long>(entries),
                scan->damaged_files > 0 ? ", and files with a damaged end" : "");
    for (const auto& [error, count] : by_error) {
      std::printf("  %llu  %s\n", static_cast<unsigned long long>(count), error.c_str());
    }
  }
  return good ? 0 : kExitFailed;
}

int show_entries(Fs& fs, const std::string& data_dir, const DeadLetterArguments& arguments) {
  for (const std::string& stream : streams_in(fs, data_dir, arguments.stream)) {
    auto scan = dead_letters::read_dead_letters(
        fs, directory_for(data_dir, stream), [&](const dead_letters::DeadLetterEntry& entry) {
          if (!wanted(entry, arguments.reason)) {
            return true;
          }
          std::string line = "{\"stream\":";
          append_json_string(line, stream);
          for (const auto& [name, value] :
               {std::pair<const char*, const std::string*>{"id", &entry.id},
                {"index", &entry.index},
                {"type", &entry.type},
                {"reason", &entry.reason},
                {"document", &entry.document}}) {
            line += ",\"";
            line += name;
            line += "\":";
            append_json_string(line, *value);
          }
          line += ",\"status\":" + std::to_string(entry.status) + ",\"first\":\"";
          append_rfc3339(line, entry.first_ns);
          line += "\",\"last\":\"";
          append_rfc3339(line, entry.last_ns);
          line += "\"}\n";
          return std::fwrite(line.data(), 1, line.size(), stdout) == line.size();
        });
    if (!scan) {
      std::fprintf(stderr, "auditship: %s: %s\n", stream.c_str(), scan.error().message.c_str());
      return kExitFailed;
    }
  }
  return 0;
}

dead_letters::ReplayReport replay_stream(Fs& fs, const config::Config& config,
                                         const config::StreamConfig& stream,
                                         sinks::SinkClient& client, const std::string& reason) {
  dead_letters::DeadLetterStoreOptions options;
  options.directory = directory_for(config.data_dir, stream.name);
  auto store = dead_letters::DeadLetterStore::open(fs, options);
  if (!store) {
    dead_letters::ReplayReport report;
    report.status =
        store.error().code == Errc::busy
            ? Error{Errc::busy, "the agent is running on this data directory: stop it first"}
            : store.error();
    return report;
  }
  const auto framing = config.sink().framing(stream.target);
  dead_letters::DeadLetterReplay replay(
      client.sink(stream.target), *framing,
      [&client](const std::function<void(std::function<void()>)>& start) {
        return client.run(start);
      },
      **store);
  return replay.run(fs, options.directory, [&reason](const dead_letters::DeadLetterEntry& entry) {
    return wanted(entry, reason);
  });
}

int replay_entries(Fs& fs, const DeadLetterArguments& arguments) {
  auto config = config_for(fs, arguments.config.empty() ? kInstalledConfig : arguments.config);
  if (!config) {
    return kExitFailed;
  }
  logging::AgentLog log(LogLevel::warn, logging::LogFormat::text);
  auto client = sink_client_of(fs, log, *config);
  if (!client) {
    std::fprintf(stderr, "auditship: %s\n", client.error().message.c_str());
    return kExitFailed;
  }
  bool good = true;
  for (const config::StreamConfig& stream : config->streams) {
    if (!arguments.stream.empty() && arguments.stream != stream.name) {
      continue;
    }
    const dead_letters::ReplayReport total =
        replay_stream(fs, *config, stream, **client, arguments.reason);
    std::printf("%s: %llu delivered, %llu refused again\n", stream.name.c_str(),
                static_cast<unsigned long long>(total.settled),
                static_cast<unsigned long long>(total.refused));
    if (!total.status) {
      std::fprintf(stderr, "auditship: %s: %s\n", stream.name.c_str(),
                   total.status.error().message.c_str());
    }
    good = good && total.status.ok() && total.refused == 0;
  }
  return good ? 0 : kExitFailed;
}

}  // namespace

int dead_letter_command(const DeadLetterArguments& arguments) {
  platform::PosixFs fs;
  if (arguments.action == "replay") {
    return replay_entries(fs, arguments);
  }
  const auto data_dir = data_dir_for(fs, arguments.config, arguments.data_dir);
  if (!data_dir) {
    return kExitFailed;
  }
  return arguments.action == "ls" ? list_entries(fs, *data_dir, arguments)
                                  : show_entries(fs, *data_dir, arguments);
}

}  // namespace auditship::cli
