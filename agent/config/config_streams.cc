#include <algorithm>

#include "agent/config/config_internal.h"
#include "agent/rules/rule_file.h"

namespace auditship::config {
namespace {

constexpr std::uint64_t kMiB = 1 << 20, kTiB = std::uint64_t{1} << 40;

bool is_stream_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

bool is_index_name(std::string_view name) {
  return !name.empty() && name.size() <= 200 && name.front() != '-' && name.front() != '_' &&
         name.front() != '.' && name.front() != '+' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                  c == '.' || c == '+';
         });
}

void read_buffer(yaml::YamlMap& map, StreamConfig& stream) {
  const yaml::YamlNode* node = map.get("buffer_max");
  if (node == nullptr) {
    return;
  }
  if (node->kind != yaml::YamlNode::Kind::scalar || !node->text.ends_with('%')) {
    map.size("buffer_max", 16 * kMiB, kTiB, stream.buffer_max_bytes);
    stream.buffer_max_percent.reset();
    return;
  }
  const std::string digits = node->text.substr(0, node->text.size() - 1);
  unsigned percent = 0;
  for (const char c : digits) {
    percent = c >= '0' && c <= '9' && percent <= 100 ? percent * 10 + static_cast<unsigned>(c - '0')
                                                     : 1000;
  }
  if (digits.empty() || percent < 1 || percent > 90) {
    map.add_problem("buffer_max",
                    "expected a size, as 2GiB, or a share of the disk from 1% to 90%");
  } else {
    stream.buffer_max_percent = percent;
  }
}

void read_paths(yaml::YamlMap& map, StreamConfig& stream) {
  if (!map.texts("paths", stream.paths)) {
    return;
  }
  if (stream.paths.empty()) {
    map.add_problem("paths",
                    "expected at least one path; \"enabled: false\" switches the stream off");
  }
  for (const std::string& path : stream.paths) {
    if (path.empty() || path.front() != '/') {
      map.add_problem("paths", "\"" + path + "\": expected an absolute path");
    }
  }
}

// Loads the rule file as run will, so that check finds what run would.
void check_rules(yaml::YamlMap& top, Fs& fs, Config& config, const StreamConfig& stream) {
  auto rules = rules::load_rule_file(fs, stream.filters);
  if (rules) {
    config.warnings.insert(config.warnings.end(), rules->warnings.begin(), rules->warnings.end());
  } else {
    top.add_problem("streams", "the rules of stream " + stream.name + " cannot be used:\n" +
                                   rules.error().message);
  }
}

void read_filters(yaml::YamlMap& map, Fs& fs, Config& config, StreamConfig& stream) {
  std::string filters;
  if (!map.text("filters", filters)) {
    return;
  }
  if (filters == "none") {
    stream.filters = "none";
    return;
  }
  read_file_name(map, "filters", fs, config.file, stream.filters);
}

void read_stream(yaml::YamlProblems& problems, const yaml::YamlNode::Member& member, Fs& fs,
                 Config& config, StreamConfig& stream, bool is_new) {
  yaml::YamlMap map(problems, member.value, "streams." + member.key);
  bool enabled = true;
  map.boolean("enabled", enabled);
  static const std::vector<std::string_view> kParsers = {"kube_audit", "auth_log"};
  if (const auto parser = map.one_of("parser", kParsers)) {
    stream.parser = *parser == 0 ? ParserType::kube_audit : ParserType::auth_log;
  } else if (is_new && !map.has("parser")) {
    problems.add(member.line, member.column,
                 "a stream of your own needs \"parser\": kube_audit or auth_log");
  }
  read_paths(map, stream);
  if (is_new && !map.has("paths")) {
    problems.add(member.line, member.column, "a stream of your own needs \"paths\"");
  }
  if (map.text("target", stream.target) && !is_index_name(stream.target)) {
    map.add_problem("target",
                    "expected an index or alias name: lower-case letters, digits, - _ . and +");
  }
  read_filters(map, fs, config, stream);
  read_buffer(map, stream);
  map.done();
  if (!enabled) {
    stream.name.clear();
  }
}

StreamConfig* find_stream(Config& config, std::string_view name) {
  const auto found =
      std::find_if(config.streams.begin(), config.streams.end(),
                   [name](const StreamConfig& stream) { return stream.name == name; });
  return found == config.streams.end() ? nullptr : &*found;
}

// A default rule file that is not there means: keep everything, and say so.
void find_default_rules(Fs& fs, Config& config, StreamConfig& stream) {
  const std::string name = stream.parser == ParserType::kube_audit ? "kubeaudit" : "authlog";
  const std::string path = resolve_path(config.file, "filters/" + name + ".yaml");
  if (const auto stat = fs.stat(path); stat && stat->is_regular) {
    stream.filters = path;
  } else {
    config.warnings.push_back("stream " + stream.name + ": no rule file " + path +
                              ": every event is kept");
  }
}

void read_named_stream(yaml::YamlProblems& problems, const yaml::YamlNode::Member& member, Fs& fs,
                       Config& config) {
  if (StreamConfig* known = find_stream(config, member.key)) {
    read_stream(problems, member, fs, config, *known, false);
    return;
  }
  if (!is_stream_name(member.key)) {
    problems.add(member.line, member.column,
                 "a stream's name is 1 to 32 lower-case letters, digits, - and _");
    return;
  }
  const std::string_view near = yaml::nearest_name(member.key, {"kubeaudit", "authlog"});
  const bool has_parser =
      std::any_of(member.value.members.begin(), member.value.members.end(),
                  [](const yaml::YamlNode::Member& m) { return m.key == "parser"; });
  if (!has_parser && !near.empty()) {
    problems.add(member.line, member.column,
                 "unknown stream \"" + member.key + "\"; did you mean \"" + std::string(near) +
                     "\"? A stream of your own needs \"parser\" and \"paths\"");
    return;
  }
  StreamConfig stream;
  stream.name = member.key;
  stream.target = member.key;
  read_stream(problems, member, fs, config, stream, true);
  config.streams.push_back(std::move(stream));
}

}  // namespace

void read_streams(yaml::YamlMap& top, Fs& fs, Config& config) {
  if (const yaml::YamlNode* node = top.get("streams")) {
    yaml::YamlMap map(top.problems(), *node, "streams");
    for (const yaml::YamlNode::Member& member : map.members()) {
      read_named_stream(top.problems(), member, fs, config);
    }
  }
  std::erase_if(config.streams, [](const StreamConfig& stream) { return stream.name.empty(); });
  if (config.streams.empty()) {
    top.add_problem("streams", "every stream is switched off: nothing would be read");
  }
  for (StreamConfig& stream : config.streams) {
    if (stream.filters.empty()) {
      find_default_rules(fs, config, stream);
    } else if (stream.filters == "none") {
      stream.filters.clear();
      continue;
    }
    if (!stream.filters.empty() && !unreadable(fs, stream.filters)) {
      check_rules(top, fs, config, stream);
    }
  }
}

}  // namespace auditship::config
