#include "agent/input/file/config.h"

#include <algorithm>
#include <utility>

#include "agent/base/glob.h"
#include "agent/input/file/file_discovery.h"
#include "agent/input/file/file_input.h"
#include "agent/input/file/file_log_files.h"
#include "agent/input/file/generations/file_cursor.h"

namespace auditship::input::file {
namespace {

using C = FileInputConfig;
constexpr std::uint64_t kKiB = 1 << 10, kMiB = 1 << 20;

void read_backfill(yaml::YamlMap& map, yaml::ReadContext& /*context*/, C& config) {
  const yaml::YamlNode* node = map.get("backfill");
  if (node == nullptr) {
    return;
  }
  const auto text = yaml::as_scalar(map.problems(), *node, map.path_of("backfill"),
                                    "a duration, as 7d, or 0, or all");
  if (text && *text == "all") {
    config.backfill.reset();
  } else if (text) {
    const auto duration = yaml::parse_duration(*text);
    if (duration) {
      config.backfill = std::chrono::duration_cast<std::chrono::seconds>(*duration);
    } else {
      map.add_problem("backfill", duration.error().message + ", or 0, or all");
    }
  }
}

std::string backfill_text(const C& config) {
  return config.backfill ? yaml::duration_text(*config.backfill) : "all";
}

// The keys that may stand at the top level, too.
std::vector<yaml::Key<C>> default_keys() {
  return {
      {"backfill", "duration, `0` or `all`",
       "How far back rotated files are read at the first start.", read_backfill,
       [](yaml::YamlWriter& out, const C& config) { out.plain("backfill", backfill_text(config)); },
       backfill_text},
      yaml::size_key("line_max", &C::line_max, {64 * kKiB, 256 * kMiB},
                     "Of a longer line the bodies are cut, not the audit fields."),
  };
}

const yaml::Schema<C>& default_schema() {
  static const yaml::Schema<C> kSchema(default_keys());
  return kSchema;
}

std::optional<std::string> path_problem(const std::string& path) {
  if (path.empty() || path.front() != '/') {
    return "\"" + path + "\": expected an absolute path";
  }
  return std::nullopt;
}

void check_paths(yaml::YamlMap& map, yaml::ReadContext& /*context*/, C& config) {
  if (map.has("paths") && config.paths.empty()) {
    map.add_problem("paths",
                    "expected at least one path; \"enabled: false\" switches the stream off");
  }
}

// A pattern of whole paths: each component against its own.
bool glob_covers(std::string_view pattern, std::string_view path) {
  while (true) {
    const std::size_t pattern_end = std::min(pattern.find('/'), pattern.size());
    const std::size_t path_end = std::min(path.find('/'), path.size());
    if (!path_glob_match(pattern.substr(0, pattern_end), path.substr(0, path_end))) {
      return false;
    }
    const bool last = pattern_end == pattern.size();
    if (last || path_end == path.size()) {
      return last && path_end == path.size();
    }
    pattern.remove_prefix(pattern_end + 1);
    path.remove_prefix(path_end + 1);
  }
}

bool same_file(const std::string& a, const std::string& b) {
  return a == b || (has_wildcard(a) && !has_wildcard(b) && glob_covers(a, b)) ||
         (has_wildcard(b) && !has_wildcard(a) && glob_covers(b, a));
}

}  // namespace

const yaml::Schema<FileInputConfig>& FileInputConfig::schema() {
  static const yaml::Schema<C> kSchema(
      [] {
        std::vector<yaml::Key<C>> keys = default_keys();
        keys.insert(
            keys.begin(),
            yaml::texts_key("paths", &C::paths, "list of absolute paths",
                            "Globs allowed; files that are not there are waited for.", path_problem)
                .with_default("by stream"));
        keys.push_back(yaml::texts_key(
            "olddirs", &C::olddirs, "list of absolute paths",
            "Where logs are moved to when they are rotated (logrotate's `olddir`), if that is not "
            "the "
            "log's directory or one in it: looked into for the rest of a log that moved.",
            path_problem));
        return keys;
      }(),
      check_paths);
  return kSchema;
}

const InputType& FileInputConfig::type() const { return kType; }

void FileInputConfig::read_defaults(yaml::YamlMap& top, yaml::ReadContext& context) {
  default_schema().read(top, context, *this);
}

bool FileInputConfig::knows_default(std::string_view key) const {
  return default_schema().knows(key);
}

void FileInputConfig::use_default_paths(std::span<const std::string_view> defaults) {
  paths.assign(defaults.begin(), defaults.end());
}

std::string_view FileInputConfig::missing_key() const { return paths.empty() ? "paths" : ""; }

std::optional<std::string> FileInputConfig::overlap(const InputConfig& other) const {
  const auto* files = dynamic_cast<const FileInputConfig*>(&other);
  if (files == nullptr) {
    return std::nullopt;
  }
  for (const std::string& mine : paths) {
    for (const std::string& theirs : files->paths) {
      if (same_file(mine, theirs)) {
        return has_wildcard(mine) ? theirs : mine;
      }
    }
  }
  return std::nullopt;
}

Result<std::unique_ptr<SourceDiscovery>> FileInputConfig::make_discovery(
    const InputServices& services, const InputStream& stream) const {
  FileInputOptions options;
  options.paths = paths;
  options.host_root = stream.host_root;
  options.source.scope = stream.scope;
  options.source.search_directories = olddirs;
  options.source.line_max_bytes = line_max;
  options.source.cut_tail_bytes =
      std::min<std::uint64_t>(options.source.cut_tail_bytes, line_max / 2);
  options.source.backfill_ns =
      backfill ? std::optional<std::int64_t>(std::chrono::nanoseconds(*backfill).count())
               : std::nullopt;
  options.source.final_pass = stream.end == RunEnd::at_end;
  return std::unique_ptr<SourceDiscovery>(
      std::make_unique<FileInput>(services.fs, services.clock, services.log, std::move(options)));
}

std::vector<std::string> FileInputConfig::check_logs(const InputServices& services) const {
  std::vector<std::string> lines;
  FileDiscovery logs(services.fs, services.log, paths);
  for (const std::string& path : logs.scan()) {
    auto file = services.fs.open(path, OpenMode::read);
    if (file) {
      lines.push_back(path + " is readable");
    } else if (file.error().code == Errc::not_found) {
      lines.push_back(path + " is not there; it is watched for");
    } else {
      lines.push_back(file.error().message);
    }
  }
  return lines;
}

std::unique_ptr<LogFiles> FileInputConfig::log_files(Fs& fs, const std::string& host_root) const {
  return std::make_unique<FileLogFiles>(fs, FileLogFilesOptions{paths, host_root, line_max});
}

const InputType kType{
    .name = "file",
    .summary = "log files, their rotations and compressed generations",
    .make_config = [] { return std::unique_ptr<InputConfig>(std::make_unique<FileInputConfig>()); },
    .describe = generations::describe_position,
};

}  // namespace auditship::input::file
