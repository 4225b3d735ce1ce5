// `auditship reconcile`: what is in OpenSearch of the lines of log files. Changes nothing.
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "agent/app/identity.h"
#include "agent/app/type_access.h"
#include "agent/cli/commands.h"
#include "agent/input/file/live_log.h"
#include "agent/logging/agent_log.h"
#include "agent/platform/posix_filesystem.h"
#include "agent/rules/rule_file.h"
#include "sinks/opensearch/blocking_client.h"
#include "sinks/opensearch/reconcile/reconciler.h"

namespace auditship::cli {

namespace reconcile = sinks::opensearch::reconcile;

namespace {

void print_range(const reconcile::FindingRange& range) {
  const char* what = range.finding == reconcile::Finding::missing ? "MISSING" : "MORE THAN ONCE";
  std::printf("%s: %s: %llu documents, from offset %llu to %llu\n", range.file.c_str(), what,
              static_cast<unsigned long long>(range.documents),
              static_cast<unsigned long long>(range.first),
              static_cast<unsigned long long>(range.last));
}

// The path that is in the ids of the file's lines.
std::optional<std::string> live_log_for(const std::string& file, const std::string& path,
                                        const std::vector<std::string>& patterns) {
  if (!path.empty()) {
    return path;
  }
  return input::file::live_log_of(std::filesystem::absolute(file).lexically_normal().string(),
                                  patterns, input::file::FilePlace::anywhere);
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
                   reconcile::Reconciler& reconciler) {
  for (const std::string& file : arguments.files) {
    const auto live_log = live_log_for(file, arguments.path, stream.input->places());
    if (!live_log) {
      return Error{Errc::invalid,
                   file + ": is no log of stream " + stream.name +
                       " and none that was rotated from one: say with --path under which path the "
                       "agent read it"};
    }
    if (auto s = reconciler.check_file(file, *live_log); !s) {
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
  const auto opensearch = app::opensearch_config(*config);
  if (!opensearch) {
    return fail(opensearch.error().message);
  }
  auto client = sinks::opensearch::BlockingOpenSearchClient::connect(fs, *opensearch, log);
  if (!client) {
    return fail(client.error().message);
  }
  reconcile::ReconcileOptions options;
  options.scope = event::IdScope{config->cluster_name, *node, stream->name};
  options.line_max_bytes = stream->input->line_max_bytes();
  reconcile::Reconciler reconciler(
      fs, (*client)->sink(stream->target),
      [&client](const std::function<void(std::function<void()>)>& start) {
        return (*client)->run(start);
      },
      std::move(rules), (*parsers)->make_parser(), std::move(options), print_range);
  if (auto s = check_files(arguments, *stream, reconciler); !s) {
    return fail(s.error().message);
  }
  return report(reconciler.totals());
}

}  // namespace auditship::cli
