// The destinations that documents can go to: one line each in registry.cc.
#pragma once

#include <span>

#include "sinks/sink_type.h"

namespace auditship::sinks {

// The first is the default of sink.type.
[[nodiscard]] std::span<const SinkType* const> sink_types();

}  // namespace auditship::sinks
