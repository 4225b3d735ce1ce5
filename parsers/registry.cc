#include "parsers/registry.h"

#include "parsers/auth_log/config.h"
#include "parsers/kube_audit/config.h"

namespace auditship::parsers {
namespace {

constexpr const ParserType* kTypes[] = {
    &kube_audit::kType,
    &auth_log::kType,
};

}  // namespace

std::span<const ParserType* const> parser_types() { return kTypes; }

}  // namespace auditship::parsers
