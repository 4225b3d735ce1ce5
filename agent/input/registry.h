// The ways in which logs can be read: one line each in registry.cc.
#pragma once

#include <span>

#include "agent/input/input_type.h"

namespace auditship::input {

// The first is the default of streams.NAME.input.
[[nodiscard]] std::span<const InputType* const> input_types();

}  // namespace auditship::input
