#include "parsers/auth_log/key_owners/key_owners_key.h"

#include <string>
#include <utility>

#include "agent/yaml/schema.h"

namespace auditship::parsers::auth_log::key_owners {
namespace {

using Kind = KeyOwnerSource::Kind;

KeyOwnerSource read_source(yaml::YamlProblems& problems, const yaml::YamlNode& node,
                           std::string path, yaml::ReadContext& context) {
  yaml::YamlMap map(problems, node, std::move(path));
  KeyOwnerSource source;
  unsigned kinds = 0;
  if (map.text("authorized_keys", source.path)) {
    ++kinds;
    if (source.path.empty()) {
      map.add_problem("authorized_keys", "expected a file, a directory, a glob or a pattern");
    } else if (source.path.find('%') == std::string::npos) {
      source.path = context.resolve(source.path);
    }
  }
  for (const auto& [key, kind] : {std::pair<std::string_view, Kind>{"map", Kind::map},
                                  std::pair<std::string_view, Kind>{"ca_keys", Kind::ca_keys}}) {
    if (map.has(key)) {
      ++kinds;
      source.kind = kind;
      yaml::read_file_name(map, key, context, yaml::FileNeeded::now, source.path);
    }
  }
  if (map.has("passwd")) {
    yaml::read_file_name(map, "passwd", context, yaml::FileNeeded::now, source.passwd);
  }
  map.done();
  if (kinds != 1) {
    problems.add(node, "expected one of \"authorized_keys\", \"map\" and \"ca_keys\" in each item");
  }
  return source;
}

}  // namespace

void read_sources(yaml::YamlMap& map, std::string_view key, yaml::ReadContext& context,
                  std::vector<KeyOwnerSource>& into) {
  if (!map.has(key)) {
    return;
  }
  into.clear();
  map.for_each_item(key, [&](const yaml::YamlNode& node) {
    into.push_back(read_source(map.problems(), node, map.path_of(key), context));
  });
  if (!map.problems().empty() || into.empty()) {
    return;
  }
  auto loaded = load_key_owners(context.fs, into);
  if (!loaded) {
    map.add_problem(key, loaded.error().message);
    return;
  }
  for (std::string& warning : loaded->warnings) {
    context.warn(std::move(warning));
  }
}

void write_sources(yaml::YamlWriter& out, std::string_view key,
                   const std::vector<KeyOwnerSource>& sources) {
  out.open(key);
  for (const KeyOwnerSource& source : sources) {
    out.open_item();
    switch (source.kind) {
      case Kind::authorized_keys:
        out.text("authorized_keys", source.path);
        out.text("passwd", source.passwd);
        break;
      case Kind::map:
        out.text("map", source.path);
        break;
      case Kind::ca_keys:
        out.text("ca_keys", source.path);
        break;
    }
    out.close();
  }
  out.close();
}

}  // namespace auditship::parsers::auth_log::key_owners
