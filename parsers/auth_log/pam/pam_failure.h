// The lines of PAM modules that end in a list of items: "authentication failure; logname=ann
// uid=1000 euid=0 tty=ssh ruser= rhost=192.0.2.7  user=ann", with any blanks between the items, and
// "PAM 2 more authentication failures; logname=…". ruser and user are chosen by the client: where
// one of the last three items stands twice, none of them is believed and event.ambiguous is set.
// Stateless; thread-safe.
#pragma once

#include <string_view>

#include "parsers/auth_log/pam/pam_service.h"
#include "parsers/auth_log/patterns/ecs_event.h"

namespace auditship::parsers::auth_log::pam {

// False, and event is as it was, where text has no such list. module: empty where the program wrote
// the line itself.
bool apply_pam_failure(std::string_view module, PamService service, std::string_view text,
                       patterns::EcsEvent& event);

}  // namespace auditship::parsers::auth_log::pam
