#include "agent/app/stream_settings.h"

#include "agent/base/version.h"
#include "agent/platform/system_clock.h"

namespace auditship::app {
namespace {

void set_buffer(const config::Config& config, const config::StreamConfig& stream, Rng& rng,
                pipeline::PipelineSettings& s) {
  s.buffer.directory = join_path(join_path(config.data_dir, stream.name), "buffer");
  s.buffer.max_bytes = stream.buffer_max_bytes;
  s.buffer_max_percent = stream.buffer_max_percent;
  for (std::size_t half = 0; half < 2; ++half) {
    std::uint64_t word = rng.next();
    for (std::size_t i = 0; i < 8; ++i, word >>= 8) {
      s.buffer.new_id[half * 8 + i] = static_cast<std::uint8_t>(word);
    }
  }
}

}  // namespace

pipeline::PipelineSettings stream_settings(const config::Config& config,
                                           const config::StreamConfig& stream,
                                           const Identity& identity, Rng& rng, RunMode mode) {
  pipeline::PipelineSettings s;
  s.name = stream.name;
  s.rules_file = stream.filters;
  s.once = mode == RunMode::once;
  s.batch.max_bytes = stream.batch.max_bytes;
  s.batch.max_documents = stream.batch.max_documents;
  s.batch.min_age = stream.batch.min_age;
  s.batch.max_age = stream.batch.max_age;
  s.batch.prompt = stream.batch.prompt;
  set_buffer(config, stream, rng, s);
  const sinks::SinkNeeds needs = config.sink().needs();
  s.codec = needs.codec;
  s.encoder = encoder_options(config, stream, identity.node);
  s.delivery.stream = stream.name;
  s.delivery.framing = config.sink().framing(stream.target);
  s.delivery.settle_late = needs.settle_late;
  return s;
}

event::EncoderOptions encoder_options(const config::Config& config,
                                      const config::StreamConfig& stream, const std::string& node) {
  event::EncoderOptions options;
  options.cluster = config.cluster_name;
  options.node = node;
  options.stream = stream.name;
  options.orchestrated = stream.parser->type().cluster_scoped;
  options.agent_version = kVersion;
  options.form = stream.documents;
  options.body_max_bytes = stream.parser->body_max_bytes().value_or(options.body_max_bytes);
  return options;
}

std::string wanted_node_name(const config::Config& config) {
  std::string name = config.node_name;
  if (name.empty()) {
    name = platform::system_environment("NODE_NAME").value_or("");
  }
  if (name.empty()) {
    name = platform::system_host_name();
  }
  return name.empty() ? "localhost" : name;
}

}  // namespace auditship::app
