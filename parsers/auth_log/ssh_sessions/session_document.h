// The documents of an SSH login: what is known of it, as fields. Names: docs/fields.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/event/event.h"
#include "parsers/auth_log/ssh_sessions/logins/ssh_login.h"

namespace auditship::parsers::auth_log::ssh_sessions {

void write_ssh_session_start(const logins::SshLogin& login, event::Record& record);
// how: closed, disconnected, removed: its end is known; superseded, rebooted, forgotten: it is not.
// now_ns: time of the line that told of the end, 0 = no line had one.
void write_ssh_session_end(const logins::SshLogin& login, std::string_view how, std::int64_t now_ns,
                           event::Record& record);

// ["a","b"], kept in the record.
[[nodiscard]] std::string_view keep_list(event::Record& record,
                                         const std::vector<std::string>& values);

}  // namespace auditship::parsers::auth_log::ssh_sessions
