#include "agent/config/config.h"

#include <limits>
#include <utility>

#include "agent/config/config_internal.h"
#include "agent/config/deprecated_keys.h"

namespace auditship::config {
namespace {

constexpr std::size_t kMaxConfig = 1 << 20;
constexpr std::uint64_t kNewestVersion = 1;

// Which release's keys the file speaks in. Of a newer file nothing else is read: what is unknown in
// it is not wrong.
Status read_version(yaml::YamlMap& top) {
  std::uint64_t version = kNewestVersion;
  top.number("version", 1, std::numeric_limits<std::uint32_t>::max(), version);
  if (version <= kNewestVersion) {
    return {};
  }
  yaml::YamlProblems newer(top.problems().file());
  newer.add(*top.get("version"), "this configuration is of version " + std::to_string(version) +
                                     ", and this release reads version " +
                                     std::to_string(kNewestVersion) +
                                     ": install the release that it was written for");
  return newer.error();
}

void require_cluster(yaml::YamlMap& top) {
  const yaml::YamlNode* node = top.get("cluster");
  yaml::YamlProblems unheard(top.problems().file());
  static const yaml::YamlNode kNothing;
  yaml::YamlMap cluster(unheard, node != nullptr ? *node : kNothing, "cluster");
  if (!cluster.has("name")) {
    top.add_problem("cluster",
                    "the name of the cluster is required, as \"cluster: {name: prod-1}\": "
                    "no audit event carries it");
  }
}

Config with_defaults(const RegisteredTypes& types) {
  Config config;
  config.streams = default_streams(types, built_in_defaults(types), config);
  config.sinks = default_sinks(types, config.data_dir);
  return config;
}

}  // namespace

Config default_config(const RegisteredTypes& types) {
  Config config = with_defaults(types);
  config.cluster_name = "unnamed";
  return config;
}

Result<Config> parse_config(Fs& fs, const RegisteredTypes& types, const std::string& path,
                            std::string_view text, const Environment& env) {
  auto document = yaml::parse_yaml(path, text);
  if (!document) {
    return document.error();
  }
  if (document->more_documents) {
    return Error{Errc::invalid, path + ": expected one YAML document, found a second one (---)"};
  }
  Config config = with_defaults(types);
  config.file = path;
  yaml::ReadContext context{fs, path, {}, {}};
  yaml::YamlProblems problems(path);
  problems.expand = [&env](std::string_view value) { return expand_variables(value, env); };
  apply_renames(document->root, renamed_keys(), problems, context.warnings);
  yaml::YamlMap top(problems, document->root, "");
  if (auto s = read_version(top); !s) {
    return s.error();
  }
  general_schema().read(top, context, config);
  require_cluster(top);
  StreamDefaults defaults = built_in_defaults(types);
  read_defaults(top, context, defaults);
  read_streams(top, context, types, defaults, config);
  config.sinks = default_sinks(types, config.data_dir);
  read_sink(top, context, types, config);
  check_documents(top, config);
  top.done();
  if (!problems.empty()) {
    return problems.error();
  }
  config.warnings = std::move(context.warnings);
  config.missing = std::move(context.missing);
  return config;
}

Result<Config> load_config(Fs& fs, const RegisteredTypes& types, const std::string& path,
                           const Environment& env) {
  auto text = fs.read_file(path, kMaxConfig);
  if (!text) {
    return text.error().in("read configuration " + path);
  }
  return parse_config(fs, types, path, *text, env);
}

Status set_parser_key(Fs& fs, StreamConfig& stream, const std::string& key,
                      const std::string& value) {
  if (!stream.parser->knows(key)) {
    return {};
  }
  yaml::YamlNode root;
  root.kind = yaml::YamlNode::Kind::map;
  yaml::YamlNode::Member& member = root.members.emplace_back();
  member.key = key;
  member.value.kind = yaml::YamlNode::Kind::scalar;
  member.value.quoted = true;
  member.value.text = value;
  yaml::YamlProblems problems("command line");
  yaml::YamlMap map(problems, root, "");
  yaml::ReadContext context{fs, {}, {}, {}};
  stream.parser->read(map, context);
  return problems.empty() ? Status() : Status(problems.error());
}

}  // namespace auditship::config
