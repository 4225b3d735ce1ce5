// PipelineSettings: all that tells one pipeline from another, and the factories of its parts.
// Plain values; agent/app fills them in from the configuration.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/base/compression/codec.h"
#include "agent/base/result.h"
#include "agent/buffer/batch_builder.h"
#include "agent/buffer/segment_log.h"
#include "agent/delivery/delivery_options.h"
#include "agent/event/document_encoder.h"
#include "agent/event/record_id.h"
#include "parsers/deriver.h"
#include "parsers/parser.h"
#include "sinks/sink.h"

namespace auditship::pipeline {

// One parser and one deriver are made for each source: they may remember earlier lines of it.
using MakeParser = std::function<std::unique_ptr<parsers::Parser>()>;
using MakeDeriver = std::function<std::unique_ptr<parsers::Deriver>()>;
// The sink for the frames of this buffer. Asked again when the buffer was replaced by a new one.
using MakeSink =
    std::function<Result<std::unique_ptr<sinks::Sink>>(const buffer::BufferId& buffer)>;

struct PipelineSettings {
  // The stream's name, as the configuration has it.
  std::string name;
  // Where the rules come from, for the record of a change.
  std::string rules_file;
  // Empty: no documents are derived.
  MakeDeriver make_deriver;
  buffer::BatchLimits batch;
  Codec codec = Codec::gzip;
  buffer::SegmentLogOptions buffer;
  // The buffer's limit in percent of what the file system has free, what the buffer holds itself
  // included. Without it buffer.max_bytes stands.
  std::optional<unsigned> buffer_max_percent;
  event::EncoderOptions encoder;
  // Of the ids of the stream's records.
  [[nodiscard]] event::IdScope id_scope() const {
    return {encoder.cluster, encoder.node, encoder.stream};
  }
  delivery::DeliveryOptions delivery;
  std::chrono::milliseconds poll_every{1000};
  std::chrono::milliseconds rescan_every{5000};
  // Read to the end, close batches at once, then be finished().
  bool once = false;
};

}  // namespace auditship::pipeline
