#include "sinks/registry.h"

#include "sinks/file/config.h"
#include "sinks/opensearch/config.h"

namespace auditship::sinks {
namespace {

constexpr const SinkType* kTypes[] = {
    &file::kType,
    &opensearch::kType,
};

}  // namespace

std::span<const SinkType* const> sink_types() { return kTypes; }

}  // namespace auditship::sinks
