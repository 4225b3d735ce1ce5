#include "agent/input/registry.h"

#include "agent/input/file/config.h"

namespace auditship::input {
namespace {

constexpr const InputType* kTypes[] = {
    &file::kType,
};

}  // namespace

std::span<const InputType* const> input_types() { return kTypes; }

}  // namespace auditship::input
