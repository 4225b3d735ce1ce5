// `streams:`, over the streams that are on by default.
#include <algorithm>

#include "agent/config/config_internal.h"
#include "agent/rules/rule_file.h"

namespace auditship::config {
namespace {

bool is_stream_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

template <typename Type>
std::vector<std::string_view> names_of(std::span<const Type* const> types) {
  std::vector<std::string_view> names;
  for (const Type* type : types) {
    names.push_back(type->name);
  }
  return names;
}

bool has_member(const yaml::YamlNode& node, std::string_view key) {
  return std::any_of(node.members.begin(), node.members.end(),
                     [key](const yaml::YamlNode::Member& m) { return m.key == key; });
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + std::string(names[i]);
  }
  return text;
}

// Reads one stream after the other.
class StreamReader {
 public:
  StreamReader(yaml::YamlProblems& problems, yaml::ReadContext& context,
               const RegisteredTypes& types, const StreamDefaults& defaults, Config& config)
      : problems_(problems),
        context_(context),
        types_(types),
        defaults_(defaults),
        config_(config) {}

  void read(const yaml::YamlNode::Member& member) {
    const auto known = std::find_if(config_.streams.begin(), config_.streams.end(),
                                    [&](const StreamConfig& s) { return s.name == member.key; });
    if (known != config_.streams.end()) {
      read_keys(member, *known, Origin::built_in);
      return;
    }
    if (!is_stream_name(member.key)) {
      problems_.add(member.line, member.column,
                    "a stream's name is 1 to 32 lower-case letters, digits, - and _");
      return;
    }
    const std::string_view near = yaml::nearest_name(member.key, built_in_names());
    if (!has_member(member.value, "parser") && !near.empty()) {
      problems_.add(member.line, member.column,
                    "unknown stream \"" + member.key + "\"; did you mean \"" + std::string(near) +
                        "\"? A stream of your own needs \"parser\" and \"paths\"");
      return;
    }
    StreamConfig stream;
    stream.name = member.key;
    stream.target = member.key;
    stream.input = defaults_.inputs.front();
    stream.documents = config_.documents;
    stream.batch = config_.batch;
    read_keys(member, stream, Origin::own);
    config_.streams.push_back(std::move(stream));
  }

 private:
  enum class Origin : std::uint8_t { built_in, own };

  std::vector<std::string_view> built_in_names() const {
    std::vector<std::string_view> names;
    for (const parsers::ParserType* type : types_.parsers) {
      names.push_back(type->default_stream);
    }
    return names;
  }

  void read_keys(const yaml::YamlNode::Member& member, StreamConfig& stream, Origin origin) {
    yaml::YamlMap map(problems_, member.value, "streams." + member.key);
    bool enabled = true;
    map.boolean("enabled", enabled);
    choose_parser(map, member, stream, origin);
    if (const auto input = map.one_of("input", names_of(types_.inputs))) {
      if (&stream.input->type() != types_.inputs[*input]) {
        stream.input = defaults_.inputs[*input];
      }
    }
    stream.input->read(map, context_);
    if (const std::string_view key = stream.input->missing_key();
        origin == Origin::own && !key.empty() && !map.has(key)) {
      problems_.add(member.line, member.column,
                    "a stream of your own needs \"" + std::string(key) + "\"");
    }
    if (stream.parser) {
      stream.parser->read(map, context_);
    } else {
      accept_keys_of_all_parsers(map);
    }
    stream_schema().read(map, context_, stream);
    map.done([&](std::string_view key) { return whose_key(key, stream); });
    if (!enabled) {
      stream.name.clear();
    }
  }

  void choose_parser(yaml::YamlMap& map, const yaml::YamlNode::Member& member, StreamConfig& stream,
                     Origin origin) {
    const auto names = names_of(types_.parsers);
    if (const auto parser = map.one_of("parser", names)) {
      stream.parser = defaults_.parsers[*parser];
    } else if (origin == Origin::own && !map.has("parser")) {
      problems_.add(member.line, member.column,
                    "a stream of your own needs \"parser\": " + joined(names));
    }
  }

  // One problem is enough: which parser the keys belong to is not known.
  void accept_keys_of_all_parsers(yaml::YamlMap& map) const {
    for (const yaml::YamlNode::Member& member : map.members()) {
      for (const auto& parser : defaults_.parsers) {
        if (parser->knows(member.key)) {
          (void)map.get(member.key);
        }
      }
    }
  }

  // Of a key that this stream's parser does not have.
  std::string whose_key(std::string_view key, const StreamConfig& stream) const {
    for (const auto& parser : defaults_.parsers) {
      if (parser->knows(key)) {
        return "it belongs to the parser " + std::string(parser->type().name) +
               ", and this stream's is " +
               std::string(stream.parser ? stream.parser->type().name : "not known");
      }
    }
    for (const auto& input : defaults_.inputs) {
      if (input->knows(key)) {
        return "it belongs to the input " + std::string(input->type().name) +
               ", and this stream's is " + std::string(stream.input->type().name);
      }
    }
    return {};
  }

  yaml::YamlProblems& problems_;
  yaml::ReadContext& context_;
  const RegisteredTypes& types_;
  const StreamDefaults& defaults_;
  Config& config_;
};

// A default rule file that is not there means: keep everything, and say so. A format without default rules keeps
// everything, too.
void find_default_rules(yaml::ReadContext& context, StreamConfig& stream) {
  const std::string_view rules = stream.parser->type().rules;
  if (rules.empty()) {
    return;
  }
  const std::string path = context.resolve("filters/" + std::string(rules) + ".yaml");
  if (const auto stat = context.fs.stat(path); stat && stat->is_regular) {
    stream.filters = path;
  } else {
    context.warn("stream " + stream.name + ": no rule file " + path + ": every event is kept");
  }
}

// Loads the rule file as run will, so that check finds what run would.
void check_rules(yaml::YamlMap& top, yaml::ReadContext& context, const StreamConfig& stream) {
  auto rules = rules::load_rule_file(context.fs, stream.filters);
  if (!rules) {
    top.add_problem("streams", "the rules of stream " + stream.name + " cannot be used:\n" +
                                   rules.error().message);
    return;
  }
  for (std::string& warning : rules->warnings) {
    context.warn(std::move(warning));
  }
}

void settle_rules(yaml::YamlMap& top, yaml::ReadContext& context, StreamConfig& stream) {
  if (stream.filters.empty()) {
    find_default_rules(context, stream);
  } else if (stream.filters == "none") {
    stream.filters.clear();
    return;
  }
  if (!stream.filters.empty() && !context.unreadable(stream.filters)) {
    check_rules(top, context, stream);
  }
}

}  // namespace

StreamDefaults built_in_defaults(const RegisteredTypes& types) {
  StreamDefaults defaults;
  for (const input::InputType* type : types.inputs) {
    defaults.inputs.emplace_back(type->make_config());
  }
  for (const parsers::ParserType* type : types.parsers) {
    defaults.parsers.emplace_back(type->make_config());
  }
  return defaults;
}

void read_defaults(yaml::YamlMap& top, yaml::ReadContext& context, StreamDefaults& defaults) {
  for (auto& parser : defaults.parsers) {
    parser->read(top, context);
  }
  for (auto& input : defaults.inputs) {
    input->read_defaults(top, context);
  }
}

std::vector<StreamConfig> default_streams(const RegisteredTypes& types,
                                          const StreamDefaults& defaults, const Config& config) {
  std::vector<StreamConfig> streams;
  for (std::size_t i = 0; i < types.parsers.size(); ++i) {
    const parsers::ParserType& type = *types.parsers[i];
    if (type.default_stream.empty()) {
      continue;
    }
    StreamConfig stream;
    stream.name = stream.target = type.default_stream;
    stream.input = defaults.inputs.front();
    stream.input->use_default_paths(type.default_paths);
    stream.parser = defaults.parsers[i];
    stream.documents = config.documents;
    stream.batch = config.batch;
    streams.push_back(std::move(stream));
  }
  return streams;
}

void read_streams(yaml::YamlMap& top, yaml::ReadContext& context, const RegisteredTypes& types,
                  const StreamDefaults& defaults, Config& config) {
  config.streams = default_streams(types, defaults, config);
  if (const yaml::YamlNode* node = top.get("streams")) {
    yaml::YamlMap map(top.problems(), *node, "streams");
    StreamReader reader(top.problems(), context, types, defaults, config);
    for (const yaml::YamlNode::Member& member : map.members()) {
      reader.read(member);
    }
  }
  std::erase_if(config.streams, [](const StreamConfig& stream) { return stream.name.empty(); });
  for (const parsers::ParserType* type : types.parsers) {
    const bool on = std::any_of(config.streams.begin(), config.streams.end(),
                                [&](const auto& s) { return s.name == type->default_stream; });
    if (!on && !type->default_stream.empty()) {
      config.streams_off.emplace_back(type->default_stream);
    }
  }
  if (config.streams.empty()) {
    top.add_problem("streams", "every stream is switched off: nothing would be read");
  }
  for (StreamConfig& stream : config.streams) {
    if (stream.parser) {
      stream.parser->warn(context);
      settle_rules(top, context, stream);
    }
  }
  check_stream_conflicts(top, config);
}

}  // namespace auditship::config
