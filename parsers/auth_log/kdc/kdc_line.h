// krb5kdc: "AS_REQ (8 etypes {…}) 192.0.2.10: ISSUE: authtime 1795961000, etypes {…}, ann@EXAMPLE.ORG for
// krbtgt/EXAMPLE.ORG@EXAMPLE.ORG". Address and status come first, from the server; both names come from a client that
// has proved nothing yet. Where they can be divided in more than one way they are left out and event.ambiguous is set.
// Thread-safe (no state).
#pragma once

#include <string_view>

#include "parsers/auth_log/patterns/ecs_event.h"

namespace auditship::parsers::auth_log::kdc {

// False: it is none of these lines, nothing was added.
bool apply_kdc_line(std::string_view message, patterns::EcsEvent& event);

}  // namespace auditship::parsers::auth_log::kdc
