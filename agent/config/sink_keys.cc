// `sink:`: which one, and the sections of all.
#include "agent/config/config_internal.h"

namespace auditship::config {

std::vector<Polymorphic<sinks::SinkConfig>> default_sinks(const RegisteredTypes& types,
                                                          const std::string& data_dir) {
  std::vector<Polymorphic<sinks::SinkConfig>> all;
  for (const sinks::SinkType* type : types.sinks) {
    all.emplace_back(type->make_config());
    all.back()->use_data_dir(data_dir);
  }
  return all;
}

void read_sink(yaml::YamlMap& top, yaml::ReadContext& context, const RegisteredTypes& types,
               Config& config) {
  const yaml::YamlNode* node = top.get("sink");
  if (node == nullptr) {
    return;
  }
  yaml::YamlMap sink(top.problems(), *node, "sink");
  std::vector<std::string_view> names;
  std::string expected;
  for (const sinks::SinkType* type : types.sinks) {
    expected += (names.empty()                            ? ""
                 : names.size() + 1 == types.sinks.size() ? " or "
                                                          : ", ") +
                std::string(type->name);
    names.push_back(type->name);
  }
  if (const auto type = sink.one_of("type", names)) {
    config.sink_index = *type;
  } else if (!sink.has("type")) {
    sink.add_problem("type", "expected " + expected);
  }
  for (std::size_t i = 0; i < types.sinks.size(); ++i) {
    const sinks::SinkType& type = *types.sinks[i];
    if (const yaml::YamlNode* section = sink.get(type.name)) {
      yaml::YamlMap map(sink.problems(), *section, sink.path_of(type.name));
      config.sinks[i]->read(map, context);
      map.done();
    } else if (config.sink_index == i && !type.required.empty()) {
      sink.add_problem(type.name, "required for type " + std::string(type.name) + ": at least " +
                                      std::string(type.required));
    }
  }
  sink.done();
}

}  // namespace auditship::config
