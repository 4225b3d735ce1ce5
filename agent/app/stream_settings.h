// What a configuration means for one stream of the pipeline.
#pragma once

#include <string>

#include "agent/app/agent.h"
#include "agent/app/identity.h"
#include "agent/base/clock.h"
#include "agent/config/config.h"
#include "agent/event/document_encoder.h"
#include "agent/pipeline/pipeline_settings.h"

namespace auditship::app {

// All but the deriver, which the stream's ParserFactory makes. rng: for the id of a buffer that is new.
[[nodiscard]] pipeline::PipelineSettings stream_settings(const config::Config& config,
                                                         const config::StreamConfig& stream,
                                                         const Identity& identity, Rng& rng,
                                                         RunMode mode);

// How documents of the stream look.
[[nodiscard]] event::EncoderOptions encoder_options(const config::Config& config,
                                                    const config::StreamConfig& stream,
                                                    const std::string& node);

// The node name by configuration, NODE_NAME or the host; never empty.
[[nodiscard]] std::string wanted_node_name(const config::Config& config);

}  // namespace auditship::app
