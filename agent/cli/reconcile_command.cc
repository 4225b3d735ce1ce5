// `auditship reconcile`: what is at the destination of the lines of log files. Changes nothing.
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "agent/app/identity.h"
#include "agent/cli/commands.h"
#include "agent/logging/agent_log.h"
#include "agent/platform/posix_filesystem.h"
#include "agent/reconcile/reconciler.h"
#include "agent/rules/rule_file.h"

namespace auditship::cli {
namespace {

void print_range(const reconcile::FindingRange& range) {
  const char* what = range.finding == reconcile::Finding::missing ? "MISSING" : "MORE THAN ONCE";
  std::printf("%s: %s: %llu documents, from offset %llu to %llu\n", range.file.c_str(), what,
              static_cast<unsigned long long>(range.documents),
              static_cast<unsigned long long>(range.first),
              static_cast<unsigned long long>(range.last));
}

// That is in the ids of the file's lines.
std::optional<std::string> source_for(const std::string& file, const std::string& path,
                                      const input::LogFiles& files) {
  return !path.empty()
             ? files.source_at(path)
             : files.source_of(std::filesystem::absolute(file).lexically_normal().string(),
                               input::FilePlace::anywhere);
}

int fail(const std::string& message) {
  std::fprintf(stderr, "auditship: %s\n", message.c_str());
  return kExitFailed;
}

// The exit code of the command, and the sentence that says why.
int report(const reconcile::ReconcileTotals& totals) {
  std::printf("%llu documents expected, %llu records filtered; %llu missing, %llu more than once\n",
              static_cast<unsigned long long>(totals.kept),
              static_cast<unsigned long long>(totals.filtered),
              static_cast<unsigned long long>(totals.missing),
              static_cast<unsigned long long>(totals.more_than_once));
  return totals.missing == 0 && totals.more_than_once == 0 ? 0 : kExitFailed;
}

Status check_files(const ReconcileArguments& arguments, const config::StreamConfig& stream,
                   const input::LogFiles& files, reconcile::Reconciler& reconciler) {
  for (const std::string& file : arguments.files) {
    const auto source = source_for(file, arguments.path, files);
    if (!source) {
      return Error{Errc::invalid,
                   file + ": is no log of stream " + stream.name +
                       " and none that was rotated from one: say with --path under which path the "
                       "agent read it"};
    }
    if (auto s = reconciler.check_file(file, *source); !s) {
      return s.error().in(file);
    }
  }
  return {};
}

}  // namespace

int reconcile_command(const ReconcileArguments& arguments) {
  platform::PosixFs fs;
  auto config = config_for(fs, arguments.config);
  if (!config) {
    return kExitFailed;
  }
  const config::StreamConfig* stream = nullptr;
  for (const config::StreamConfig& each : config->streams) {
    stream = each.name == arguments.stream ? &each : stream;
  }
  if (stream == nullptr) {
    return fail("--stream: no stream is named " + arguments.stream);
  }
  filter::RuleSet rules;
  if (!stream->filters.empty()) {
    auto file = rules::load_rule_file(fs, stream->filters);
    if (!file) {
      return fail(file.error().message);
    }
    rules = std::move(file->rules);
  }
  auto parsers = stream->parser->make_factory(parsers::ParserServices{fs});
  if (!parsers) {
    return fail(parsers.error().message);
  }
  auto node = app::frozen_node_name(fs, config->data_dir);
  if (!node) {
    return fail(node.error().message);
  }
  logging::AgentLog log(LogLevel::warn, logging::LogFormat::text);
  auto files = log_files_of(fs, *config, *stream);
  if (!files) {
    return fail(files.error().message);
  }
  auto client = sink_client_of(fs, log, *config);
  if (!client) {
    return fail(client.error().message);
  }
  reconcile::Reconciler reconciler(
      **files,
      [&](const std::vector<std::string>& ids) {
        return (*client)->count_copies(stream->target, ids);
      },
      std::move(rules), (*parsers)->make_parser(),
      event::IdScope{config->cluster_name, *node, stream->name}, print_range);
  if (auto s = check_files(arguments, *stream, **files, reconciler); !s) {
    return fail(s.error().message);
  }
  return report(reconciler.totals());
}

}  // namespace auditship::cli
