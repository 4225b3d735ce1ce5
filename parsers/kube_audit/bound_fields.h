// Which credential, and which pod on which node a ServiceAccount token belongs to: members of user.extra that have
// fields of their own. Stateless; thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

#include "parsers/kube_audit/scan/event_scanner.h"

namespace auditship::parsers::kube_audit {

// The field of a member of user.extra, by its name: user.pod.name. Empty: it has none.
[[nodiscard]] std::string_view bound_field(std::string_view member);

// The characters of [""]: a list of one string, without blanks.
inline constexpr std::size_t kAroundOne = 4;

// Whether each member of user.extra has a field of its own, and one value, which stands there whole. False where there
// is no user.extra.
[[nodiscard]] bool extra_stands_in_fields(const scan::KubeEvent& event,
                                          std::size_t max_string_bytes);

}  // namespace auditship::parsers::kube_audit
