// kadmind: "Request: kadm5_create_principal, frank@EXAMPLE.ORG, success, client=ann/admin@EXAMPLE.ORG,
// service=kadmin/admin@EXAMPLE.ORG, addr=127.0.0.1", the same with "Unauthorized request: " and no result, and changes
// of one's own password. The client is known by its ticket; the principal it asks about is its own text, so client and
// result are read from the right. Thread-safe (no state).
#pragma once

#include <string_view>

#include "parsers/auth_log/patterns/ecs_event.h"

namespace auditship::parsers::auth_log::kdc {

// False: it is none of these lines, nothing was added.
bool apply_kadmind_line(std::string_view message, patterns::EcsEvent& event);

}  // namespace auditship::parsers::auth_log::kdc
