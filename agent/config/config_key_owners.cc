#include "agent/config/config_internal.h"

namespace auditship::config {
namespace {

using Kind = parsers::auth_log::key_owners::KeyOwnerSource::Kind;

void read_source(yaml::YamlProblems& problems, const yaml::YamlNode& node, Fs& fs, Config& config) {
  yaml::YamlMap map(problems, node, "ssh_key_owners");
  parsers::auth_log::key_owners::KeyOwnerSource source;
  unsigned kinds = 0;
  if (map.text("authorized_keys", source.path)) {
    ++kinds;
    if (source.path.empty()) {
      map.add_problem("authorized_keys", "expected a file, a directory, a glob or a pattern");
    } else if (source.path.find('%') == std::string::npos) {
      source.path = resolve_path(config.file, source.path);
    }
  }
  for (const auto& [key, kind] : {std::pair<std::string_view, Kind>{"map", Kind::map},
                                  std::pair<std::string_view, Kind>{"ca_keys", Kind::ca_keys}}) {
    if (map.has(key)) {
      ++kinds;
      source.kind = kind;
      read_file_name(map, key, fs, config.file, source.path);
    }
  }
  if (map.has("passwd")) {
    read_file_name(map, "passwd", fs, config.file, source.passwd);
  }
  map.done();
  if (kinds != 1) {
    problems.add(node, "expected one of \"authorized_keys\", \"map\" and \"ca_keys\" in each item");
  }
  config.ssh_key_owners.push_back(std::move(source));
}

}  // namespace

void read_key_owners(yaml::YamlMap& top, Fs& fs, Config& config) {
  top.for_each_item("ssh_key_owners", [&](const yaml::YamlNode& node) {
    read_source(top.problems(), node, fs, config);
  });
  if (!top.problems().empty() || config.ssh_key_owners.empty()) {
    return;
  }
  auto loaded = parsers::auth_log::key_owners::load_key_owners(fs, config.ssh_key_owners);
  if (!loaded) {
    top.add_problem("ssh_key_owners", loaded.error().message);
    return;
  }
  config.warnings.insert(config.warnings.end(), loaded->warnings.begin(), loaded->warnings.end());
}

}  // namespace auditship::config
