#include "agent/config/config_internal.h"
#include "agent/yaml/yaml_writer.h"

namespace auditship::config {
namespace {

void write_stream(yaml::YamlWriter& out, const StreamConfig& stream) {
  out.open(stream.name);
  out.text("input", stream.input->type().name);
  stream.input->write(out);
  out.text("parser", stream.parser->type().name);
  stream.parser->write(out);
  stream_schema().write(out, stream);
  out.close();
}

void write_streams(yaml::YamlWriter& out, const Config& config) {
  out.open("streams");
  for (const std::string& name : config.streams_off) {
    out.plain(name, "{enabled: false}");
  }
  for (const StreamConfig& stream : config.streams) {
    write_stream(out, stream);
  }
  out.close();
}

void write_sink(yaml::YamlWriter& out, const Config& config) {
  out.open("sink");
  out.text("type", config.sink().type().name);
  for (const auto& sink : config.sinks) {
    if (sink->is_given()) {
      out.open(sink->type().name);
      sink->write(out);
      out.close();
    }
  }
  out.close();
}

}  // namespace

std::string render_effective(const Config& config) {
  yaml::YamlWriter out;
  out.plain("version", "1");
  general_schema().write(out, config);
  write_streams(out, config);
  write_sink(out, config);
  return out.take();
}

}  // namespace auditship::config
