// The encoding of an SshLogin, which is part of a source's state. Bounded: texts, lists and numbers
// have the limits of SshLogin. Stateless.
#pragma once

#include <cstddef>
#include <string>

#include "agent/base/encoding/binary_io.h"
#include "parsers/auth_log/ssh_sessions/logins/ssh_login.h"

namespace auditship::parsers::auth_log::ssh_sessions::logins {

void put_login(std::string& out, const SshLogin& login);
// How many bytes put_login() would append.
[[nodiscard]] std::size_t encoded_size(const SshLogin& login);
// False for bytes that put_login() does not write; login is then in part what was read.
[[nodiscard]] bool get_login(WireReader& in, SshLogin& login);

}  // namespace auditship::parsers::auth_log::ssh_sessions::logins
